"""What a change of a service means for who uses it: of an operation or a field that goes, of another version, of what is
deprecated already.
"""

from datetime import date
from typing import Any, Final

import msgspec

from byte.compare.announced import SUNSET, day_of
from byte.model.consulted import Affected
from byte.model.contract import operations
from byte.model.fields import Fields, called, parsed
from byte.model.ports import Impact
from byte.registry import clock, impact
from byte.registry.contracts import Comparable, compared, of_document
from byte.registry.errors import NotFoundError
from byte.registry.places import Place, Published
from byte.registry.records import Consumer, State

SHOWN: Final = 500
"""How many differences, and how many consumers of each, an answer lists."""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked about a service.

    `version` is the one that is used, None for the latest; `against` another label, or a contract, that would take its
    place. `operation` is one that would go, `field` one of its answers' fields (of every operation that has it, where no
    operation is named).
    """

    service: str
    version: str | None = None
    against: str | Published | None = None
    operation: str | None = None
    field: str | None = None


class Deprecated(msgspec.Struct, frozen=True, kw_only=True):
    """An operation that is deprecated: when it ends (a day, "" where that was never said), and who uses it still.

    `due`: whether that day has come, or none was announced.
    """

    operation: str
    sunset: str = ""
    due: bool = True
    consumers: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether it may go: nobody uses it, and its day has come."""
        return self.due and not self.consumers


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The answer: who is broken by what. `impacts` are of another version, `removals` of what would go.

    `consumers` counts all of the service; `deprecated` are the operations that are to go. `state` is that of the version in
    use, `sunset` when it ends (RFC 3339), None where that was never said.
    """

    service: str
    version: str
    state: State = "active"
    sunset: str | None = None
    against: str | None = None
    operation: str | None = None
    field: str | None = None
    consumers: int = 0
    impacts: tuple[Impact, ...] = ()
    removals: tuple[Affected, ...] = ()
    deprecated: tuple[Deprecated, ...] = ()

    @property
    def affected(self) -> tuple[str, ...]:
        """The names of the consumers that would break, or may."""
        return tuple(sorted({*impact.affected(self.impacts), *(hit.consumer for hit in self.removals)}))


def report(place: Place, asked: Question, day: date) -> Report:
    """Answers a question. `day` is the one that sunset dates are measured by.

    Raises `NotFoundError` for a service, version, operation or field that is not there, and `SourceError` where a document
    cannot be read.
    """
    known = place.published(asked.service, asked.version)
    consumers = place.consumers(asked.service)
    base = _comparable(known)
    other = asked.against if isinstance(asked.against, Published) or asked.against is None else None
    if isinstance(asked.against, str):
        other = place.published(asked.service, asked.against)
    impacts = compared(base, _comparable(other), day, consumers).impacts if other is not None else ()
    return Report(
        service=asked.service,
        version=known.label,
        state=known.state,
        sunset=known.sunset,
        against=other.label if other is not None else None,
        operation=asked.operation,
        field=asked.field,
        consumers=len(consumers),
        impacts=impacts,
        removals=_removals(base, asked, consumers, known),
        deprecated=tuple(_deprecated(base, consumers, day)),
    )


def _comparable(version: Published) -> Comparable:
    return of_document(f"{version.service.name}@{version.label}", version.service.kind, version.document)


# --- what would go -----------------------------------------------------------------------------


def _removals(
    base: Comparable, asked: Question, consumers: tuple[Consumer, ...], known: Published
) -> tuple[Affected, ...]:
    if asked.operation is None and asked.field is None:
        return ()
    names = _concerned(base, asked, known)
    found = [hit for name in names for hit in impact.removal(name, asked.field, consumers)]
    return tuple(sorted(set(found)))


def _concerned(base: Comparable, asked: Question, known: Published) -> list[str]:
    """The operations that a question is about. Raises `NotFoundError` where there are none."""
    back = {name: path for path, name in base.names.items()}
    fields = Fields(base.contract.document)
    what = f"`{asked.service}` {known.label}"
    if asked.operation is not None:
        inner = back.get(asked.operation, asked.operation)
        operation = fields.operation(inner)
        if operation is None:
            raise NotFoundError(f"{what} has no operation `{asked.operation}`.")
        if asked.field is not None and not fields.has(inner, "response", parsed(asked.field)):
            raise NotFoundError(f"The answers of `{asked.operation}` have no field `{asked.field}`.")
        return [base.names.get(operation.name, operation.name)]
    names = [op.name for op in operations(base.contract.document)]
    having = [name for name in names if fields.has(name, "response", parsed(asked.field or ""))]
    if not having:
        raise NotFoundError(f"No answer of {what} has a field `{asked.field}`.")
    return [base.names.get(name, name) for name in having]


# --- what is deprecated ------------------------------------------------------------------------


def _deprecated(base: Comparable, consumers: tuple[Consumer, ...], day: date) -> list[Deprecated]:
    out = []
    for operation in operations(base.contract.document):
        if operation.body.get("deprecated") is True:
            name = base.names.get(operation.name, operation.name)
            users = {c.name for c in consumers for use in c.uses if called(use.operation) == called(name)}
            sunset = operation.body.get(SUNSET)
            found = Deprecated(
                operation=name,
                sunset=sunset if isinstance(sunset, str) else "",
                due=SUNSET not in operation.body or _has_come(sunset, day),
                consumers=tuple(sorted(users)),
            )
            out.append(found)
    return out


def _has_come(sunset: Any, day: date) -> bool:
    """Whether a day has come; what is none never does."""
    announced = day_of(sunset)
    return announced is not None and announced <= day


# --- as data -----------------------------------------------------------------------------------


def shown(found: Report) -> dict[str, Any]:
    """A report as JSON has it."""
    return {
        "service": found.service,
        "version": found.version,
        "state": found.state,
        "sunset_at": found.sunset,
        "against": found.against,
        "operation": found.operation,
        "field": found.field,
        "consumers": found.consumers,
        "affected": list(found.affected),
        "breaks": [
            {
                "id": one.difference.id,
                "level": one.difference.level,
                "operations": list(one.difference.reaches),
                "message": one.difference.message,
                "consumers": [hit_shown(hit) for hit in one.affected[:SHOWN]],
            }
            for one in found.impacts[:SHOWN]
        ],
        "removals": [hit_shown(hit) for hit in found.removals[:SHOWN]],
        "deprecated": [
            {
                "operation": one.operation,
                "sunset": one.sunset or None,
                "consumers": list(one.consumers),
                "ready": one.ready,
            }
            for one in found.deprecated[:SHOWN]
        ],
    }


def hit_shown(hit: Affected) -> dict[str, Any]:
    """A consumer that breaks as JSON has it."""
    return {
        "consumer": hit.consumer,
        "operation": hit.operation,
        "fields": list(hit.fields),
        "certain": hit.certain,
        "reason": hit.reason,
        "evidence": list(hit.evidence),
    }


def today(now: int) -> date:
    """The day of a time (microseconds), in UTC."""
    return clock.moment(now).date()
