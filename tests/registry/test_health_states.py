"""Hysteresis, schedule and uptime: pure functions of what is given."""

import itertools
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byte.registry.clock import DAY, SECOND
from byte.registry.health import schedule, states, uptime
from byte.registry.health.states import Standing
from byte.registry.records import HealthCheck, HealthState
from byte.registry.store.health import Sum

SHORT: dict[str, HealthState] = {"u": "up", "s": "degraded", "d": "down", "n": "not-probed", "?": "unknown"}
LONG = {state: short for short, state in SHORT.items()}


def told(first: str, checks: str) -> str:
    """The states after each of these checks."""
    standing, said = Standing(SHORT[first]), ""
    for at, short in enumerate(checks):
        standing = states.after(standing, HealthCheck(service="a", at=at, state=SHORT[short]))
        said += LONG[standing.state]
    return said


@pytest.mark.parametrize(
    "first,checks,expected",
    [
        ("?", "u", "u"),
        ("?", "s", "s"),
        ("?", "dddd", "??dd"),
        ("?", "ddu", "??u"),
        ("u", "dduddu", "uuuuuu"),
        ("u", "ddd", "uud"),
        ("u", "sss", "uus"),
        ("u", "dsd", "uus"),
        ("u", "dsdddd", "uussdd"),
        ("d", "u", "d"),
        ("d", "uu", "du"),
        ("d", "us", "ds"),
        ("d", "ss", "ds"),
        ("d", "udud", "dddd"),
        ("s", "uu", "su"),
        ("s", "usus", "ssss"),
        ("s", "ddd", "ssd"),
        ("u", "n", "n"),
        ("d", "n", "n"),
        ("u", "ddnd", "uunn"),
        ("n", "u", "u"),
        ("n", "ddd", "nnd"),
    ],
)
def test_states_follow_probes_with_patience(first, checks, expected):
    assert told(first, checks) == expected


def test_since_is_the_time_of_the_probe_that_decided():
    standing = Standing("up", 5)
    for at, short in enumerate("udddd"):
        standing = states.after(standing, HealthCheck(service="a", at=100 + at, state=SHORT[short]))
    assert (standing.state, standing.since) == ("down", 103)


@given(st.text("usdn", max_size=30))
def test_a_change_needs_as_many_probes_as_are_documented(checks):
    said = told("u", checks)
    for index, (before, after) in enumerate(itertools.pairwise("u" + said)):
        if "n" in (before, after) or before == after:
            continue
        worse = "usd".index(after) > "usd".index(before)
        last = checks[: index + 1][-(states.WORSE_AFTER if worse else states.BETTER_AFTER) :]
        ranks = ["usd".index(short) for short in last]
        assert ("usd".index(after) == min(ranks)) if worse else ("usd".index(after) == max(ranks))
        assert len(last) == (states.WORSE_AFTER if worse else states.BETTER_AFTER)


# --- schedule ----------------------------------------------------------------------------------


@given(st.text("abc-", min_size=1, max_size=8), st.integers(10, 86_400), st.floats(0, 1e9))
def test_a_turn_comes_after_now_and_within_little_more_than_an_interval(name, interval, now):
    due = schedule.following(name, interval, now)
    assert now < due <= now + interval * (1 + 4 * schedule.JITTER)


def test_turns_keep_their_interval_on_the_whole():
    now, turns = 0.0, []
    for _ in range(200):
        now = schedule.following("orders", 60, now)
        turns.append(now)
    gaps = [later - earlier for earlier, later in itertools.pairwise(turns)]
    assert statistics.mean(gaps) == pytest.approx(60, rel=0.01)
    assert 60 * 0.79 <= min(gaps) < max(gaps) <= 60 * 1.21
    assert len({round(gap, 3) for gap in gaps}) > 150


def test_services_are_spread_over_the_interval():
    dues = sorted(schedule.following(f"service-{number}", 60, 1_000.0) - 1_000 for number in range(3_000))
    in_each = [sum(second <= due < second + 1 for due in dues) for second in range(8, 58)]
    assert min(in_each) > 25
    assert max(in_each) < 80


def test_the_same_name_and_time_give_the_same_turn():
    assert schedule.following("orders", 60, 7.0) == schedule.following("orders", 60, 7.0)
    assert schedule.following("orders", 60, 7.0) != schedule.following("billing", 60, 7.0)


def test_a_new_service_is_probed_within_seconds():
    dues = [schedule.first(f"service-{number}", 86_400, 50.0) for number in range(500)]
    assert all(50 <= due <= 50 + schedule.SOON for due in dues)
    assert max(dues) - min(dues) > schedule.SOON * 0.9


# --- uptime ------------------------------------------------------------------------------------


def test_uptime_is_the_part_of_the_probes_that_were_answered():
    sums: dict[HealthState, Sum] = {
        "up": Sum(6, 6, 60.0, 20.0),
        "degraded": Sum(2, 2, 4_000.0, 3_000.0),
        "down": Sum(2),
        "not-probed": Sum(90),
    }
    window = uptime.window("1h", sums, [10.0] * 6 + [1_000.0, 3_000.0])
    assert (window.checks, window.uptime) == (10, 0.8)
    assert window.latency == uptime.Latency(mean=507.5, max=3_000.0, p50=10.0, p95=3_000.0, p99=3_000.0)


def test_without_a_probe_there_is_no_uptime():
    window = uptime.window("1h", {"not-probed": Sum(3)}, [])
    assert (window.checks, window.uptime, window.latency) == (0, None, uptime.Latency())


@pytest.mark.parametrize("part,expected", [(1, 1), (50, 50), (95, 95), (99, 99), (100, 100)])
def test_percentiles_are_those_of_the_nearest_rank(part, expected):
    assert uptime.percentile(list(range(1, 101)), part) == expected
    assert uptime.percentile([7.0], part) == 7.0


def test_windows_are_those_that_are_documented():
    assert uptime.WINDOWS == {"1h": 3_600 * SECOND, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY}
