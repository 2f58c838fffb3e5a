"""What goes over the wire of the gate: policies, overrides, and what is told of a version that was judged."""

from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from byte.registry import clock, faults, gate, policies, publish, records
from byte.registry.records import Compatibility, Outcome, Overriding, Scheme, Verdict, Weight
from byte.server.models import (
    CREATED,
    IDENTITY,
    INT32,
    UPDATED,
    Answered,
    Label,
    Moment,
    ServiceName,
    Taken,
    Time,
    Version,
    version_shown,
)
from byte.server.problems import Problem

_POLICY: Final[JsonDict] = {
    "compatibility": "consumers",
    "verdict": "APPROVED WITH CHANGES",
    "severities": {"changed-default-status": "note"},
    "sunset": True,
    "scheme": "semver",
    "overriding": "owner",
}

Why = Annotated[
    str,
    Field(
        description="Why it may be published all the same.",
        pattern=faults.LINE,
        min_length=1,
        max_length=policies.REASON_LENGTH,
        examples=["Nobody has called it for a year."],
    ),
]
RuleName = Annotated[
    str,
    Field(
        description="A rule of the review (`byte rules`), a kind of difference (docs/diff.md), or `version`, `sunset`, "
        "`verdict`.",
        pattern=faults.LINE,
        min_length=1,
        max_length=policies.RULE_LENGTH,
        examples=["removed-operation"],
    ),
]
OperationName = Annotated[
    str,
    Field(
        description="An operation by its name.",
        pattern=faults.LINE,
        min_length=1,
        max_length=policies.OPERATION_LENGTH,
        examples=["DELETE /orders/{id}"],
    ),
]


# --- policies ----------------------------------------------------------------------------------


class PolicyReplace(Taken):
    """What is asked of a new version. What is left out goes back to what a fresh registry asks."""

    model_config = ConfigDict(json_schema_extra={"example": _POLICY})

    compatibility: Compatibility = Field(
        default="backward",
        description="Which breaks refuse a version: every one (`backward`), those that a registered consumer meets "
        "(`consumers`), none.",
        examples=["backward"],
    )
    verdict: Verdict = Field(
        default="APPROVED WITH CHANGES",
        description="The worst that the review may come to.",
        examples=["APPROVED WITH CHANGES"],
    )
    severities: dict[str, Weight] = Field(
        default={},
        description="What findings weigh instead, by rule or kind of difference; `off` leaves them out. A break that "
        "weighs `note` or `off` refuses nothing.",
        max_length=policies.SEVERITIES_MOST,
        examples=[{"changed-default-status": "note"}],
    )
    sunset: bool = Field(
        default=False,
        description="Whether an operation, or a version, goes only after a sunset that was announced.",
        examples=[False],
    )
    scheme: Scheme = Field(
        default="none",
        description="How versions are numbered. With `semver` a break asks for a major, and a major may break.",
        examples=["semver"],
    )
    overriding: Overriding = Field(default="admin", description="Who may let in what is refused.", examples=["admin"])

    def record(self, service: str) -> records.Policy:
        return records.Policy(
            service=service,
            compatibility=self.compatibility,
            verdict=self.verdict,
            severities=dict(sorted(self.severities.items())),
            sunset=self.sunset,
            scheme=self.scheme,
            overriding=self.overriding,
        )


class Policy(Answered):
    """What is asked of a new version."""

    service: ServiceName | None = Field(
        description="The service that it is for; null: all that have none of their own.", examples=["orders"]
    )
    inherited: bool = Field(description="Whether it is the default, for want of one of its own.", examples=[False])
    compatibility: Compatibility = Field(description="Which breaks refuse a version.", examples=["backward"])
    verdict: Verdict = Field(description="The worst that the review may come to.", examples=["APPROVED WITH CHANGES"])
    severities: dict[str, Weight] = Field(
        description="What findings weigh instead.", examples=[{"changed-default-status": "note"}]
    )
    sunset: bool = Field(description="Whether what goes was announced before.", examples=[False])
    scheme: Scheme = Field(description="How versions are numbered.", examples=["semver"])
    overriding: Overriding = Field(description="Who may let in what is refused.", examples=["admin"])
    revision: int = Field(
        description="Counts the edits; 0 for what a fresh registry asks.", ge=0, examples=[1], json_schema_extra=INT32
    )
    created_at: Time | None = CREATED
    updated_at: Time | None = UPDATED


