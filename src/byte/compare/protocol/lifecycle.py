"""Stability, deprecation, sunset and removal of operations, and deprecation and sunset of parameters."""

from collections.abc import Iterator
from datetime import date

from byte.compare.announced import NO_DATE, PROMISED, STABILITIES, STABILITY, SUNSET, day_of
from byte.compare.announced import stability as stated
from byte.compare.changes import Change
from byte.compare.document import Node
from byte.compare.protocol.requests import asked
from byte.compare.protocol.spot import Spot
from byte.compare.protocol.view import Operation, Parameter, flag
from byte.model.difference import Level

# --- stability ---------------------------------------------------------------------------------


def stability(node: Node) -> int | None:
    """How stable an operation is said to be (`byte.compare.announced.stability`)."""
    return stated(node.value)


def promised(node: Node) -> bool:
    """Whether clients may rely on an operation; so it is where its stability cannot be read."""
    level = stability(node)
    return level is None or level >= PROMISED


def stability_changes(spot: Spot, base: Node, revision: Node) -> Iterator[Change]:
    """Stability levels that cannot be read, and a level that changed away from a promised one."""
    one, two = stability(base), stability(revision)
    if one is None:
        yield _unreadable(spot, base, None)
    if two is None:
        yield _unreadable(spot, None, revision)
    if one is None or two is None or one == two or one < PROMISED:
        return
    yield spot.change(
        "api-stability-decreased" if two < one else "api-stability-increased",
        f"the stability level changed from `{STABILITIES[one]}` to `{STABILITIES[two]}`",
        base=base,
        revision=revision,
    )


def _unreadable(spot: Spot, base: Node | None, revision: Node | None) -> Change:
    return spot.change(
        "api-invalid-stability-level",
        f"`{STABILITY}` is not one of {', '.join(STABILITIES)}",
        base=base,
        revision=revision,
    )


# --- removal -----------------------------------------------------------------------------------


def removed(spot: Spot, operation: Operation, *, whole: bool) -> Iterator[Change]:
    """An operation that is gone, with its path when `whole`: announced, before its sunset, or out of the blue."""
    node = operation.node
    level = stability(node)
    if level is None and not spot.mirrored:
        yield _unreadable(spot, node, None)
    kept = spot.mirrored or (level is not None and level >= PROMISED)
    prefix = "api-path-removed" if whole else "api-removed"
    request = f"{asked(operation)} was removed"
    if not kept:
        why = "an unknown stability level" if level is None else f"`{STABILITIES[level]}`, not promised to anyone"
        id = f"{prefix}-without-deprecation"
        yield spot.change(
            id,
            f"{request} ({why})",
            base=node,
            level="info" if level is not None else None,
            counterexample=asked(operation),
            listed=False,
        )
        return
    yield _removal(spot, operation, prefix, request)


def _removal(spot: Spot, operation: Operation, prefix: str, message: str) -> Change:
    node, line = operation.node, asked(operation)
    if not flag(node, "deprecated"):
        return spot.change(f"{prefix}-without-deprecation", message, base=node, counterexample=line)
    if SUNSET not in node.value:
        return spot.change(f"{prefix}-with-deprecation", f"{message}, deprecated before", base=node)
    sunset = day_of(node.value[SUNSET])
    if sunset is None:
        return spot.change(
            "api-path-sunset-parse",
            f"{message}; its `{SUNSET}` is not a date",
            base=node,
            level="breaking",
            counterexample=line,
        )
    if spot.pair.day is None:
        return spot.change(
            f"{prefix}-before-sunset",
            f"{message}; it was to stay until {sunset}",
            base=node,
            counterexample=line,
            undecided=NO_DATE,
            listed=False,
        )
    if spot.pair.day < sunset:
        return spot.change(
            f"{prefix}-before-sunset",
            f"{message} before its sunset on {sunset}",
            base=node,
            counterexample=line,
        )
    return spot.change(
        f"{prefix}-after-sunset", f"{message} after its sunset on {sunset}", base=node, level="info", listed=False
    )


# --- deprecation and sunset of operations ------------------------------------------------------


def deprecation(spot: Spot, base: Node, revision: Node) -> Iterator[Change]:
    """An operation that became deprecated, or is no longer."""
    if flag(base, "deprecated") == flag(revision, "deprecated"):
        return
    if not flag(revision, "deprecated"):
        yield spot.change("endpoint-reactivated", "the operation is no longer deprecated", base=base, revision=revision)
        return
    if stability(revision) is None:
        return
    if SUNSET not in revision.value:
        yield spot.change("endpoint-deprecated", "the operation became deprecated", base=base, revision=revision)
        return
    sunset = day_of(revision.value[SUNSET])
    if sunset is None:
        id, message = "api-deprecated-sunset-parse", f"the operation became deprecated; its `{SUNSET}` is not a date"
    elif spot.pair.day is not None and sunset < spot.pair.day:
        id, message = (
            "api-sunset-date-too-small",
            f"the operation became deprecated with a sunset in the past, {sunset}",
        )
    else:
        id, message = "endpoint-deprecated-with-sunset", f"the operation became deprecated, with its sunset on {sunset}"
    undated = sunset is not None and spot.pair.day is None
    yield spot.change(
        id, message, base=base, revision=revision, undecided=NO_DATE if undated else "", listed=not undated
    )


