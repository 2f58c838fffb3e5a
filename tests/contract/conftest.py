"""Processes that the tests of the contract ask."""

from collections.abc import Iterator

import pytest

from tests.contract.apart import Apart


@pytest.fixture(scope="session")
def saying() -> Iterator[Apart]:
    """What running applications say of themselves; for what the grammar writes alone."""
    made = Apart("saying.py")
    yield made
    made.close()


@pytest.fixture(scope="session")
def reading() -> Iterator[Apart]:
    """What Byte reads of projects that may not be good for it."""
    made = Apart("reading.py")
    yield made
    made.close()
