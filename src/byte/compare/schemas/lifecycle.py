"""What is said of a property beside its values: who may send it, whether it is deprecated, how stable it is."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from byte.compare.levels import OASDIFF_LEVELS
from byte.compare.schemas.findings import Family, Finding
from byte.compare.schemas.view import KNOWN, Schema
from byte.compare.schemas.walk import Place

NO_DATE: Final = "no date was given"
"""Why a rule about a sunset date cannot be decided."""
_ACCESS: Final = (("writeOnly", "write-only"), ("readOnly", "read-only"))
_STABILITY: Final = "x-stability-level"
_STABILITIES: Final = ("draft", "alpha", "beta", "stable")
_PROMISED: Final = 2
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_MOMENT: Final = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})([.,]\d+)?(Z|[+-]\d{2}:\d{2})\Z")


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
    if "x-sunset" not in place.diff.revision.value:
        yield _found(place, f"{prefix}-deprecated", "became deprecated", "deprecated")
        return
    sunset = day_of(place.diff.revision.value["x-sunset"])
    text = f"became deprecated, with its sunset on {sunset}"
    if sunset is None:
        yield _found(
            place, f"{prefix}-deprecated-sunset-invalid", "became deprecated; x-sunset is no date", "deprecated"
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
    one, two = _stability(base), _stability(revision)
    if one is None or two is None:
        text = f"has an {_STABILITY} that is not one of {', '.join(_STABILITIES)}"
        yield _found(place, "api-invalid-stability-level", text, _STABILITY, listed=listed)
    elif one != two and one >= _PROMISED:
        step = "decreased" if two < one else "increased"
        text = f"stability level changed from `{_STABILITIES[one]}` to `{_STABILITIES[two]}`"
        yield _found(place, f"{family}-property-stability-{step}", text, _STABILITY, listed=listed)


def _stability(schema: Schema) -> int | None:
    """How stable a property is said to be; None where what is said cannot be read."""
    value = schema.value.get(_STABILITY)
    if value is None:
        return len(_STABILITIES) - 1
    return _STABILITIES.index(value) if value in _STABILITIES else None


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


def day_of(value: Any) -> date | None:
    """A full-date or date-time of RFC 3339 as its day; None where it is neither."""
    if not isinstance(value, str):
        return None
    moment = _MOMENT.match(value)
    if moment is not None and not (int(moment[2]) < 24 and int(moment[3]) < 60 and int(moment[4]) < 60):
        return None
    found = moment[1] if moment is not None else value
    if not _DAY.match(found) or not found.isascii():
        return None
    try:
        return date.fromisoformat(found)
    except ValueError:
        return None