def sunset_changes(spot: Spot, base: Node, revision: Node) -> Iterator[Change]:
    """The sunset of a deprecated operation that was deleted, made unreadable, or moved to an earlier day."""
    ids = ("sunset-deleted", "api-path-sunset-parse", "api-sunset-date-changed-too-small")
    yield from _sunset_moved(spot, base, revision, ids, "the operation", "", stability(revision) is not None)


def _sunset_moved(
    spot: Spot, base: Node, revision: Node, ids: tuple[str, str, str], what: str, at: str, readable: bool
) -> Iterator[Change]:
    deleted, unreadable, earlier = ids
    one, two = base.value.get(SUNSET), revision.value.get(SUNSET)
    if not flag(revision, "deprecated") or SUNSET not in base.value:
        return
    if SUNSET not in revision.value:
        yield spot.change(deleted, f"the sunset of {what} was deleted", at=at, base=base, revision=revision)
        return
    if type(one) is type(two) and one == two:
        return
    before, after = day_of(one), day_of(two)
    if before is None or after is None:
        side = revision if after is None else base
        yield spot.change(
            unreadable, f"the `{SUNSET}` of {what} is not a date", at=at, base=base, revision=side, level="warning"
        )
    elif before > after and readable and _past(after, spot.pair.day):
        undated = spot.pair.day is None
        yield spot.change(
            earlier,
            f"the sunset of {what} moved from {before} to {after}",
            at=at,
            base=base,
            revision=revision,
            undecided=NO_DATE if undated else "",
            listed=not undated,
        )


def _past(day: date, today: date | None) -> bool:
    """Whether a day lies in the past, or may."""
    return today is None or day < today


# --- deprecation and sunset of parameters ------------------------------------------------------


def parameter_lifecycle(
    spot: Spot, operation: Node, base: Parameter, revision: Parameter, what: str
) -> Iterator[Change]:
    """Deprecation and sunset of a parameter; `what` is it for people: "query parameter `limit`"."""
    readable = stability(operation) is not None
    if flag(base.node, "deprecated") != flag(revision.node, "deprecated"):
        yield from _parameter_deprecation(spot, base, revision, what, readable)
    ids = (
        "request-parameter-sunset-deleted",
        "request-parameter-sunset-parse",
        "request-parameter-sunset-date-changed-too-small",
    )
    yield from _sunset_moved(spot, base.node, revision.node, ids, f"the {what}", what, readable)


def _parameter_deprecation(
    spot: Spot, base: Parameter, revision: Parameter, what: str, readable: bool
) -> Iterator[Change]:
    id, message, undated = "request-parameter-deprecated", f"the {what} became deprecated", False
    if not flag(revision.node, "deprecated"):
        id, message = "request-parameter-reactivated", f"the {what} is no longer deprecated"
    elif not readable:
        return
    elif SUNSET in revision.node.value:
        sunset = day_of(revision.node.value[SUNSET])
        undated = sunset is not None and spot.pair.day is None
        if sunset is None:
            id, message = "request-parameter-sunset-parse", f"{message}; its `{SUNSET}` is not a date"
        elif spot.pair.day is not None and sunset < spot.pair.day:
            id, message = "request-parameter-sunset-date-too-small", f"{message} with a sunset in the past, {sunset}"
        else:
            message = f"{message}, with its sunset on {sunset}"
    yield spot.change(
        id,
        message,
        at=what,
        base=base.node,
        revision=revision.node,
        direction="request",
        undecided=NO_DATE if undated else "",
        listed=not undated,
    )


def parameter_removed(spot: Spot, parameter: Parameter, what: str) -> Change:
    """A parameter that is gone: announced, before its sunset, or out of the blue."""
    node, message = parameter.node, f"the {what} was removed"
    id, undated = "request-parameter-removed", False
    level: Level | None = None
    if flag(node, "deprecated"):
        sunset = day_of(node.value.get(SUNSET))
        undated = sunset is not None and spot.pair.day is None
        if SUNSET not in node.value:
            id = "request-parameter-removed-with-deprecation"
        elif sunset is None:
            id, message = "request-parameter-sunset-parse", f"{message}; its `{SUNSET}` is not a date"
        elif spot.pair.day is None or spot.pair.day < sunset:
            id, message = "request-parameter-removed-before-sunset", f"{message}; it was to stay until {sunset}"
        else:
            id, message, level = "request-parameter-removed-after-sunset", f"{message} after its sunset", "info"
    return spot.change(
        id,
        message,
        at=what,
        base=node,
        direction="request",
        level=level,
        undecided=NO_DATE if undated else "",
        listed=not undated,
    )
