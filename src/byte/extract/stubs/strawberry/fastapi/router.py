from inspect import signature

from fastapi import APIRouter, BackgroundTasks, Depends, Request, Response
from starlette.requests import HTTPConnection


class GraphQLRouter(APIRouter):
    @staticmethod
    async def _get_root_value():
        return None

    @staticmethod
    def _get_context_getter(custom_getter):
        async def dependency(
            custom_context, background_tasks: BackgroundTasks, connection: HTTPConnection, response: Response = None
        ):
            pass

        found = signature(dependency)
        first, *rest = found.parameters.values()
        dependency.__signature__ = found.replace(parameters=[*rest, first.replace(default=Depends(custom_getter))])
        return dependency

    def __init__(
        self,
        schema,
        path="",
        graphiql=None,
        allow_queries_via_get=True,
        keep_alive=False,
        keep_alive_interval=1,
        debug=False,
        root_value_getter=None,
        context_getter=None,
        subscription_protocols=(),
        connection_init_wait_timeout=None,
        graphql_ide="graphiql",
        max_subscriptions_per_connection=None,
        multipart_uploads_enabled=False,
        allowed_origins=(),
        **options,
    ):
        super().__init__(**options)
        self.schema = schema
        self.root_value_getter = root_value_getter or self._get_root_value
        self.context_getter = self._get_context_getter(context_getter or (lambda: None))
        if graphiql is not None:
            graphql_ide = "graphiql" if graphiql else None

        @self.get(
            path,
            responses={
                200: {"description": "The GraphiQL integrated development environment."},
                404: {"description": "Not found if GraphiQL or query via GET are not enabled."},
            },
            include_in_schema=graphql_ide is not None or allow_queries_via_get,
        )
        async def handle_http_get(
            request: Request,
            response: Response,
            context=Depends(self.context_getter),
            root_value=Depends(self.root_value_getter),
        ) -> Response:
            pass

        @self.post(path)
        async def handle_http_post(
            request: Request,
            response: Response,
            context=Depends(self.context_getter),
            root_value=Depends(self.root_value_getter),
        ) -> Response:
            pass
