from fastapi import APIRouter
from fastapi_restful.cbv import INCLUDE_INIT_PARAMS_KEY, RETURN_TYPES_FUNC_KEY, _cbv


class Resource:
    pass


class Api:
    def __init__(self, app):
        self.app = app

    def add_resource(self, resource, *urls, **options):
        router = APIRouter()
        _cbv(router, type(resource), *urls, instance=resource)
        self.app.include_router(router, **options)


def take_init_parameters(cls):
    setattr(cls, INCLUDE_INIT_PARAMS_KEY, True)
    return cls


def set_responses(response, status_code=200, responses=None, **options):
    def decorator(function):
        def get_responses():
            return response, status_code, responses, options

        setattr(function, RETURN_TYPES_FUNC_KEY, get_responses)
        return function

    return decorator
