"""Nothing breaks in silence: what no check knows is decided all the same."""

from byte.compare import compare
from byte.model.contract import Application, Contract, Gap

APPLICATION = Application("main.py", "app", None, "given")


def contract(schema: object) -> Contract:
    body = {"content": {"application/json": {"schema": schema}}}
    operation = {"requestBody": body, "responses": {"200": {"description": "made"}}}
    return Contract(
        document={
            "openapi": "3.1.0",
            "info": {"title": "Orders", "version": "1"},
            "paths": {"/orders": {"post": operation}},
        }
    )


def test_a_change_that_no_check_knows_is_decided() -> None:
    loose = {"type": "object", "properties": {"to": {"type": "string"}}, "dependencies": {}}
    strict = {"type": "object", "properties": {"to": {"type": "string"}}, "dependencies": {"to": ["from"]}}
    (found,) = [d for d in compare(contract(loose), contract(strict)) if d.level != "info"]
    assert (found.level, found.proof) == ("breaking", "counterexample")
    assert found.counterexample is not None
    assert found.counterexample.value == {"to": "a"}
    assert not [d for d in compare(contract(strict), contract(loose)) if d.level != "info"]


def test_keywords_that_mean_nothing_to_validation_say_nothing() -> None:
    assert compare(contract({"type": "string"}), contract({"type": "string", "x-shown": "wide"})) == ()


def test_what_could_not_be_read_may_hold_what_seems_removed() -> None:
    base = contract({"type": "string"})
    gap = Gap("main.py", 10, "a router that is included is not known")
    empty = Contract(document={**base.document, "paths": {}}, gaps=(gap,), application=APPLICATION)
    (found,) = compare(base, empty)
    assert (found.level, found.proof) == ("warning", "undecided")
    assert found.message.endswith(
        "(it may be in what could not be read of the revision: main.py:10: " + gap.reason + ")"
    )


def test_what_could_be_read_of_neither_side_excuses_no_removal() -> None:
    base = contract({"type": "string"})
    gap = Gap("main.py", 10, "a router that is included is not known")
    moved = Gap("main.py", 12, gap.reason)
    lacking = Contract(document=base.document, gaps=(gap,))
    revision = Contract(document={**base.document, "paths": {}}, gaps=(moved,), application=APPLICATION)
    (found,) = compare(lacking, revision)
    assert (found.level, found.proof) == ("breaking", "rule")


def test_a_reference_that_leads_nowhere_on_both_sides_is_no_change() -> None:
    broken = contract({"$ref": "#/components/schemas/Gone"})
    other = Contract(document={**broken.document, "info": {"title": "Orders", "version": "2"}})
    assert [d.id for d in compare(broken, other) if d.level != "info"] == []
    (found, *_) = compare(broken, contract({"$ref": "#/components/schemas/Lost"}))
    assert found.proof == "undecided"


def test_what_is_unknown_for_the_same_reason_has_not_changed() -> None:
    def unknown(line: int) -> Contract:
        why = {"reason": "the default is not known", "at": f"app/types.py:{line}"}
        return contract({"type": "string", "x-unknown": why})

    assert compare(unknown(4), unknown(9)) == ()
