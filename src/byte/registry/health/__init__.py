"""The health of services: asked for on a schedule, judged with patience, kept as history.

Nothing that answers a request waits for a probe: what is shown is what the last probes said.
"""
