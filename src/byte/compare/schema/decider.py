"""Whether all that a sender can send is accepted by a receiver, with payloads that prove where it is not.

Requests: what a client of base can send must be accepted by the revision. Responses: what the revision can send must
be valid for a client of base. The sender is closed: it writes only properties that its schema declares, unless other
names are allowed in so many words or nothing is said of names. The receiver is open: it ignores what it does not know.
"""

from typing import Any, Final, Literal

import msgspec

from byte.compare.document import Sameness, Side
from byte.compare.schema.collect import Found, collect
from byte.compare.schema.confirm import Work, accepts
from byte.compare.schema.dialect import Reader, Schema
from byte.compare.schema.graph import Hesitation
from byte.compare.schema.ground import Ground
from byte.compare.schema.inclusion import ask

MOST_FAILURES: Final = 200
MOST_PAIRS: Final = 50_000
MOST_WORK: Final = 100_000
_MOST_KEPT: Final = 50_000
"""Places that are remembered from one pair of schemas to the next."""
_CONFIRMED: Final = 3
Direction = Literal["request", "response"]


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """A place at which what is sent is rejected.

    `base`, `revision`: JSON pointers of the schemas as they stand there; `keyword`: the receiver's that rejects; `name`:
    the property where the keyword is about one; `payload`: a value of the root schema that an independent validator
    accepts for the sender and rejects for the receiver.
    """

    base: str
    revision: str
    keyword: str
    name: str | None
    payload: Any


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """A place that is undecided: the keyword, and why."""

    base: str
    revision: str
    keyword: str
    reason: str


