"""Random schemas: what is proved has no counterexample, and every counterexample holds for a validator."""

from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from byte.compare.document import Side
from byte.compare.schema.decider import Decider, Verdict
from tests.compare.schema import grammar
from tests.compare.schema.ask import ROOT

Parts = dict[str, Any]


def pair(rng: Random) -> tuple[tuple[Any, Parts], tuple[Any, Parts]]:
    parts, body = grammar.components(rng), grammar.schema(rng)
    other = grammar.edited(rng, body) if rng.random() < 0.8 else grammar.schema(rng)
    others = parts if rng.random() < 0.7 else {**parts, "A": grammar.edited(rng, parts["A"])}
    return (body, parts), (other, others)


def verdict(sent: tuple[Any, Parts], taken: tuple[Any, Parts]) -> Verdict:
    base, revision = grammar.document(*sent), grammar.document(*taken)
    return Decider(Side(base, "base"), Side(revision, "revision")).decide(ROOT, ROOT, "request")


def checked(rng: Random, payloads: int) -> Verdict:
    """A random pair: its failures hold, and if it is proved no payload refutes it."""
    sent, taken = pair(rng)
    answer = verdict(sent, taken)
    valid, invalid = grammar.validator(grammar.document(*sent)), grammar.validator(grammar.document(*taken))
    for failure in answer.failures:
        assert valid.is_valid(failure.payload), (failure, sent, taken)
        assert not invalid.is_valid(failure.payload), (failure, sent, taken)
    for _ in range(payloads if answer.proved else 0):
        payload = grammar.payload(rng, *sent)
        assert not valid.is_valid(payload) or invalid.is_valid(payload), (payload, sent, taken)
    return answer


@given(st.integers(0, 1 << 40))
@settings(max_examples=300, deadline=None)
def test_failures_hold_and_what_is_proved_is_not_refuted(seed: int):
    checked(Random(seed), 25)


@given(st.integers(0, 1 << 40))
@settings(max_examples=150, deadline=None)
def test_everything_is_included_in_itself(seed: int):
    rng = Random(seed)
    body, parts = grammar.schema(rng), grammar.components(rng)

    assert verdict((body, parts), (body, parts)).proved
    # The same by structure, where the texts are not equal.
    said = {"description": "d"}
    reworded = {**body, **said} if isinstance(body, dict) else body
    assert not verdict((body, parts), (reworded, {n: {**p, **said} for n, p in parts.items()})).failures


def test_little_is_undecided():
    answers = [checked(Random(seed), 0) for seed in range(400)]

    assert sum(bool(a.doubts) for a in answers) <= 12
    assert sum(bool(a.failures) for a in answers) > 100
    assert sum(a.proved for a in answers) > 100


@pytest.mark.nightly
def test_ten_thousand_payloads_refute_no_proof():
    asked = 0
    for seed in range(1_000_000, 1_006_000):
        asked += 25 if checked(Random(seed), 25).proved else 0

    assert asked > 10_000
