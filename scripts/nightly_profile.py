"""The Hypothesis profile of `make nightly`: many more examples, no deadline, and a blob that repeats a failure."""

from hypothesis import settings

settings.register_profile("nightly", max_examples=5_000, deadline=None, print_blob=True)
