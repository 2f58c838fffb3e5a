"""What the contract adds to a review: its lines of the assessment, and committed documents that drift."""

from byte.model.review import Aspect
from tests.review.made import reviewed

SHOP = """from typing import Annotated

from fastapi import Depends, FastAPI, Query
from pydantic import BaseModel, Field

app = FastAPI()


class Item(BaseModel):
    name: str = Field(max_length=80)
    price: float


class Order(BaseModel):
    items: list[Item]
    note: str = ""


class Page:
    def __init__(self, limit: Annotated[int, Query(le=100)] = 20, start: str | None = None):
        self.limit = limit


@app.get("/orders")
def orders(page: Annotated[Page, Depends()]) -> list[Order]:
    return []


@app.post("/orders")
def create(order: Order):
    return order
"""
DOCUMENT = """openapi: 3.1.0
info: {title: Shop, version: 1.0.0}
paths:
  /orders:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer}}
      responses:
        "200": {description: ok}
"""


def line(review, aspect):
    """One line of the assessment."""
    return next(r for r in review.ratings if r.aspect is aspect)


def evidence(review, aspect):
    """What one line says, with its first place."""
    found = line(review, aspect)
    return found.evidence, [str(p) for p in found.places]


def test_the_lines_speak_from_the_contract():
    review = reviewed({}, {"app/main.py": SHOP.replace("order: Order)", "order: Order) -> Order")})
    said = "2 of 2 operations declare a response, 1 of 1 body a schema"
    assert evidence(review, Aspect.REQUEST_RESPONSE_MODELS) == (said, ["app/main.py:24"])
    # limit and start of the dependency, note, and name and price of the items.
    assert evidence(review, Aspect.VALIDATION_RULES) == ("5 inputs read, 2 constrained", ["app/main.py:20"])
    assert evidence(review, Aspect.RELATIONSHIPS) == (
        "1 reference between schemas read, no finding",
        ["app/main.py:15"],
    )
    (answer,) = [a for a in review.answers if a.question.startswith("How do we validate")]
    assert answer.answer == "5 inputs of 2 endpoints read, 2 constrained"


def test_what_the_contract_does_not_know_is_said():
    text = SHOP.replace("from pydantic", "from library import Basket\nfrom pydantic").replace(
        "create(order: Order)", "create(order: Order, basket: Basket)"
    )
    review = reviewed({"app/main.py": SHOP}, {"app/main.py": text})
    said, _ = evidence(review, Aspect.REQUEST_RESPONSE_MODELS)
    assert said == "0 of 1 operation declares a response, 1 of 1 body a schema; 1 part unknown, `app/main.py:31`"


def test_schemas_that_change_are_counted():
    text = SHOP.replace("price: float", "price: float\n    weight: int = 0")
    review = reviewed({"app/main.py": SHOP}, {"app/main.py": text})
    said = "1 model read, 1 schema of the contract changed, no finding"
    assert evidence(review, Aspect.SCHEMA_DESIGN) == (said, ["app/main.py:9"])


def test_a_field_that_an_enumeration_narrows_changes_a_schema():
    text = "from enum import StrEnum\n\n\nclass Kind(StrEnum):\n    A = 'a'\n    B = 'b'\n"
    shop = SHOP.replace("    price: float", "    kind: Kind").replace(
        "from pydantic", "from app.kinds import Kind\nfrom pydantic"
    )
    files = {"app/__init__.py": "", "app/main.py": shop}
    review = reviewed({**files, "app/kinds.py": text}, {**files, "app/kinds.py": text.replace("    B = 'b'\n", "")})
    assert evidence(review, Aspect.SCHEMA_DESIGN) == (
        "1 schema of the contract changed, no finding",
        ["app/kinds.py:4"],
    )


def stale(review):
    """The findings about documents."""
    return [(f.symbol, f.line_start, f.severity.value) for f in review.findings if f.rule == "stale-openapi-document"]


def test_a_document_that_was_stale_before_is_not_introduced():
    files = {"docs/openapi.yaml": DOCUMENT, "app/main.py": SHOP}
    text = SHOP.replace("    return order\n", "    return order.model_copy()\n")
    assert stale(reviewed(files, {**files, "app/main.py": text})) == []
    # Both the parameter and the second operation are missing from the start.
    assert len(stale(reviewed(None, files))) == 1


def test_a_change_that_widens_the_drift_is_found():
    files = {"docs/openapi.yaml": DOCUMENT, "app/main.py": SHOP}
    text = SHOP.replace("start: str | None = None", "start: str | None = None, shop: str = ''")
    review = reviewed(files, {**files, "app/main.py": text})
    (finding,) = [f for f in review.findings if f.rule == "stale-openapi-document"]
    assert finding.message == "Query parameter `shop` of `GET /orders` is not in the document"
    assert (finding.path, finding.line_start) == ("docs/openapi.yaml", 5)
    assert [str(f"{s.path}:{s.line}") for s in finding.because] == ["app/main.py:20"]
    assert line(review, Aspect.REQUEST_RESPONSE_MODELS).value == "Needs Work"


def test_a_document_that_is_mended_is_a_strength_and_no_finding():
    files = {"docs/openapi.yaml": DOCUMENT, "app/main.py": SHOP}
    mended = DOCUMENT.replace("limit, in", "start, in: query}\n        - {name: limit, in")
    review = reviewed(files, {**files, "docs/openapi.yaml": mended})
    assert stale(review) == []


def test_a_change_of_the_document_alone_is_judged():
    files = {"docs/openapi.yaml": DOCUMENT, "app/main.py": SHOP}
    broken = DOCUMENT.replace("type: integer", "type: boolean")
    review = reviewed(files, {**files, "docs/openapi.yaml": broken})
    assert stale(review) == [("GET /orders", 7, "major")]
