"""What rules are told of breaks: the family, the field, the line of head, and what is left to them."""

from collections.abc import Iterable
from typing import Any, cast

import pytest

from byte.model import breaks
from byte.model.change import Snapshot
from byte.model.contract import Application, Contract, Document, Target
from byte.model.difference import Comparison, Counterexample, Difference
from byte.model.endpoints import Pair
from byte.model.facts import ChangeFacts, Facts
from byte.model.review import Location
from tests.review.made import snapshot
