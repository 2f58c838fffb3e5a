import inspect

from fastapi_utils.cbv import VERSION
from fastapi import APIRouter

if VERSION >= (0, 5):
    InferringRouter = APIRouter
else:

    class InferringRouter(APIRouter):
        def add_api_route(self, path, endpoint, **options):
            if options.get("response_model") is None:
                returned = inspect.signature(endpoint).return_annotation
                options["response_model"] = None if returned is inspect.Signature.empty else returned
            return super().add_api_route(path, endpoint, **options)
