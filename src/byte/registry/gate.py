"""Whether a version may be published: the review of it against the one before, under the policy of its service.

Decided by what is given alone: `judged` takes two contracts and all that bears on them, and answers with a `Ruling`. The
review is that of the contracts. What the policy lets be (a break that no consumer meets, a break that a major declares)
weighs as something that should change, and what an override lets in is shown as accepted, as it is in any review.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from byte.model import payloads
from byte.model.consulted import Affected
from byte.model.difference import Difference
from byte.model.review import Accepted, Finding, Review, Severity
from byte.registry import clock, impact
from byte.registry.contracts import Comparable, Compared, compared
from byte.registry.records import VERDICTS, Consumer, Override, Policy
from byte.registry.schemes import Numbered, numbered, unnumbered
from byte.report.json import document, dump
from byte.review.documents import Pair, told
from byte.review.judge import judge

REFUSALS: Final = 100
FINDINGS: Final = 50
COUNTEREXAMPLES: Final = 20
HITS: Final = 100
"""How many of each a report lists; it tells how many there are."""
_PAYLOAD: Final = 2_000
"""Bytes of a payload that is shown whole; of a longer one only the way to its place."""
_TEXT: Final = 1_000
RULES: Final = ("version", "sunset", "verdict")
"""What an override can name beside rules of the review and kinds of differences."""


_RANKS: Final[Mapping[str, int]] = {verdict: rank for rank, verdict in enumerate(VERDICTS)}


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """One reason why a version is not let in: which part of the policy says so, what was seen, and what to do."""

    policy: str
    detail: str
    rule: str = ""
    operations: tuple[str, ...] = ()


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A version that is to be published, and all that bears on it. `base` is the version that is in use, None for none."""

    service: str
    label: str
    head: Comparable
    policy: Policy
    base: Comparable | None = None
    base_label: str | None = None
    consumers: tuple[Consumer, ...] = ()
    overrides: tuple[Override, ...] = ()
    now: int = 0


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What was decided: refused where there are refusals.

    `review` is None for a first version, which has nothing to be compared with. `used` are the overrides that let
    something in; `until` is when the first of them ends, None where none is used.
    """

    service: str
    label: str
    base: str | None
    policy: Policy
    review: Review | None = None
    refusals: tuple[Refusal, ...] = ()
    breaks: tuple[Difference, ...] = ()
    affected: tuple[tuple[Difference, Affected], ...] = ()
    used: tuple[Override, ...] = ()

    @property
    def refused(self) -> bool:
        return bool(self.refusals)

    @property
    def until(self) -> int | None:
        return min((override.until for override in self.used), default=None)


def demands(policy: Policy) -> bool:
    """Whether a policy asks for anything: else nothing has to be compared."""
    return policy.compatibility != "none" or policy.verdict != VERDICTS[-1] or policy.sunset or policy.scheme != "none"


def judged(case: Case) -> Ruling:
    """Whether a version may be published, and the review of it."""
    return _Judge(case).ruling()


class _Judge:
    """Weighs the differences of one case, and remembers which overrides that took."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._policy = case.policy
        self._used: dict[str, Override] = {}
        self._hits: dict[int, tuple[Affected, ...]] = {}
        self._refusals: list[Refusal] = []
        self._counted: list[Finding] = []
        self._mine = numbered(self._policy.scheme, case.label)
        self._declared = self._declares_break()
        self._asks_major = self._mine is not None and self._policy.scheme == "semver" and not self._declared
        self._broke = False

    def ruling(self) -> Ruling:
        case = self._case
        self._check_label()
        if case.base is None:
            return self._made(None, ())
        found = self._felt(compared(case.base, case.head, _day(case.now), case.consumers))
        pair = Pair(
            case.base.contract, case.head.contract, (case.base.name, case.head.name), (case.base.place, case.head.place)
        )
        review = told(pair, found, self._weigh)
        self._check_sunsets(found)
        self._check_major()
        self._check_verdict()
        return self._made(review, tuple(filter(self._breaks, found)))

    def _made(self, review: Review | None, broken: tuple[Difference, ...]) -> Ruling:
        case = self._case
        return Ruling(
            service=case.service,
            label=case.label,
            base=case.base_label,
            policy=self._policy,
            review=review,
            refusals=tuple(dict.fromkeys(self._refusals)),
            breaks=broken,
            affected=tuple((d, hit) for d in broken for hit in self._hits.get(id(d), ())),
            used=tuple(self._used[key] for key in sorted(self._used)),
        )

    # --- findings ------------------------------------------------------------------------------

    def _felt(self, found: Compared) -> tuple[Difference, ...]:
        """The differences, those that nobody would be told of with a level where a consumer feels them."""
        hits = {id(one.difference): one.affected for one in found.impacts}
        differences = []
        for difference in found.differences:
            affected = hits.get(id(difference), ())
            if affected and difference.level == "info":
                difference = msgspec.structs.replace(difference, level="warning")
            self._hits[id(difference)] = affected
            differences.append(difference)
        return tuple(differences)

    def _breaks(self, difference: Difference) -> bool:
        """Whether a difference breaks clients, or a consumer that is known to miss what is gone."""
        return difference.level == "breaking" or bool(self._hits.get(id(difference)))

    def _weigh(self, finding: Finding, items: Sequence[Difference]) -> Finding | Accepted | None:
        severity = self._severity(finding, items[0])
        if severity == "off":
            return None
        lowered = severity == Severity.NOTE
        weighed = msgspec.structs.replace(finding, severity=Severity(severity)) if severity is not None else finding
        broken = [item for item in items if self._breaks(item)]
        against = [item for item in broken if not lowered and not self._excused(item)]
        major = not lowered and self._asks_major and any(map(self._counts, broken))
        # What a policy itself makes of a break counts as it says, whether it would let the break be or not.
        counted = not broken or (severity is not None and not against)
        worse = counted and self._is_worse(judge([weighed]).value)
        if (against or major or worse) and (override := self._override(finding, items, worse and not major)):
            return Accepted(finding=weighed, reason=override.reason, until=_day(override.until).isoformat())
        self._broke |= major
        if against:
            self._refuse_break(finding, against)
            if weighed.severity is Severity.NOTE:
                weighed = msgspec.structs.replace(weighed, severity=Severity.MAJOR)
        elif broken and severity is None and weighed.severity is Severity.BLOCKER:
            # It breaks clients and the policy lets it be: it is told, and is no reason to refuse.
            weighed = msgspec.structs.replace(weighed, severity=Severity.MAJOR)
        if counted:
            self._counted.append(weighed)
        return weighed

    def _severity(self, finding: Finding, difference: Difference) -> str | None:
        known = self._policy.severities
        return next((known[key] for key in (difference.id, finding.rule, finding.id) if key in known), None)

    def _counts(self, difference: Difference) -> bool:
        """Whether a break is one for those that matter: with `consumers` for a consumer. What was due is none."""
        if impact.was_due(difference):
            return False
        return self._policy.compatibility != "consumers" or bool(self._hits.get(id(difference)))

    def _excused(self, difference: Difference) -> bool:
        """Whether the policy lets a break be."""
        return self._policy.compatibility == "none" or self._declared or not self._counts(difference)

    def _refuse_break(self, finding: Finding, items: Sequence[Difference]) -> None:
        hits = sorted({hit.consumer for item in items for hit in self._hits.get(id(item), ())})
        whom = f" It breaks {_listed(hits)}." if hits else ""
        reached = tuple(dict.fromkeys(name for item in items for name in item.reaches))
        self._refusals.append(
            Refusal(
                policy="compatibility",
                detail=f"{finding.message.rstrip('.')}.{whom}",
                rule=finding.rule,
                operations=reached[:REFUSALS],
            )
        )

    # --- overrides -----------------------------------------------------------------------------

    def _override(self, finding: Finding, items: Sequence[Difference], worse: bool) -> Override | None:
        """The override that covers all that a finding is about; `worse`: it is only against the verdict that is needed."""
        names = {finding.rule, finding.id, *(item.id for item in items), *(["verdict"] if worse else [])}
        reached = {name for item in items for name in item.reaches}
        return self._covering(names, reached)

    def _covering(self, names: Iterable[str], reached: Iterable[str]) -> Override | None:
        """The override that covers something; of several that cover an operation each, the one that ends first."""
        names, left = set(names), set(reached)
        taken: list[Override] = []
        for override in self._case.overrides:
            if override.version not in (None, self._case.label) or override.until <= self._case.now:
                continue
            if override.rule is not None and override.rule not in names:
                continue
            if override.operation is None:
                return self._use([override])
            if override.operation in left:
                left.discard(override.operation)
                taken.append(override)
                if not left:
                    return self._use(taken)
        return None

    def _use(self, taken: Sequence[Override]) -> Override:
        self._used.update((override.id, override) for override in taken)
        return min(taken, key=lambda override: (override.until, override.id))

    # --- the rest of the policy ----------------------------------------------------------------

    def _declares_break(self) -> bool:
        base = self._base_number()
        return self._mine is not None and base is not None and self._mine.breaks_from(base)

    def _base_number(self) -> Numbered | None:
        return numbered(self._policy.scheme, self._case.base_label) if self._case.base_label is not None else None

    def _check_label(self) -> None:
        """The label is one of the scheme, and comes after that of the base."""
        if self._policy.scheme == "none":
            return
        label, base = self._case.label, self._base_number()
        if self._mine is None:
            self._refuse("version", unnumbered(self._policy.scheme, label))
        elif base is not None and self._mine.key <= base.key:
            self._refuse("version", f"`{label}` does not come after `{self._case.base_label}`.")

    def _check_sunsets(self, found: Iterable[Difference]) -> None:
        if not self._policy.sunset:
            return
        for difference in found:
            if impact.removes(difference) and not impact.was_due(difference):
                detail = f"{difference.message}: deprecate it with an `x-sunset` date, and remove it after that day."
                self._refuse("sunset", detail, difference.id, difference.reaches)

    def _check_major(self) -> None:
        """A break asks for a major, whether breaks are refused by themselves or not."""
        base = self._base_number()
        if self._broke and base is not None:
            self._refuse(
                "version", f"It breaks clients of `{self._case.base_label}`: that asks for {base.next_break()}."
            )

    def _check_verdict(self) -> None:
        """What stands against the version beside its breaks, which were refused one by one."""
        verdict = judge(self._counted).value
        if not self._is_worse(verdict):
            return
        worst = min((finding.severity.rank for finding in self._counted), default=0)
        for finding in self._counted:
            if finding.severity.rank == worst:
                detail = (
                    f"{finding.message.rstrip('.')}. The verdict is {verdict}, and {self._policy.verdict} is needed."
                )
                self._refusals.append(Refusal(policy="verdict", detail=detail, rule=finding.rule))

    def _is_worse(self, verdict: str) -> bool:
        """Whether a verdict is worse than what is needed."""
        return _RANKS[verdict] > _RANKS[self._policy.verdict]

    def _refuse(self, policy: str, detail: str, rule: str = "", operations: tuple[str, ...] = ()) -> None:
        if self._covering({policy, *([rule] if rule else [])}, operations) is None:
            self._refusals.append(
                Refusal(policy=policy, detail=detail, rule=rule or policy, operations=operations[:REFUSALS])
            )


