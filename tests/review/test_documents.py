"""The review of a pair of documents: what they answer, and what is said to be not in the input."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from byte.extract import documents as reading
from byte.model.contract import Source
from byte.model.review import Aspect, Review, Severity, Verdict
from byte.report import markdown
from byte.review import wording
from byte.review.documents import Pair, review

SHARED = Path(__file__).parents[3] / "shared"
BASE: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "servers": [{"url": "https://old.example.org"}, {"url": "https://example.org"}],
    "paths": {
        "/orders": {
            "get": {
                "parameters": [
                    {"name": "page", "in": "query", "schema": {"type": "integer"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 500}},
                ],
                "responses": {
                    "200": {
                        "description": "ok",
                        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}},
                    }
                },
            },
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/New"}}},
                },
                "responses": {"201": {"description": "ok"}},
            },
        },
        "/orders/{id}": {
            "delete": {
                "deprecated": True,
                "x-sunset": "2030-06-01",
                "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                "responses": {"204": {"description": "ok"}},
            }
        },
    },
    "components": {
        "schemas": {
            "Order": {
                "type": "object",
                "required": ["id", "total"],
                "properties": {
                    "id": {"type": "integer"},
                    "total": {"type": "number"},
                    "note": {"type": "string"},
                    "tag": {"type": "string"},
                    "status": {"enum": ["open", "paid"]},
                },
            },
            "New": {
                "type": "object",
                "required": ["sku"],
                "properties": {"sku": {"type": "string", "maxLength": 8}, "count": {"type": "integer"}},
            },
        }
    },
}


class Edited:
    """A copy of the base with short ways to its parts."""

    def __init__(self) -> None:
        self.document = copy.deepcopy(BASE)
        self.paths = self.document["paths"]
        self.order = self.document["components"]["schemas"]["Order"]
        self.new = self.document["components"]["schemas"]["New"]


@pytest.fixture
def edited():
    return Edited()


def contract(document, name):
    text = json.dumps(document, indent=1)

    def fetch(target: str) -> Source:
        raise AssertionError(target)

    return reading.read(Source(name, name, text.encode(), fetch))


def pair(head, base=BASE):
    sides = contract(base, "old.json"), contract(head, "new.json")
    return Pair(*sides, ("old.json", "new.json"), (reading.places(sides[0]), reading.places(sides[1])))


def reviewed(head, base=BASE, **options) -> Review:
    return review(pair(head, base), **options)


def line(document, text):
    """The line that a text stands in for the only time."""
    found = [n for n, row in enumerate(json.dumps(document, indent=1).splitlines(), 1) if text in row]
    assert len(found) == 1
    return found[0]


def rating(found, aspect):
    return next(r for r in found.ratings if r.aspect is aspect)


# --- findings ----------------------------------------------------------------------------------


def test_the_same_document_is_approved_without_a_word(edited):
    found = reviewed(edited.document)
    assert (found.verdict, found.findings, found.questions) == (Verdict.APPROVED, (), ())
    assert found.summary == "No difference between the documents."
    assert rating(found, Aspect.BACKWARD_COMPATIBILITY).value == "Maintained"
    assert rating(found, Aspect.SCHEMA_DESIGN).evidence == "unchanged"


def test_a_break_stands_at_its_line_in_both_documents_with_the_payload_that_proves_it(edited):
    edited.new["required"].append("count")
    found = reviewed(edited.document)
    (finding,) = found.findings
    assert (finding.rule, finding.severity, finding.introduced) == ("new-required-input", Severity.BLOCKER, True)
    told, _, payload = finding.message.partition(". Counterexample: ")
    assert told == "Request property `count` became required in `POST /orders`"
    assert list(json.loads(payload.strip("`"))) == ["sku"]
    assert (finding.path, finding.because[0].path) == ("new.json", "old.json")
    assert finding.line_start == line(edited.document, '"count": {')
    assert finding.because[0].line == line(BASE, '"count": {')
    assert found.recommendations == ("Give `count` a default that means what requests without it meant before.",)
    assert found.verdict is Verdict.NEEDS_REVISION
    told = rating(found, Aspect.BACKWARD_COMPATIBILITY)
    assert (told.value, told.places) == ("Breaking Changes", (finding.at,))


@pytest.mark.parametrize(
    "edit,rule,severity",
    [
        (lambda e: e.paths["/orders"].pop("post"), "removed-operation", "blocker"),
        (lambda e: (e.order["required"].remove("total"), e.order["properties"].pop("total")), "removed-response-field",
         "blocker"),
        (lambda e: e.order["required"].remove("total"), "removed-response-field", "blocker"),
        (lambda e: e.order["properties"].pop("note"), "removed-response-field", "major"),
        (lambda e: e.order["properties"]["total"].update(type="string"), "changed-field-type", "major"),
        (lambda e: e.paths["/orders"]["get"]["parameters"][1]["schema"].update(maximum=100), "incompatible-contract",
         "major"),
        (lambda e: e.paths["/orders"]["get"]["parameters"][1].update(required=True), "new-required-input", "blocker"),
        (lambda e: e.order["properties"]["status"]["enum"].append("sent"), "incompatible-contract", "major"),
        (lambda e: e.document["servers"].pop(0), "incompatible-contract", "note"),
    ],
)  # fmt: skip
def test_each_kind_of_break_has_its_rule_and_severity(edited, edit, rule, severity):
    edit(edited)
    (finding,) = reviewed(edited.document).findings
    assert (finding.rule, finding.severity.value) == (rule, severity)
    assert (finding.fix is None) is (severity == "note")


def test_what_breaks_nobody_is_no_finding(edited):
    edited.order["properties"]["extra"] = {"type": "string"}
    edited.new["properties"]["extra"] = {"type": "string"}
    edited.paths["/invoices"] = {"get": {"responses": {"200": {"description": "ok"}}}}
    found = reviewed(edited.document)
    assert (found.findings, found.verdict) == ((), Verdict.APPROVED)
    told = rating(found, Aspect.ENDPOINT_STRUCTURE)
    assert told.evidence == "1 operation new, 2 changed"
    assert [at.line for at in told.places] == [line(edited.document, '"/invoices"') + 1]
    assert rating(found, Aspect.SCHEMA_DESIGN).evidence == "2 named schemas changed"
    assert (
        rating(found, Aspect.BACKWARD_COMPATIBILITY).evidence == "4 operations compared, no difference breaks clients"
    )


def test_fields_of_one_object_that_share_their_fate_are_one_finding(edited):
    for name in ("note", "tag", "status"):
        del edited.order["properties"][name]
    (finding,) = reviewed(edited.document).findings
    assert finding.message == "Response property `note` was removed, and so were `status`, `tag` in `GET /orders`"
    assert finding.fix == "Keep `note`, `status`, `tag` as deprecated, or publish a new version of the operation."


def test_values_of_siblings_are_findings_of_their_own(edited):
    base = copy.deepcopy(BASE)
    base["components"]["schemas"]["Order"]["properties"]["tag"] = {"enum": ["a"]}
    edited.order["properties"]["tag"] = {"enum": ["a", "sent"]}
    edited.order["properties"]["status"]["enum"].append("sent")
    assert len(reviewed(edited.document, base).findings) == 2


def test_a_new_field_of_a_closed_object_says_why_it_breaks(edited):
    base = copy.deepcopy(BASE)
    for document in (base, edited.document):
        document["components"]["schemas"]["Order"]["additionalProperties"] = False
    edited.order["properties"]["extra"] = {"type": "string"}
    (finding,) = reviewed(edited.document, base).findings
    assert "`extra` was added, where no others were allowed in `GET /orders`" in finding.message
    assert finding.fix == "Send `extra` with a new version only, or to clients that ask for it."


def test_a_removed_parameter_does_not_point_at_the_one_that_took_its_place(edited):
    del edited.paths["/orders"]["get"]["parameters"][0]
    (finding,) = reviewed(edited.document).findings
    assert finding.severity is Severity.NOTE
    assert finding.line_start == line(edited.document, '"get": {')
    assert finding.because[0].line < line(BASE, '"limit"')


# --- lines and questions -----------------------------------------------------------------------


def test_what_documents_cannot_answer_is_said_to_be_not_in_the_input(edited):
    del edited.order["properties"]["note"]
    found = reviewed(edited.document)
    absent = {r.aspect for r in found.ratings if r.evidence == "not in the input"}
    assert absent == {
        *(Aspect.RELATIONSHIPS, Aspect.ALGORITHM_COMPLEXITY, Aspect.ERROR_HANDLING, Aspect.EDGE_CASES),
        *(Aspect.QUERY_EFFICIENCY, Aspect.MEMORY_USAGE, Aspect.CACHING),
    }
    answers = {a.question: a for a in found.answers}
    assert tuple(answers) == wording.QUESTIONS
    assert {q for q, a in answers.items() if a.answer == "not in the input"} == {
        *(wording.PERFORMANCE, wording.CONCURRENCY, wording.ERRORS, wording.MIGRATIONS)
    }
    assert answers[wording.DATA_MODEL].answer == "schemas `Order`"
    assert answers[wording.VALIDATION].answer == "2 inputs read, 1 constrained"
    assert answers[wording.COMPATIBILITY].answer.startswith("Response property `note` was removed")
    assert found.questions == ()


def test_what_is_undecided_is_a_question_and_no_finding(edited):
    del edited.paths["/orders/{id}"]
    undecided = reviewed(edited.document)
    assert (undecided.findings, undecided.verdict) == ((), Verdict.APPROVED)
    (question,) = undecided.questions
    assert question.startswith(f"{wording.COMPATIBILITY} Undecided: ")
    assert "(new.json:" in question
    (answer,) = [a for a in undecided.answers if a.question == wording.COMPATIBILITY]
    assert (answer.answered, answer.answer.startswith("undecided: ")) == (False, True)
    assert rating(undecided, Aspect.BACKWARD_COMPATIBILITY).evidence == "2 operations compared, 1 undecided"
    early, late = (reviewed(edited.document, as_of=date(2030, month, 2)) for month in (5, 6))
    assert early.verdict is Verdict.NEEDS_REVISION
    assert (late.verdict, late.findings, late.questions) == (Verdict.APPROVED, (), ())


def test_a_question_is_asked_beside_concerns(edited):
    del edited.paths["/orders/{id}"]
    edited.new["required"].append("count")
    found = reviewed(edited.document)
    assert (len(found.findings), len(found.questions)) == (1, 1)


def test_gaps_of_either_document_are_told(edited):
    base = copy.deepcopy(BASE)
    base["paths"]["/orders"]["post"]["requestBody"] = {"$ref": "#/components/requestBodies/Gone"}
    edited.paths["/orders"]["get"]["responses"]["200"] = {"$ref": "#/components/responses/Gone"}
    found = reviewed(edited.document, base)
    assert [part.path for part in found.unreadable] == ["old.json", "new.json"]
    assert all(part.line > 1 for part in found.unreadable)
    assert found.findings == ()


def test_every_heading_of_the_persona_is_there(edited):
    persona = SHARED / "persona.md"
    if not persona.exists():
        pytest.skip("the persona is not here")
    edited.new["required"].append("count")
    form = persona.read_text("utf-8").partition("```markdown\n")[2].partition("```")[0]
    wanted = [row.partition(":**")[0].partition(": {")[0] for row in form.splitlines() if row.startswith(("#", "- **"))]
    report = iter(markdown.render(reviewed(edited.document)).splitlines())
    assert len(wanted) > 20
    missing = [row for row in wanted if not any(there.startswith(row) for there in report)]
    assert missing == []


# --- real documents ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["017", "031", "033"])
def test_real_pairs_give_a_short_report_with_places(name):
    folder = SHARED / "bench" / "compat" / "pairs" / name
    if not folder.exists():
        pytest.skip("the shared pairs are not here")
    base, head = (json.loads((folder / f"{side}.json").read_text("utf-8")) for side in ("base", "revision"))
    found = reviewed(head, base)
    assert 0 < len(found.findings) < 10
    assert len({f.fingerprint for f in found.findings}) == len(found.findings)
    assert all(f.line_start > 1 or f.severity is Severity.NOTE for f in found.findings)
    assert all("  " not in f.message and "``" not in f.message for f in found.findings)
    assert all("  " not in text and "``" not in text for text in found.recommendations)
