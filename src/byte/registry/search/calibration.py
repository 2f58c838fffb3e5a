"""What scores mean: an embedding's spread, and how likely a hit is what was asked for."""

import math
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from byte.registry.search.embeddings import Embedder
from byte.registry.search.query import Answer

PROBES: Final = (
    "Get the weather forecast for a city",
    "Refund a payment",
    "List all users of an organisation",
    "Upload a photo to an album",
    "Delete a virtual machine",
    "Search for flights between two airports",
    "Send a text message to a phone number",
    "Create an invoice for a customer",
    "Translate a text into another language",
    "Get the current price of a stock",
    "Add a product to the shopping cart",
    "Book a table at a restaurant",
    "Start a build of a repository",
    "Get the nutrition facts of a food",
    "Rotate an encryption key",
    "Find recipes with some ingredients",
    "Get the standings of a football league",
    "Update the status of a support ticket",
    "Convert an amount between currencies",
    "List the tracks of a playlist",
    "Verify an email address",
    "Get the orbit of a satellite",
    "Schedule a meeting in a calendar",
    "Restore a database from a backup",
    "Look up a word in a dictionary",
    "Read the temperature of a sensor",
    "Submit a solution to a coding exercise",
    "Cancel a subscription",
    "Get the route between two addresses",
    "Publish an article on a blog",
    "Compute the area of a triangle",
    "Apply for a job",
)
"""Operations that have nothing to do with each other."""
_LEAST: Final = 0.02


class Spread(msgspec.Struct, frozen=True):
    """The mean and the standard deviation of an embedding's cosines of texts that have nothing in common."""

    mean: float = 0.0
    spread: float = 1.0


def spread_of(embedder: Embedder) -> Spread:
    """The spread of an embedding, measured on `PROBES`."""
    vectors = embedder.encode(PROBES)
    cosines = (vectors @ vectors.T)[np.triu_indices(len(PROBES), 1)]
    return Spread(float(cosines.mean()), max(float(cosines.std()), _LEAST))


# --- likelihood ----------------------------------------------------------------------------------

GOOD: Final = 0.5
WEAK: Final = 0.25


def likelihood(lexical: float, semantic: float, mass: float) -> float:
    """How likely a hit is what was asked for, 0 to 1: logistic of the parts of its score and the share of words found."""
    found = lexical / mass if mass else 0.0
    return round(1 / (1 + math.exp(-(0.1 * lexical + 0.3 * semantic + found - 4))), 4)


def answered(scores: Sequence[float]) -> Answer:
    """Whether there is a good answer among hits, by their scores."""
    highest = max(scores, default=0.0)
    return "good" if highest >= GOOD else "weak" if highest >= WEAK else "none"
