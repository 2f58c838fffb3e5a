"""What is said of a property beside its values: who may send it, whether it is deprecated, how stable it is."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from byte.compare.announced import NO_DATE, PROMISED, STABILITIES, STABILITY, SUNSET, day_of
from byte.compare.announced import stability as stated
from byte.compare.levels import OASDIFF_LEVELS
from byte.compare.schemas.findings import Family, Finding
from byte.compare.schemas.view import KNOWN
from byte.compare.schemas.walk import Place

_ACCESS: Final = (("writeOnly", "write-only"), ("readOnly", "read-only"))


def access(place: Place, family: Family) -> Iterator[Finding]:
    """A property that became, or is no longer, for reading only or for writing only."""
    parent = place.parent
    changed = [(word, place.diff.value(keyword), keyword) for keyword, word in _ACCESS]
    if parent.base is None or parent.revision is None or not any(values for _, values, _ in changed):
        return
    if place.name not in parent.revision.map("properties"):
        return
    need = "required" if place.name in parent.base.required else "optional"
    for word, values, keyword in changed:
        if values is not None:
            end = word if values.revision else f"not-{word}"
            yield _found(place, f"{family}-{need}-property-became-{end}", f"became {end.replace('-', ' ', 1)}", keyword)


def deprecation(place: Place, family: Family, day: date | None, *, readable: bool) -> Iterator[Finding]:
    """A property that became deprecated, or is no longer. Not `readable`: its operation's stability level is wrong."""
    if place.diff.value("deprecated") is None or place.diff.revision is None or not readable:
        return
    prefix = f"{family}-property"
    if not place.diff.revision.read("deprecated"):
        yield _found(place, f"{prefix}-reactivated", "is no longer deprecated", "deprecated")
        return
    if SUNSET not in place.diff.revision.value:
        yield _found(place, f"{prefix}-deprecated", "became deprecated", "deprecated")
        return
    sunset = day_of(place.diff.revision.value[SUNSET])
    text = f"became deprecated, with its sunset on {sunset}"
    if sunset is None:
        yield _found(
            place, f"{prefix}-deprecated-sunset-invalid", "became deprecated; `x-sunset` is not a date", "deprecated"
        )
    elif day is None:
        yield _found(place, f"{prefix}-deprecated-with-sunset", text, "deprecated", undecided=NO_DATE)
    elif sunset < day:
        yield _found(place, f"{prefix}-sunset-date-too-small", f"{text}, in the past", "deprecated")
    else:
        yield _found(place, f"{prefix}-deprecated-with-sunset", text, "deprecated")


def stability(place: Place, family: Family, *, listed: bool) -> Iterator[Finding]:
    """A stability level that changed away from a promised one, or that cannot be read where extensions changed."""
    base, revision = place.diff.base, place.diff.revision
    if base is None or revision is None or all(key in KNOWN for key in place.diff.values):
        return
    one, two = stated(base.value), stated(revision.value)
    if one is None or two is None:
        text = f"has an {STABILITY} that is not one of {', '.join(STABILITIES)}"
        yield _found(place, "api-invalid-stability-level", text, STABILITY, listed=listed)
    elif one != two and one >= PROMISED:
        step = "decreased" if two < one else "increased"
        text = f"stability level changed from `{STABILITIES[one]}` to `{STABILITIES[two]}`"
        yield _found(place, f"{family}-property-stability-{step}", text, STABILITY, listed=listed)


def _found(place: Place, id: str, text: str, keyword: str, *, undecided: str = "", listed: bool = True) -> Finding:
    return Finding(
        id=id,
        text=text,
        keywords=(keyword,),
        base=place.diff.base.pointer if place.diff.base is not None else "",
        revision=place.diff.revision.pointer if place.diff.revision is not None else "",
        listed=listed and id in OASDIFF_LEVELS and not undecided,
        undecided=undecided,
    )