def policy_shown(policy: records.Policy, service: str) -> dict[str, Any]:
    """A policy as the API answers it, to who asked for that of a service ("": for the default)."""
    return {
        "service": service or None,
        "inherited": policy.service != service or policy.revision == 0,
        "compatibility": policy.compatibility,
        "verdict": policy.verdict,
        "severities": dict(policy.severities),
        "sunset": policy.sunset,
        "scheme": policy.scheme,
        "overriding": policy.overriding,
        "revision": policy.revision,
        "created_at": clock.shown(policy.created_at) if policy.created_at else None,
        "updated_at": clock.shown(policy.updated_at) if policy.updated_at else None,
    }


# --- overrides ---------------------------------------------------------------------------------


class OverrideCreate(Taken):
    """Leave to publish what the policy refuses. What is left out stands for all."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "version": "2.0.0",
                "rule": "removed-operation",
                "operation": "DELETE /orders/{id}",
                "reason": "Nobody has called it for a year.",
                "until": "2027-01-31T00:00:00Z",
            }
        }
    )

    version: Label | None = Field(default=None, description="Only for this version.", examples=["2.0.0"])
    rule: RuleName | None = None
    operation: OperationName | None = None
    reason: Why
    until: Moment = Field(description="Until when; from then on it lets nothing through.")

    def record(self, service: str) -> records.Override:
        return records.Override(
            id="",
            service=service,
            version=self.version,
            rule=self.rule,
            operation=self.operation,
            reason=self.reason,
            until=clock.of(self.until),
        )


class Override(Answered):
    """Leave to publish what the policy refuses."""

    id: str = Field(description="Its id.", pattern=IDENTITY, examples=["b94d27b9934d3e08a52e52d7"], max_length=24)
    service: ServiceName
    version: Label | None = Field(description="Only for this version; null: for any.", examples=["2.0.0"])
    rule: RuleName | None = None
    operation: OperationName | None = None
    reason: Why
    until: Time = Field(description="Until when.", examples=["2027-01-31T00:00:00.000000Z"])
    granted_by: str = Field(description="Who granted it.", examples=["first admin"], max_length=200)
    ended: bool = Field(description="Whether it is over.", examples=[False])
    created_at: Time = CREATED


def override_shown(override: records.Override, now: int) -> dict[str, Any]:
    """An override as the API answers it."""
    return {
        "id": override.id,
        "service": override.service,
        "version": override.version,
        "rule": override.rule,
        "operation": override.operation,
        "reason": override.reason,
        "until": clock.shown(override.until),
        "granted_by": override.actor,
        "ended": override.until <= now,
        "created_at": clock.shown(override.created_at),
    }


# --- what was decided --------------------------------------------------------------------------


class Refusal(Answered):
    """One reason why a version is refused."""

    policy: str = Field(
        description="What of the policy says so: `compatibility`, `verdict`, `sunset`, `version`.",
        examples=["compatibility"],
        max_length=50,
    )
    detail: str = Field(
        description="What was seen, and what to do.", examples=["DELETE /orders/{id} was removed."], max_length=4_000
    )
    rule: str = Field(description="The rule or kind of difference.", examples=["removed-operation"], max_length=100)
    operations: list[str] = Field(
        description="The operations that it reaches.", examples=[["DELETE /orders/{id}"]], max_length=gate.REFUSALS
    )


class GateFinding(Answered):
    """A finding of the review."""

    rule: str = Field(description="Its rule.", examples=["removed-operation"], max_length=100)
    severity: str = Field(description="How much it weighs.", examples=["blocker"], max_length=20)
    operation: str = Field(description="The first operation that has it.", examples=["GET /orders"], max_length=4_000)
    message: str = Field(description="What was found.", examples=["DELETE /orders/{id} was removed"], max_length=10_000)
    place: str = Field(description="Where, in the new document.", examples=["orders@2.0.0:12"], max_length=4_000)
    fix: str = Field(
        description="What to do.",
        examples=["Keep `DELETE /orders/{id}` as deprecated, and remove it when nobody calls it."],
        max_length=4_000,
    )


class GateCounterexample(Answered):
    """A request or a payload that proves a break."""

    difference: str = Field(
        description="The kind of difference.", examples=["api-path-removed-without-deprecation"], max_length=200
    )
    operation: str = Field(description="The operation.", examples=["DELETE /orders/{id}"], max_length=4_000)
    message: str = Field(description="What differs.", examples=["DELETE /orders/{id} was removed"], max_length=4_000)
    kind: str = Field(description="`request` or `payload`.", examples=["request"], max_length=20)
    value: str = Field(
        description="The request as a line, the payload as JSON (of a long one what leads to the place).",
        examples=["DELETE /orders/{id}"],
        max_length=4_000,
    )
    valid_for: str = Field(description="The side that takes it.", examples=["base"], max_length=20)
    invalid_for: str = Field(description="The side that does not.", examples=["revision"], max_length=20)


class GateConsumer(Answered):
    """A consumer that a break breaks."""

    name: str = Field(description="Who.", examples=["web-shop"], max_length=200)
    operation: str = Field(description="What it uses.", examples=["GET /orders/{id}"], max_length=4_000)
    fields: list[str] = Field(
        description="Its fields that break; none: the operation as a whole.", examples=[["total"]], max_length=gate.HITS
    )
    certain: bool = Field(description="Whether that surely fails; else it may.", examples=[True])
    reason: str = Field(
        description="Why.", examples=["reads `total`: response property `total` was removed"], max_length=4_000
    )
    difference: str = Field(
        description="The kind of difference.", examples=["response-required-property-removed"], max_length=200
    )
    evidence: list[str] = Field(
        description="Where the use is seen.", examples=[["web/src/orders.ts:41"]], max_length=gate.HITS
    )


class GateOverride(Answered):
    """An override that let something in."""

    id: str = Field(description="Its id.", examples=["b94d27b9934d3e08a52e52d7"], max_length=24)
    reason: Why
    until: Time = Field(description="Until when.", examples=["2027-01-31T00:00:00.000000Z"])
    granted_by: str = Field(description="Who granted it.", examples=["first admin"], max_length=200)


class PublishReview(Answered):
    """What was decided about a version, and why. Lists are bounded; the counts are of all that there is."""

    id: str | None = Field(
        default=None,
        description="The review that is kept, at `/v1/reviews/{review}`; null: none is.",
        examples=["b94d27b9934d3e08a52e52d7"],
        max_length=24,
    )
    outcome: Outcome = Field(description="What became of it.", examples=["refused"])
    dry_run: bool = Field(default=False, description="Whether it was a trial, of which nothing is kept.")
    verdict: Verdict | None = Field(
        description="What the review came to; null for a first version.", examples=["NEEDS REVISION"]
    )
    base: Label | None = Field(description="What it was compared with.", examples=["1.4.0"])
    summary: str = Field(
        description="In a sentence.", examples=["Changed: 1 difference in 1 operation."], max_length=4_000
    )
    refusals: list[Refusal] = Field(description="Why it is refused; none: it is not.", max_length=gate.REFUSALS)
    refusal_count: int = Field(description="How many reasons there are.", ge=0, json_schema_extra=INT32)
    findings: list[GateFinding] = Field(description="What the review found, worst first.", max_length=gate.FINDINGS)
    finding_count: int = Field(description="How many findings there are.", ge=0, json_schema_extra=INT32)
    counterexamples: list[GateCounterexample] = Field(
        description="What proves the breaks.", max_length=gate.COUNTEREXAMPLES
    )
    counterexample_count: int = Field(description="How many breaks are proved so.", ge=0, json_schema_extra=INT32)
    consumers: list[GateConsumer] = Field(description="Whom the breaks break.", max_length=gate.HITS)
    consumer_count: int = Field(description="How many consumers that are.", ge=0, json_schema_extra=INT32)
    overrides: list[GateOverride] = Field(description="What let something in.", max_length=gate.HITS)


class PublishedVersion(Version):
    """A version, and how it was judged."""

    sequence: int = Field(
        description="Counts the versions of the service; 0 for a trial.", ge=0, examples=[7], json_schema_extra=INT32
    )
    review: PublishReview | None = Field(
        description="The review of it; null where it is not new, or its policy asks for nothing."
    )


class RefusedProblem(Problem):
    """The problem of a version that is refused."""

    review: PublishReview = Field(description="Why, with what proves it.")


def published_shown(done: publish.Published, *, dry_run: bool) -> dict[str, Any]:
    """What a publish answers."""
    review = None
    if done.ruling is not None:
        review = {"id": done.review, "dry_run": dry_run, **gate.report(done.ruling)}
    return {**version_shown(done.version), "review": review}
