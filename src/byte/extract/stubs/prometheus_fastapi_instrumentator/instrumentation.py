from fastapi import FastAPI
from starlette.requests import Request


class PrometheusFastApiInstrumentator:
    def __init__(self, *args, should_respect_env_var=False, **options):
        self.should_respect_env_var = should_respect_env_var

    def instrument(self, app, *args, **options):
        return self

    def add(self, *functions):
        return self

    def expose(self, app, should_gzip=False, endpoint="/metrics", include_in_schema=True, tags=None, **options):
        # Whether the metrics are served at all is then said by the environment, where nothing means no.
        if self.should_respect_env_var:
            return self

        def metrics(request: Request):
            """Endpoint that serves Prometheus metrics."""

        if isinstance(app, FastAPI):
            app.get(endpoint, include_in_schema=include_in_schema, tags=tags, **options)(metrics)
        return self
