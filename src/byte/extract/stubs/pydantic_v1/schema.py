import byte_pydantic1

from .utils import ROOT_KEY


def model_schema(model, **kwargs):
    return byte_pydantic1.model_schema(model)


def schema(models, **kwargs):
    return byte_pydantic1.model_schema(models)
