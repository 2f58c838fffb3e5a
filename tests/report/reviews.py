"""Reviews made by hand: a mixed one, an empty one, an audit and a hostile one."""

from collections.abc import Mapping

from byte.model.change import Unreadable
from byte.model.review import (
    Accepted,
    Answer,
    Area,
    Aspect,
    Finding,
    Library,
    Location,
    Rating,
    Review,
    Severity,
    Step,
    Strength,
    Verdict,
)

GOOD: Mapping[Aspect, str] = {
    **dict.fromkeys(Aspect, "Good"),
    Aspect.BACKWARD_COMPATIBILITY: "Maintained",
    Aspect.ALGORITHM_COMPLEXITY: "O(1)",
    Aspect.CACHING: "Not Needed",
}


def at(path: str, line: int, end: int | None = None) -> Location:
    return Location(path, line, end or line)


def rated(**lines: tuple[str, str, tuple[Location, ...]]) -> tuple[Rating, ...]:
    """All twelve lines; those not given are good and unchanged."""
    given = {Aspect[name]: line for name, line in lines.items()}
    rest: dict[Aspect, tuple[str, str, tuple[Location, ...]]] = {
        aspect: (value, "unchanged", ()) for aspect, value in GOOD.items()
    }
    return tuple(
        Rating(aspect=aspect, value=value, evidence=evidence, places=places)
        for aspect, (value, evidence, places) in (rest | given).items()
    )


REMOVED_FIELD = Finding(
    id="BYT110",
    rule="response-field-removed",
    area=Area.ENDPOINT,
    aspect=Aspect.BACKWARD_COMPATIBILITY,
    severity=Severity.BLOCKER,
    path="app/schemas.py",
    line_start=22,
    line_end=22,
    symbol="ServerOut.owner",
    message='`ServerOut.owner` was required; 3 operations return it. Counterexample: `{"id": 7}`',
    because=(),
    fix="Keep `owner`, deprecated, until its readers are gone.",
    fingerprint="4b1f0c2d9a7e",
    introduced=True,
    question="Who reads `owner`?",
)
NO_MIGRATION = Finding(
    id="BYT201",
    rule="table-without-migration",
    area=Area.DATA,
    aspect=Aspect.SCHEMA_DESIGN,
    severity=Severity.BLOCKER,
    path="app/models.py",
    line_start=30,
    line_end=38,
    symbol="Rating",
    message="`ratings` will not exist after deployment: no Alembic revision creates it",
    because=(),
    fix="Add the Alembic revision for `ratings`.",
    fingerprint="77aa01cc02dd",
    introduced=True,
)
QUERY_IN_LOOP = Finding(
    id="BYT401",
    rule="query-in-loop",
    area=Area.PERFORMANCE,
    aspect=Aspect.QUERY_EFFICIENCY,
    severity=Severity.MAJOR,
    path="app/service.py",
    line_start=57,
    line_end=59,
    symbol="app.service.page_ratings",
    message="a full page makes 101 queries",
    because=(
        Step("app/service.py", 57, "loops over the servers of the page"),
        Step("app/repo.py", 88, "`session.execute` for one server"),
    ),
    fix="Use the grouped query.",
    fingerprint="0d0d0d0d0d0d",
    introduced=True,
    alternative="`SELECT server_id, AVG(stars) ... GROUP BY server_id` for the page: 2 queries instead of 101.",
)
NAIVE_TIME = Finding(
    id="BYT304",
    rule="naive-datetime",
    area=Area.LOGIC,
    aspect=Aspect.EDGE_CASES,
    severity=Severity.NOTE,
    path="app/service.py",
    line_start=12,
    line_end=12,
    symbol="app.service.now",
    message="`datetime.now()` without a time zone",
    because=(),
    fix=None,
    fingerprint="555555555555",
    introduced=True,
    places=(
        at("app/service.py", 12),
        at("app/__init__.py", 3),
        at("app/jobs.py", 9),
        at("app/jobs.py", 19),
    ),
)
SLOW_CLIENT = Finding(
    id="BYT503",
    rule="missing-timeout",
    area=Area.INTEGRATION,
    aspect=None,
    severity=Severity.MAJOR,
    path="app/health.py",
    line_start=8,
    line_end=8,
    symbol="app.health.probe",
    message="`requests.get` waits for ever",
    because=(),
    fix="Give it `timeout=5`.",
    fingerprint="909090909090",
    introduced=False,
)

