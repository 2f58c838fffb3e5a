"""Bad name called.

Rules for the tests of the engine, so that these do not move with the rules that Byte ships.
"""

from collections.abc import Iterator

from byte.model import syntax as s
from byte.model.facts import ChangeFacts, Effect, Endpoint, Facts, Function, Model
from byte.model.review import Area, Aspect, Evidence, Location, Rule, Severity


def _calls(function: Function, facts: Facts, prefix: str) -> Iterator[Evidence]:
    for call in facts.calls(function):
        name = s.dotted(call.node.func) or ""
        if name.startswith(prefix):
            yield Evidence(
                message=f"`{name}` is called in `{function.qualname}`",
                at=Location(function.path, call.line, call.line),
                symbol=function.qualname,
                key=name,
                fix=f"Do not call `{name}`.",
                question="Is it meant?" if name == "note_asked" else None,
                alternative="Call `good`." if name == "bad_alternative" else None,
                cause="shared" if name == "bad_shared" else None,
            )


def blocking(function: Function, facts: Facts) -> Iterator[Evidence]:
    yield from _calls(function, facts, "worst")


def bad(function: Function, facts: Facts) -> Iterator[Evidence]:
    yield from _calls(function, facts, "bad")


def noted(function: Function, facts: Facts) -> Iterator[Evidence]:
    yield from _calls(function, facts, "note")


def raising(model: Model, facts: Facts) -> Iterator[Evidence]:
    """Raises after its first finding, where a model is named for it."""
    if model.name.startswith("Raising"):
        yield Evidence(message="first", at=model.at, symbol=model.name, key="first")
        raise ZeroDivisionError("not for the report")


def querying(function: Function, facts: Facts) -> Iterator[Evidence]:
    """A function that queries, however far away."""
    if facts.reach(function, Effect.QUERY) is not None:
        yield Evidence(message="queries", at=function.at, symbol=function.qualname, key="queries")


def removed(change: ChangeFacts) -> Iterator[Evidence]:
    """An endpoint of base that head does not have."""
    after = {e.name for e in change.head.all(Endpoint)}
    for endpoint in change.base.all(Endpoint):
        if endpoint.name not in after:
            at = Location(endpoint.function.path, 1, 1)
            yield Evidence(message=f"{endpoint.name} is gone", at=at, symbol="", key=endpoint.name)


def _rule(number: str, name: str, aspect: Aspect, severity: Severity, on, check, area=Area.LOGIC, aliases=()) -> Rule:
    return Rule(id=number, name=name, area=area, aspect=aspect, severity=severity, on=on, check=check, aliases=aliases)


RULES = (
    _rule("BYT901", "worst-call", Aspect.ERROR_HANDLING, Severity.BLOCKER, Function, blocking),
    _rule("BYT902", "bad-call", Aspect.EDGE_CASES, Severity.MAJOR, Function, bad, aliases=("old-bad-call",)),
    _rule("BYT903", "note-call", Aspect.EDGE_CASES, Severity.NOTE, Function, noted),
    _rule("BYT904", "raising-rule", Aspect.SCHEMA_DESIGN, Severity.MAJOR, Model, raising),
    _rule("BYT905", "querying-function", Aspect.QUERY_EFFICIENCY, Severity.MAJOR, Function, querying),
    _rule("BYT906", "removed-endpoint", Aspect.BACKWARD_COMPATIBILITY, Severity.BLOCKER, ChangeFacts, removed),
)
BY_NAME = {name: rule for rule in RULES for name in (rule.id, rule.name, *rule.aliases)}