class Verdict(msgspec.Struct, frozen=True):
    """What was found out about a pair of schemas."""

    failures: tuple[Failure, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether all that can be sent is accepted."""
        return not self.failures and not self.doubts


class Decider:
    """Decides pairs of schemas of two documents; what was found out once is not asked again."""

    def __init__(self, base: Side, revision: Side, same: Sameness | None = None) -> None:
        self._base = base
        self._revision = revision
        self._sameness = same if same is not None else _sameness(base, revision)
        self._one_dialect = base.dialect == revision.dialect
        self._verdicts: dict[tuple[str, str, Direction], Verdict] = {}
        self._grounds: dict[Direction, _Direction] = {}

    def decide(self, base_pointer: str, revision_pointer: str, direction: Direction) -> Verdict:
        """Whether all that can be sent in a direction is accepted, for the schemas at two pointers. Raises nothing."""
        key = base_pointer, revision_pointer, direction
        known = self._verdicts.get(key)
        if known is None:
            known = self._verdicts[key] = self._decided(*key)
        return known

    def _decided(self, base_pointer: str, revision_pointer: str, direction: Direction) -> Verdict:
        ground = self._grounds.get(direction)
        if ground is None or ground.full:
            ground = self._grounds[direction] = _Direction(self._base, self._revision, direction, self._same)
        pointers = (base_pointer, revision_pointer)
        sent, taken = ground.ends(*pointers)
        if sent is None or taken is None:
            doubt = Doubt(base=base_pointer, revision=revision_pointer, keyword="", reason="no schema stands there")
            return Verdict(doubts=(doubt,))
        try:
            return ground.decided(sent, taken)
        except RecursionError:
            ground.exhausted = True
            reason = "schemas nested too deeply"
            return Verdict(doubts=(Doubt(base=base_pointer, revision=revision_pointer, keyword="", reason=reason),))

    def _same(self, sent: Any, taken: Any) -> bool:
        if not self._one_dialect or self._sameness is None:
            return False
        try:
            return self._sameness.same(sent, taken)
        except RecursionError:
            return False


class _Direction:
    """One direction: who sends, who takes, and what has been asked."""

    def __init__(self, base: Side, revision: Side, direction: Direction, same: Any) -> None:
        self.request = direction == "request"
        sender, receiver = (base, revision) if self.request else (revision, base)
        self._sender = Reader(sender, direction, declares=True)
        self._receiver = Reader(receiver, direction, declares=False)
        # `same` asks for base and revision in that order.
        self._ground = Ground(
            (lambda sent, taken: same(sent, taken)) if self.request else (lambda sent, taken: same(taken, sent))
        )
        self._work = Work()
        self.exhausted = False

    @property
    def full(self) -> bool:
        """Whether it is time to forget what has been asked."""
        return self.exhausted or len(self._ground.graph) > _MOST_KEPT

    def ends(self, base_pointer: str, revision_pointer: str) -> tuple[Schema | None, Schema | None]:
        """The schemas of sender and receiver."""
        if self.request:
            return self._sender.at(base_pointer), self._receiver.at(revision_pointer)
        return self._sender.at(revision_pointer), self._receiver.at(base_pointer)

    def decided(self, sent: Schema, taken: Schema) -> Verdict:
        self._work = Work()
        pair, whole = ask(self._ground, sent, taken, MOST_PAIRS)
        failures: dict[tuple[str, str, str, str | None], Failure] = {}
        doubts: dict[tuple[str, str, str], Doubt] = {}
        if not whole:
            self.exhausted = True
            doubts["", "", ""] = self._doubt(sent, taken, "", f"more than {MOST_PAIRS} places to compare")
        if pair.refuted:
            work = 0
            for number, found in enumerate(collect(self._ground, pair, MOST_FAILURES + 1)):
                work += sum(_size(value) for value in found.values) if isinstance(found, Found) else 0
                if number == MOST_FAILURES or (work > MOST_WORK and failures):
                    doubts["", "", ""] = self._doubt(sent, taken, "", "more is rejected than could be shown")
                    break
                if isinstance(found, Found):
                    self._take(found, sent, taken, failures, doubts)
                else:
                    doubt = self._hesitation(found, sent)
                    doubts.setdefault((doubt.base, doubt.revision, doubt.keyword), doubt)
        told = {key[:3] for key in failures}
        return Verdict(tuple(failures.values()), tuple(d for key, d in doubts.items() if key not in told))

    def _take(
        self,
        found: Found,
        sent: Schema,
        taken: Schema,
        failures: dict[tuple[str, str, str, str | None], Failure],
        doubts: dict[tuple[str, str, str], Doubt],
    ) -> None:
        """A failure if one of the values is confirmed, else a doubt."""
        flaw = found.flaw
        base, revision = self._sides(flaw.sent or sent, flaw.taken)
        if (base, revision, flaw.keyword, flaw.name) in failures:
            return
        for value in found.values[:_CONFIRMED]:
            if accepts(sent, value, self._work) is True and accepts(taken, value, self._work) is False:
                failures[base, revision, flaw.keyword, flaw.name] = Failure(
                    base=base, revision=revision, keyword=flaw.keyword, name=flaw.name, payload=value
                )
                return
        reason = "no payload could be confirmed that shows what seems to be rejected"
        doubts.setdefault(
            (base, revision, flaw.keyword), Doubt(base=base, revision=revision, keyword=flaw.keyword, reason=reason)
        )

    def _hesitation(self, found: Hesitation, sent: Schema) -> Doubt:
        return self._doubt(found.sent or sent, found.taken, found.keyword, found.reason)

    def _doubt(self, sent: Schema, taken: Schema, keyword: str, reason: str) -> Doubt:
        base, revision = self._sides(sent, taken)
        return Doubt(base=base, revision=revision, keyword=keyword, reason=reason)

    def _sides(self, sent: Schema, taken: Schema) -> tuple[str, str]:
        return (sent.pointer, taken.pointer) if self.request else (taken.pointer, sent.pointer)


def _sameness(base: Side, revision: Side) -> Sameness | None:
    """What is the same in both, None where they are nested too deeply for that to be asked."""
    try:
        return Sameness(base, revision)
    except RecursionError:
        return None


def _size(value: Any) -> int:
    """How many values a payload is made of."""
    count, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        count += 1
        if isinstance(one, dict):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return count
