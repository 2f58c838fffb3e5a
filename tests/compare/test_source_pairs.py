"""What differs between two applications read from source is what differs between them when they run."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, assume, given, settings

from byte.compare import compare
from byte.extract.cache import Cache
from byte.extract.contract.read import read
from byte.extract.library import Library
from byte.model.contract import Application, Contract, Document, Target, without_marks
from byte.model.difference import Difference
from tests.compare.edits import Pair, pairs
from tests.contract.apart import Apart
from tests.contract.grammar import Application as Generated
from tests.review.made import snapshot

MANY = settings.get_current_profile_name() == "nightly"
law = settings(
    max_examples=1_000 if MANY else 100,
    deadline=None,
    derandomize=not MANY,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
LIBRARY = Library(Cache(None))
ENTRY = Application("app/main.py", "app", None, "given")
TARGET = Target((0, 141, 1), (2, 14, 3))


@pytest.fixture(scope="session")
def saying() -> Iterator[Apart]:
    """What running applications say of themselves."""
    made = Apart("saying.py")
    yield made
    made.close()


def told(saying: Apart, application: Generated) -> tuple[Contract, Document | None]:
    """An application's contract read from source, and its document when it runs; None where it does not."""
    files = application.files()
    saying.ask(files)
    try:
        contract = read(snapshot(files), LIBRARY, "", ENTRY, TARGET)
    finally:
        said = saying.answer()
    return contract, said.get("document")


def python(application: Generated) -> bool:
    """Whether all files are Python: the cheap part of whether it starts."""
    try:
        for path, text in application.files().items():
            compile(text, path, "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def rows(differences: tuple[Difference, ...]) -> list[tuple[object, ...]]:
    """What differences say, without where their sources are."""
    return sorted(
        (item.id, item.level, item.proof, item.direction, item.reaches or (item.operation,), item.location)
        for item in differences
    )


@law
@given(pairs())
def test_source_differs_as_the_running_applications_do(saying: Apart, pair: Pair) -> None:
    assume(pair.base.pieces != pair.revision.pieces and python(pair.revision))
    revision, after = told(saying, pair.revision)
    assume(after is not None)
    base, before = told(saying, pair.base)
    assert before is not None
    assert after is not None
    # What is not read right as it is belongs to tests.contract.test_generated; here it is what an edit does.
    assume(without_marks(base.document) == before)
    from_source = compare(base, revision)
    of_documents = compare(Contract(document=before), Contract(document=after))
    assert rows(from_source) == rows(of_documents)
