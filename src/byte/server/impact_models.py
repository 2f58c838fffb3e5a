"""What goes over the wire about who uses what, and whom a change would break."""

from typing import Annotated, Any, Literal

from pydantic import Field

from byte.model.fields import called
from byte.registry import impact, records
from byte.server.models import INT32, Answered, Evidences, Label, Name, ServiceName, Time

OperationName = Annotated[
    str, Field(description="The name of an operation.", examples=["GET /orders/{id}"], max_length=2_000)
]
Paths = Annotated[list[str], Field(description="Fields, as paths.", examples=[["items/price"]], max_length=500)]
ConsumerName = Annotated[Name, Field(description="Who uses it.", examples=["web-shop"])]
ConsumerNames = Annotated[
    list[str], Field(description="Names of consumers, sorted.", examples=[["web-shop"]], max_length=100_000)
]


class OperationConsumer(Answered):
    """A consumer of an operation: what it uses of it, and where that is seen."""

    service: ServiceName
    name: ConsumerName
    operation: OperationName
    reads: Paths
    sends: Paths
    evidence: Evidences


def operation_consumer_shown(consumer: records.Consumer, operation: str) -> dict[str, Any]:
    """A consumer of an operation as the API answers it."""
    own = [use for use in consumer.uses if called(use.operation) == called(operation)]
    return {
        "service": consumer.service,
        "name": consumer.name,
        "operation": operation,
        "reads": sorted({path for use in own for path in use.reads}),
        "sends": sorted({path for use in own for path in use.sends}),
        "evidence": list(dict.fromkeys(line for use in own for line in impact.evidence(consumer, use.operation))),
    }


class AffectedConsumer(Answered):
    """A consumer that breaks, or may."""

    consumer: ConsumerName
    operation: OperationName
    fields: Paths
    certain: bool = Field(
        description="Whether what it does surely fails; else it may, by the values or by what it did not say.",
        examples=[True],
    )
    reason: str = Field(
        description="Why, as a clause about the consumer.",
        examples=["reads `items/price`, which was removed"],
        max_length=10_000,
    )
    evidence: Evidences


class BreakingDifference(Answered):
    """A difference that breaks clients, and the registered consumers among them; nobody where the list is empty."""

    id: str = Field(
        description="What kind of difference it is (docs/diff.md).",
        examples=["response-required-property-removed"],
        max_length=200,
    )
    level: Literal["breaking", "warning", "info"] = Field(description="How bad it is.", examples=["breaking"])
    operations: list[str] = Field(
        description="The operations that it reaches.", examples=[["GET /orders/{id}"]], max_length=200_000
    )
    message: str = Field(
        description="What differs.", examples=["response property `items/price` was removed"], max_length=20_000
    )
    consumers: list[AffectedConsumer] = Field(description="Whom it breaks.", max_length=500)


class DeprecatedOperation(Answered):
    """An operation that is to go: since its contract says so, and who uses it still."""

    operation: OperationName
    sunset: str | None = Field(description="The day that its contract gives (`x-sunset`).", examples=["2027-03-31"])
    consumers: ConsumerNames
    ready: bool = Field(
        description="Whether it can go: no registered consumer uses it, and the day that was announced has come.",
        examples=[False],
    )


class Impact(Answered):
    """Whom a change of a service would break, and whether what is deprecated can go."""

    service: ServiceName
    version: Label = Field(description="The version in use.", examples=["1.4.0"])
    state: Literal["draft", "active", "deprecated", "retired"] = Field(
        description="The state that it is in.", examples=["active"]
    )
    sunset_at: Time | None = Field(
        description="When it ends, if it is deprecated and that was said.", examples=["2027-03-31T00:00:00.000000Z"]
    )
    against: Label | None = Field(description="The version that would take its place.", examples=["2.0.0"])
    operation: OperationName | None = Field(description="The operation that would go.")
    field: str | None = Field(description="The field that would go.", examples=["items/price"], max_length=500)
    consumers: int = Field(
        description="How many consumers the service has.", ge=0, examples=[12], json_schema_extra=INT32
    )
    affected: ConsumerNames
    breaks: list[BreakingDifference] = Field(
        description="What breaks clients of the version in use, by the one that would take its place.", max_length=500
    )
    removals: list[AffectedConsumer] = Field(
        description="Who uses the operation or field that would go.", max_length=500
    )
    deprecated: list[DeprecatedOperation] = Field(
        description="What the version in use deprecates already.", max_length=500
    )
