"""How generated examples are run: the same ones every time, and never against a clock (`make nightly` draws new ones)."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "house",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
# `--hypothesis-profile` is read after this file, and wins.
settings.load_profile("house")
