"""The contract read from the source of generated applications is what the same applications say when they run."""

from typing import Any

from hypothesis import HealthCheck, given, settings

from byte.extract.cache import Cache
from byte.extract.contract.read import read
from byte.extract.library import Library
from byte.model.contract import Application, Document, Target, escaped, without_marks
from tests.contract.apart import Apart
from tests.contract.grammar import Application as Generated
from tests.contract.grammar import applications
from tests.review.made import snapshot

MANY = settings.get_current_profile_name() == "nightly"
law = settings(
    max_examples=2_000 if MANY else 100,
    deadline=None,
    derandomize=not MANY,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
LIBRARY = Library(Cache(None))
ENTRY = Application("app/main.py", "app", None, "given")
TARGET = Target((0, 141, 1), (2, 14, 3))


def difference(found: Any, wanted: Any, at: str = "") -> str | None:
    """The first place, in the order of keys, where two documents differ."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        for key in sorted(found.keys() | wanted.keys()):
            here = f"{at}/{escaped(key)}"
            if key not in wanted:
                return f"{here}: {found[key]!r} is not there"
            if key not in found:
                return f"{here}: {wanted[key]!r} is missing"
            inner = difference(found[key], wanted[key], here)
            if inner:
                return inner
        return None
    if isinstance(found, list) and isinstance(wanted, list):
        for index, (one, other) in enumerate(zip(found, wanted, strict=False)):
            inner = difference(one, other, f"{at}/{index}")
            if inner:
                return inner
        if len(found) != len(wanted):
            return f"{at}: {found!r} has {len(found)} items and not {len(wanted)}: {wanted!r}"
        return None
    return None if found == wanted and type(found) is type(wanted) else f"{at}: {found!r} is {wanted!r}"


def contract(application: Generated) -> Document:
    found = read(snapshot(application.files()), LIBRARY, "", ENTRY, TARGET)
    return without_marks(found.document)


@law
@given(applications())
def test_the_contract_is_what_the_running_application_says(saying: Apart, application: Generated) -> None:
    saying.ask(application.files())
    try:
        found = contract(application)
    finally:
        said = saying.answer()
    assert "error" not in said, said["error"]
    assert difference(found, said["document"]) is None