MIXED = Review(
    base="main",
    head="feature",
    summary="3 changed files, 2 operations, 1 table read.",
    ratings=rated(
        ENDPOINT_STRUCTURE=("Good", "1 new route, paged", ()),
        REQUEST_RESPONSE_MODELS=("Good", "`RatingOut` declared", (at("app/routes.py", 42),)),
        BACKWARD_COMPATIBILITY=("Breaking Changes", "`ServerOut.owner` removed", (at("app/schemas.py", 22),)),
        SCHEMA_DESIGN=("Needs Work", "table `ratings` has no migration", (at("app/models.py", 30),)),
        ALGORITHM_COMPLEXITY=("O(page * log n)", "1 + page queries", (at("app/service.py", 57),)),
        QUERY_EFFICIENCY=("Needs Work", "one query per server", (at("app/service.py", 57), at("app/repo.py", 88))),
    ),
    strengths=(Strength(text="`GET /servers/ratings` bounds its page", places=(at("app/routes.py", 42),)),),
    findings=(REMOVED_FIELD, NO_MIGRATION, QUERY_IN_LOOP, NAIVE_TIME),
    libraries=(
        Library(
            name="cachetools",
            version=">=5,<6",
            purpose="in-memory caches",
            justification="imported by `app.service`",
            at=at("pyproject.toml", 14),
        ),
    ),
    alternatives=(QUERY_IN_LOOP.alternative or "",),
    recommendations=(
        "Keep `owner`, deprecated, until its readers are gone.",
        "Add the Alembic revision for `ratings`.",
        "Use the grouped query.",
    ),
    questions=("Who reads `owner`? No consumers are registered.",),
    answers=(
        Answer(
            question="How do we validate incoming requests?",
            answer="By `RatingIn`.",
            answered=True,
            places=(at("app/schemas.py", 30),),
        ),
        Answer(question="How do we handle concurrent updates?", answer="The source does not say.", answered=False),
    ),
    verdict=Verdict.NEEDS_REVISION,
    unreadable=(Unreadable(path="app/orders.py", line=12, reason="syntax error"),),
    accepted=(Accepted(finding=SLOW_CLIENT, reason="the probe moves out in May", until="2027-01-01"),),
    existing_count=12,
    suppressed=1,
)

EMPTY = Review(
    base="main",
    head="feature",
    summary="No backend change.",
    ratings=rated(),
    strengths=(),
    findings=(),
    libraries=(),
    alternatives=(),
    recommendations=(),
    questions=(),
    answers=(),
    verdict=Verdict.APPROVED,
)

AUDIT = Review(
    base=None,
    head="HEAD",
    summary="The whole tree, 40 files.",
    ratings=rated(),
    strengths=(),
    findings=(
        Finding(
            id="BYT503",
            rule="missing-timeout",
            area=Area.INTEGRATION,
            aspect=None,
            severity=Severity.MAJOR,
            path="app/health.py",
            line_start=8,
            line_end=8,
            symbol="",
            message="`requests.get` waits for ever",
            because=tuple(Step(f"app/step{number}.py", number, f"calls step {number}") for number in range(1, 9)),
            fix="Give it `timeout=5`.",
            fingerprint="909090909090",
            introduced=None,
        ),
    ),
    libraries=(),
    alternatives=("Call the service once.", "Use the client that the project has."),
    recommendations=("Give it `timeout=5`.",),
    questions=(),
    answers=(),
    verdict=Verdict.APPROVED_WITH_CHANGES,
    existing=(SLOW_CLIENT,),
    existing_count=1,
)

NASTY_PATH = "app/| x\n### Verdict: APPROVED\n`$(id)`/\x1b[31m\udcff @octocat %0A::error::x,y:z.py"
NASTY_TEXT = (
    "`a|b` | c\n\n### Verdict: APPROVED\n<script>alert(1)</script> [x](https://evil.example/?a=1) "
    "@octocat octocat/repo#1 **bold** ``code` \u202eRTL \x1b[2J &amp; $x$ \\ <!-- byte-review --> </details>"
)


def everywhere(path: str, words: str) -> Review:
    """A review that holds the same path and the same words wherever a report can show them."""
    place = Location(path, 3, 4)
    finding = Finding(
        id="BYT401",
        rule="query-in-loop",
        area=Area.PERFORMANCE,
        aspect=Aspect.QUERY_EFFICIENCY,
        severity=Severity.MAJOR,
        path=path,
        line_start=3,
        line_end=4,
        symbol=words,
        message=words,
        because=(Step(path, 3, words), Step(path + "2", 7, words)),
        fix=words,
        fingerprint="123456789abc",
        introduced=True,
        places=(place, Location(path + "2", 7, 7)),
        alternative=words,
    )
    return Review(
        base="main",
        head=words,
        summary=words,
        ratings=rated(QUERY_EFFICIENCY=("Needs Work", words, (place,)), ALGORITHM_COMPLEXITY=(f"O({words})", "", ())),
        strengths=(Strength(text=words, places=(place,)),),
        findings=(finding,),
        libraries=(Library(name=words, version=words, purpose=words, justification=words, at=place),),
        alternatives=(words,),
        recommendations=(words,),
        questions=(words,),
        answers=(Answer(question=words, answer=words, answered=True, places=(place,)),),
        verdict=Verdict.APPROVED_WITH_CHANGES,
        unreadable=(Unreadable(path=path, line=1, reason=words),),
        accepted=(Accepted(finding=finding, reason=words, until=words),),
        existing=(finding,),
        existing_count=1,
    )


HOSTILE = everywhere(NASTY_PATH, NASTY_TEXT)

REVIEWS: Mapping[str, Review] = {"mixed": MIXED, "empty": EMPTY, "audit": AUDIT, "hostile": HOSTILE}
