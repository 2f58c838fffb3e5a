import inspect
from functools import wraps

from byte_libraries import version

_VERSION = version("fastapi-cache2", ((0,), (0, 2, 1)), ((0, 112), (0, 2, 2)))


def cache(expire=None, **options):
    def wrapper(func):
        @wraps(func)
        async def inner(*args, **kwargs):
            pass

        signature = inspect.signature(func)
        if _VERSION >= (0, 2, 2):
            # Made anew for the parameters alone: FastAPI then finds no return annotation.
            signature = inspect.Signature(list(signature.parameters.values()))
        inner.__signature__ = signature
        return inner

    return wrapper
