"""Figures for Prometheus. Labels are bounded: methods, templates of routes, classes of status, kinds of problems.

Each process has its own: where several answer at one port, `/metrics` is that of the one that took the request, and
`process` in `byte_process_info` says which. For the sum of all, run one process in each replica and scrape each.
"""

import os
from collections.abc import Callable
from typing import Final, cast

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

MEDIA_TYPE: Final = CONTENT_TYPE_LATEST
_METHODS: Final = frozenset("GET HEAD POST PUT PATCH DELETE OPTIONS".split())
_BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Metrics:
    """The figures of one application; several applications in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "byte_http_requests", "Requests that were answered.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "byte_http_request_duration_seconds",
            "Time from the request to the end of its answer.",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._problems = Counter("byte_http_problems", "Answers that were problems.", ("kind",), registry=self.registry)
        self.running = Gauge("byte_http_requests_running", "Requests that are being answered.", registry=self.registry)
        self._gauges: dict[str, Gauge] = {}
        self._others: dict[str, Counter | Histogram] = {}
        Gauge("byte_process_info", "The process that answers.", ("process",), registry=self.registry).labels(
            str(os.getpid())
        ).set(1)
        self._counters: dict[tuple[str, str, int], Counter] = {}
        self._histograms: dict[tuple[str, str], Histogram] = {}

    def answered(self, method: str, route: str, status: int, seconds: float, problem: str | None) -> None:
        """Count a request. `route` is the template of its route, "" where none took it."""
        if method not in _METHODS:
            method = "other"
        # Looked up once for each label: finding the child of a label costs more than counting.
        counter = self._counters.get((method, route, status // 100))
        if counter is None:
            counter = self._requests.labels(method, route or "none", f"{status // 100}xx")
            self._counters[method, route, status // 100] = counter
        counter.inc()
        histogram = self._histograms.get((method, route))
        if histogram is None:
            histogram = self._histograms[method, route] = self._seconds.labels(method, route or "none")
        histogram.observe(seconds)
        if problem is not None:
            self._problems.labels(problem).inc()

    def gauge(self, name: str, help_: str, value: Callable[[], float]) -> None:
        """Show a figure that is asked for when `/metrics` is: `value` must be quick and never fail."""
        known = self._gauges.get(name)
        if known is None:
            known = self._gauges[name] = Gauge(name, help_, registry=self.registry)
        known.set_function(value)

    def counter(self, name: str, help_: str, labels: tuple[str, ...] = ()) -> Counter:
        """A counter of somebody else's work, the same for each that asks by its name. Labels must be bounded."""
        if name not in self._others:
            self._others[name] = Counter(name, help_, labels, registry=self.registry)
        return cast(Counter, self._others[name])

    def histogram(self, name: str, help_: str) -> Histogram:
        """How long somebody else's work takes, in seconds; the same for each that asks by its name."""
        if name not in self._others:
            self._others[name] = Histogram(name, help_, buckets=_BUCKETS, registry=self.registry)
        return cast(Histogram, self._others[name])

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self.registry)
