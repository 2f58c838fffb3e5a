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

SEMANTIC: Final = 2.6
"""What the semantic arm counts beside BM25, for each spread above the mean."""
GOOD: Final = 0.35
"""From which likelihood of its best hit on an answer is good."""
WEAK: Final = 0.15
"""Below which it is none."""
_BOTH: Final = (-3.91, 0.21, 1.13, 0.57)
"""Logistic regression on the best hits of the development queries, of questions to other sets, and of questions whose
answers were taken out (bench/search/calibrate.py): constant, spreads above the mean, share of the words' worth, and the
worth of the words that were found in words that nothing else has."""
_LEXICAL: Final = (-4.02, 0.0, 2.15, 0.86)
"""The same without vectors."""


class Evidence(msgspec.Struct, frozen=True):
    """What speaks for a hit: both parts of its score (`semantic` None without vectors).

    `mass`: what all words of the question count; `rarest`: what a word counts that nothing else has.
    """

    lexical: float
    semantic: float | None
    mass: float
    rarest: float


def likelihood(evidence: Evidence) -> float:
    """How likely a hit is what was asked for, 0 to 1."""
    constant, near, share, worth = _LEXICAL if evidence.semantic is None else _BOTH
    sum_ = (
        constant
        + near * (evidence.semantic or 0.0) / SEMANTIC
        + share * (evidence.lexical / evidence.mass if evidence.mass else 0.0)
        + worth * (evidence.lexical / evidence.rarest)
    )
    return round(1 / (1 + math.exp(-min(max(sum_, -30.0), 30.0))), 4)


def answered(scores: Sequence[float]) -> tuple[Answer, str]:
    """Whether there is a good answer among hits, by their scores, and why not."""
    if not scores:
        return "none", "No operation has anything to do with the question."
    highest = max(scores)
    if highest >= GOOD:
        return "good", ""
    if highest >= WEAK:
        return "weak", "The best of what was found may not be what was asked for."
    return "none", "Nothing that was found is likely to be what was asked for."
