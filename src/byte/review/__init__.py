"""Change -> Review: the one place that knows the order of the steps.

`check` runs the rules on both sides, `introduced` tells what is new, `rate` and `judge` turn findings into the
report's lines and the verdict, `run` puts them in a line.
"""
