"""What a review says: rules, evidence, findings, ratings, and the review itself."""

from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

import msgspec

from byte.model.change import Unreadable
from byte.model.consulted import Consulted


class Severity(StrEnum):
    """What the author must do about a finding."""

    BLOCKER = "blocker"
    """Breaks clients, loses data or takes production down."""
    MAJOR = "major"
    """Should change before the merge."""
    NOTE = "note"
    """Worth knowing; never moves a rating or the verdict."""

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class Area(StrEnum):
    """The five areas of the persona; a rule's folder and the hundreds of its id."""

    ENDPOINT = "endpoint"
    DATA = "data"
    LOGIC = "logic"
    PERFORMANCE = "performance"
    INTEGRATION = "integration"


class Aspect(StrEnum):
    """The twelve lines of the assessment, in their order."""

    ENDPOINT_STRUCTURE = "Endpoint Structure"
    REQUEST_RESPONSE_MODELS = "Request/Response Models"
    BACKWARD_COMPATIBILITY = "Backward Compatibility"
    SCHEMA_DESIGN = "Schema Design"
    VALIDATION_RULES = "Validation Rules"
    RELATIONSHIPS = "Relationships"
    ALGORITHM_COMPLEXITY = "Algorithm Complexity"
    ERROR_HANDLING = "Error Handling"
    EDGE_CASES = "Edge Cases"
    QUERY_EFFICIENCY = "Query Efficiency"
    MEMORY_USAGE = "Memory Usage"
    CACHING = "Caching"


class Verdict(StrEnum):
    """The last line of the report."""

    APPROVED = "APPROVED"
    APPROVED_WITH_CHANGES = "APPROVED WITH CHANGES"
    NEEDS_REVISION = "NEEDS REVISION"


class Location(msgspec.Struct, frozen=True, order=True):
    """Lines of a file, counted from 1, `end` included."""

    path: str
    line: int
    end: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Step(msgspec.Struct, frozen=True, order=True):
    """One link in the chain of places that makes a finding true."""

    path: str
    line: int
    text: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What a check yields.

    `key` is the normalised thing found (a call target, a field, a route): with the rule's id and `symbol` it is
    the finding's identity, so it holds no wording and no line number. `cause` merges findings that have one root
    (a shared helper): they become one finding with its places. `severity` may only lower the rule's own.
    `brief` says it in a few words for the assessment line (the rule's summary where absent); `fix` is a recommendation
    in the imperative; `alternative` a better structure; `question` one for the author.
    """

    message: str
    at: Location
    symbol: str
    key: str
    because: tuple[Step, ...] = ()
    brief: str | None = None
    fix: str | None = None
    alternative: str | None = None
    question: str | None = None
    cause: str | None = None
    severity: Severity | None = None


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """A named bad pattern. Its page is the docstring of the module that defines `check`.

    `check` takes a fact of kind `on` and the facts around it (a `Change` rule: the facts of base and head).
    `aspect` is the report line that the rule feeds, None for integration.
    """

    id: str
    name: str
    area: Area
    aspect: Aspect | None
    severity: Severity
    on: type[Any]
    check: Callable[..., Iterator[Evidence]]
    aliases: tuple[str, ...] = ()


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Rule + evidence + fingerprint + whether the change introduced it.

    `places` lists every place of a finding that stands for several with one cause, its own included; it is empty
    for a finding with one place. `introduced` is None in an audit (there is no base).
    """

    id: str
    rule: str
    area: Area
    aspect: Aspect | None
    severity: Severity
    path: str
    line_start: int
    line_end: int
    symbol: str
    message: str
    because: tuple[Step, ...]
    fix: str | None
    fingerprint: str
    introduced: bool | None
    places: tuple[Location, ...] = ()
    alternative: str | None = None
    question: str | None = None
    cause: str | None = None
    brief: str | None = None

    @property
    def at(self) -> Location:
        return Location(self.path, self.line_start, self.line_end)


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the assessment: a value that the format allows, and the evidence in a few words.

    `because` is the chain that starts at the only place.
    """

    aspect: Aspect
    value: str
    evidence: str
    places: tuple[Location, ...] = ()
    because: tuple[Step, ...] = ()


class Library(msgspec.Struct, frozen=True, kw_only=True):
    """One row of New Libraries Required."""

    name: str
    version: str
    purpose: str
    justification: str
    at: Location | None = None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One of the persona's seven review questions; `answered` is false where the source cannot tell."""

    question: str
    answer: str
    answered: bool
    places: tuple[Location, ...] = ()


class Strength(msgspec.Struct, frozen=True, kw_only=True):
    """A true good thing about the change, with its places."""

    text: str
    places: tuple[Location, ...]


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """A finding that `[tool.byte.accepted]` declares as intended."""

    finding: Finding
    reason: str
    until: str | None = None


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a report shows; every format is a view of this.

    `findings` are sorted by severity, then place, then id. `summary` is one sentence on what was read.
    `existing` counts the findings of head that the change did not introduce, `suppressed` those silenced by a
    comment or the baseline. `registry` is what a registry said about the change, None where none was asked.
    """

    base: str | None
    head: str
    summary: str
    ratings: tuple[Rating, ...]
    strengths: tuple[Strength, ...]
    findings: tuple[Finding, ...]
    libraries: tuple[Library, ...]
    alternatives: tuple[str, ...]
    recommendations: tuple[str, ...]
    questions: tuple[str, ...]
    answers: tuple[Answer, ...]
    verdict: Verdict
    unreadable: tuple[Unreadable, ...] = ()
    accepted: tuple[Accepted, ...] = ()
    existing: tuple[Finding, ...] = ()
    existing_count: int = 0
    suppressed: int = 0
    registry: Consulted | None = None
