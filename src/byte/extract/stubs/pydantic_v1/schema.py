import byte_pydantic1

from .utils import ROOT_KEY

default_prefix = "#/definitions/"


def field_schema(field, *, by_alias=True, model_name_map=None, ref_prefix=None, ref_template=None, known_models=None):
    return byte_pydantic1.field_schema(field, ref_prefix or default_prefix), {}, set()


def model_schema(model, by_alias=True, ref_prefix=None, ref_template=None):
    return byte_pydantic1.model_schema(model, ref_prefix or default_prefix)


def model_process_schema(model, *, by_alias=True, model_name_map=None, ref_prefix=None, ref_template=None,
                         known_models=None, field=None):
    found = byte_pydantic1.model_schema(model, ref_prefix or default_prefix)
    return found, found.pop("definitions", {}), set()


def schema(models, *, by_alias=True, title=None, description=None, ref_prefix=None, ref_template=None):
    definitions = {}
    for model in models:
        found = byte_pydantic1.model_schema(model, ref_prefix or default_prefix)
        definitions.update(found.pop("definitions", {}))
        definitions[found["title"]] = found
    return {"definitions": definitions}
