"""From what single probes say to the state of a service: one lost packet is no outage, one lucky answer no recovery.

A state gets worse when the last `WORSE_AFTER` probes were all worse (to the best of them), and better when the last
`BETTER_AFTER` were all better (to the worst of them). So an outage is told after three probes, a recovery after two, and
a service that now answers and now does not becomes degraded. The first answer of a service that was not known is
believed at once; its first failures are not.
"""

from typing import Final

import msgspec

from byte.registry.records import HealthCheck, HealthState

WORSE_AFTER: Final = 3
BETTER_AFTER: Final = 2
SLOW: Final = 0.5
"""An answer that takes longer than this part of the probe's timeout says `degraded`."""

_RANK: Final[dict[HealthState, int]] = {"up": 0, "degraded": 1, "down": 2}
_STATES: Final[tuple[HealthState, ...]] = ("up", "degraded", "down")


class Standing(msgspec.Struct, frozen=True):
    """The state of a service, since when, and what its last probes said, the newest at the end."""

    state: HealthState = "unknown"
    since: int | None = None
    recent: tuple[HealthState, ...] = ()


def after(standing: Standing, check: HealthCheck) -> Standing:
    """The standing of a service after one more probe."""
    if check.state not in _RANK:
        return _moved(Standing(standing.state, standing.since), check.state, check.at)
    recent = (*standing.recent, check.state)[-max(WORSE_AFTER, BETTER_AFTER) :]
    standing = Standing(standing.state, standing.since, recent)
    return _moved(standing, _state(standing.state, [_RANK[state] for state in recent]), check.at)


def _state(now: HealthState, recent: list[int]) -> HealthState:
    if now not in _RANK:
        surely_down = len(recent) >= WORSE_AFTER and min(recent) == _RANK["down"]
        return "down" if surely_down else now if recent[-1] == _RANK["down"] else _STATES[recent[-1]]
    rank = _RANK[now]
    if len(recent) >= WORSE_AFTER and min(recent[-WORSE_AFTER:]) > rank:
        return _STATES[min(recent[-WORSE_AFTER:])]
    if len(recent) >= BETTER_AFTER and max(recent[-BETTER_AFTER:]) < rank:
        return _STATES[max(recent[-BETTER_AFTER:])]
    return now


def _moved(standing: Standing, state: HealthState, at: int) -> Standing:
    if state == standing.state:
        return standing
    return Standing(state, at, standing.recent)
