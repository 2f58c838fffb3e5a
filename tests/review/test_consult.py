"""What a registry adds to a review, and that one that cannot be asked changes nothing else."""

from collections.abc import Sequence
from typing import Any

from byte.extract.cache import Cache
from byte.extract.library import Library
from byte.model.consulted import Affected, Similar
from byte.model.contract import Contract, Operation
from byte.model.difference import Comparison
from byte.model.errors import ByteError
from byte.model.ports import Consumers, Impact
from byte.model.review import Aspect, Review
from byte.report import markdown
from byte.review import documents, run
from tests.review.made import request, reviewed

APP = """\
from fastapi import FastAPI
from pydantic import BaseModel

app = FastAPI()


class Order(BaseModel):
    id: int
    total: int
    note: str


@app.get("/orders/{order_id}")
def read_order(order_id: int) -> Order:
    return Order(id=order_id, total=0, note="")
"""
NEW = '\n\n@app.get("/customers")\ndef list_customers() -> list[int]:\n    return []\n'
BASE = {"app.py": APP}
HEAD = {"app.py": APP.replace("    total: int\n", "").replace(", total=0", "") + NEW}


class Registry:
    """Says that whatever goes breaks the same consumers."""

    def __init__(self, *names: str, certain: bool = True, error: str = "", finds: bool = False) -> None:
        self.names = names
        self.finds = finds
        self.certain = certain
        self.error = error
        self.asked: list[str] = []

    def consumers(self, comparisons: Sequence[Comparison]) -> Consumers:
        if self.error:
            raise ByteError(self.error)
        hits = tuple(
            Affected(
                consumer=name,
                operation="GET /orders/{id}",
                fields=("total",),
                certain=self.certain,
                reason="reads `total`, which was removed",
                evidence=(f"{name}/client.py:7",),
            )
            for name in self.names
        )
        breaking = [d for one in comparisons for d in one.differences if d.level == "breaking"]
        return Consumers(service="shop", number=3, impacts=tuple(Impact(difference=d, affected=hits) for d in breaking))

    def similar(self, operations: Sequence[Operation]) -> Sequence[Sequence[Similar]]:
        self.asked = [operation.name for operation in operations]
        if self.error and not self.finds:
            raise ByteError(self.error)
        return [
            [Similar(service="crm", operation="GET /clients", score=0.91, reason="both say `customer`")]
            for _ in operations
        ]


def _reviewed(registry: Registry) -> Review:
    return run.review(request(BASE, HEAD), Library(Cache(None)), registry=registry)


def _compatibility(review: Review) -> str:
    return next(rating.evidence for rating in review.ratings if rating.aspect is Aspect.BACKWARD_COMPATIBILITY)


def test_a_break_names_the_consumers_that_feel_it() -> None:
    review = _reviewed(Registry("web"))
    (finding,) = [item for item in review.findings if item.rule == "removed-response-field"]
    assert finding.message.endswith("Breaks `web`: reads `total`, which was removed (web/client.py:7)")
    assert _compatibility(review).endswith("; 1 of 3 registered consumers breaks: `web`")


def test_a_consumer_that_may_break_is_told_so_and_many_are_counted() -> None:
    review = _reviewed(Registry("a", "b", "c", "d", certain=False))
    (finding,) = [item for item in review.findings if item.rule == "removed-response-field"]
    assert "May break `a`: reads" in finding.message
    assert finding.message.endswith(" and 1 more")


def test_a_break_that_nobody_feels_says_so_and_weighs_the_same() -> None:
    review = _reviewed(Registry())
    (finding,) = [item for item in review.findings if item.rule == "removed-response-field"]
    assert finding.message.endswith("No registered consumer of `shop` feels it")
    assert review.verdict == reviewed(BASE, HEAD).verdict


def test_what_is_registered_already_for_a_new_operation_is_a_better_alternative() -> None:
    registry = Registry("web")
    review = _reviewed(registry)
    assert registry.asked == ["GET /customers"]
    told = (
        "Registered already for what `GET /customers` is new for: `GET /clients` of `crm` (0.91: both say `customer`)."
    )
    assert told in review.alternatives
    assert told.replace("`", "") in markdown.render(review, answers=False).replace("`", "")


def test_a_registry_that_cannot_be_asked_is_said_and_changes_nothing_else() -> None:
    review = _reviewed(Registry(error="The registry was not reached."))
    plain = reviewed(BASE, HEAD)
    assert review.findings == plain.findings
    assert _compatibility(review) == f"{_compatibility(plain)}; consumers are not known: The registry was not reached"
    assert review.registry is not None
    assert review.registry.notices == ("The registry was not reached.",)


def test_what_is_there_already_is_told_to_a_project_that_is_not_registered_too() -> None:
    review = _reviewed(Registry(error="`shop` is no service of the registry.", finds=True))
    assert "consumers are not known: `shop` is no service" in _compatibility(review)
    assert any(text.startswith("Registered already") for text in review.alternatives)


def test_fingerprints_do_not_depend_on_what_a_registry_says() -> None:
    marks = [
        [item.fingerprint for item in review.findings] for review in (_reviewed(Registry("web")), reviewed(BASE, HEAD))
    ]
    assert marks[0] == marks[1]


def _document(*fields: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in fields}, "required": list(fields)}
    answer = {"200": {"description": "ok", "content": {"application/json": {"schema": schema}}}}
    return {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {"responses": answer}}}}


def test_documents_are_reviewed_with_a_registry_too() -> None:
    base, head = Contract(document=_document("a", "b", "c")), Contract(document=_document("a"))
    pair = documents.Pair(base, head, ("old", "new"), (lambda _: "old:1", lambda _: "new:1"))
    review = documents.review(pair, registry=Registry("web"))
    (finding,) = review.findings
    assert finding.message.count("Breaks `web`") == 1
    assert _compatibility(review).endswith("1 of 3 registered consumers breaks: `web`")