def _day(at: int) -> date:
    return clock.moment(at).date()


def _listed(names: Sequence[str], most: int = 5) -> str:
    shown = ", ".join(f"`{name}`" for name in names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


# --- what is told ------------------------------------------------------------------------------


def sentence(ruling: Ruling) -> str:
    """Why a version is refused, in a sentence or two."""
    against = f" against `{ruling.base}`" if ruling.base is not None else ""
    first = ruling.refusals[0].detail
    more = f" And {len(ruling.refusals) - 1} more." if len(ruling.refusals) > 1 else ""
    return f"`{ruling.label}` of `{ruling.service}` is refused{against}: {first[:_TEXT]}{more}"


def report(ruling: Ruling) -> dict[str, Any]:
    """What was decided and why, as the API answers it: bounded, with the counts of all that there is."""
    review = document(ruling.review) if ruling.review is not None else None
    findings = review["findings"] if review is not None else []
    proven = [d for d in ruling.breaks if d.counterexample is not None]
    found = {
        "outcome": "refused" if ruling.refused else "published",
        "verdict": ruling.review.verdict.value if ruling.review is not None else None,
        "base": ruling.base,
        "summary": ruling.review.summary
        if ruling.review is not None
        else "The first version: there is nothing to compare.",
        "refusals": [
            {"policy": r.policy, "detail": r.detail[:_TEXT], "rule": r.rule, "operations": list(r.operations)}
            for r in ruling.refusals[:REFUSALS]
        ],
        "refusal_count": len(ruling.refusals),
        "findings": [_finding(finding) for finding in findings[:FINDINGS]],
        "finding_count": len(findings),
        "counterexamples": [_counterexample(difference) for difference in proven[:COUNTEREXAMPLES]],
        "counterexample_count": len(proven),
        "consumers": [_affected(difference, hit) for difference, hit in ruling.affected[:HITS]],
        "consumer_count": len({hit.consumer for _, hit in ruling.affected}),
        "overrides": [overridden(override) for override in ruling.used[:HITS]],
    }
    return plain(found)


def plain(value: dict[str, Any]) -> dict[str, Any]:
    """A report whose texts are UTF-8, whatever the documents held."""
    made: dict[str, Any] = msgspec.json.decode(dump(value))
    return made


def overridden(override: Override) -> dict[str, Any]:
    """An override that was used, as it is told."""
    return {
        "id": override.id,
        "reason": override.reason,
        "until": clock.shown(override.until),
        "granted_by": override.actor,
    }


def _finding(finding: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "rule": finding["rule"],
        "severity": finding["severity"],
        "operation": finding["symbol"][:_TEXT],
        "message": finding["message"][: 2 * _TEXT],
        "place": f"{finding['path']}:{finding['line_start']}"[:_TEXT],
        "fix": (finding["fix"] or "")[:_TEXT],
    }


def _counterexample(difference: Difference) -> dict[str, Any]:
    proof = difference.counterexample
    assert proof is not None
    whole = payloads.text(proof.value)
    shown = proof.value if proof.kind == "request" else whole
    if proof.kind == "payload" and len(whole) > _PAYLOAD:
        shown = payloads.brief(proof.value, difference, _PAYLOAD)
    return {
        "difference": difference.id,
        "operation": difference.operation[:_TEXT],
        "message": difference.message[:_TEXT],
        "kind": proof.kind,
        "value": str(shown)[:_PAYLOAD],
        "valid_for": proof.valid_for,
        "invalid_for": proof.invalid_for,
    }


def _affected(difference: Difference, hit: Affected) -> dict[str, Any]:
    return {
        "name": hit.consumer,
        "operation": hit.operation[:_TEXT],
        "fields": list(hit.fields[:HITS]),
        "certain": hit.certain,
        "reason": hit.reason[:_TEXT],
        "difference": difference.id,
        "evidence": list(hit.evidence[:HITS]),
    }
