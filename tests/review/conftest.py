"""The engine runs on toy rules here."""

import pytest

from byte import rules
from tests.review import toys


@pytest.fixture
def toy_rules(monkeypatch):
    """The catalogue holds the toy rules and nothing else."""
    monkeypatch.setattr(rules, "RULES", toys.RULES)
    monkeypatch.setattr(rules, "BY_NAME", toys.BY_NAME)
