from byte_pydantic import Annotated_item, model_json_schema

DEFAULT_REF_TEMPLATE = "#/$defs/{model}"
JsonSchemaValue = dict
JsonSchemaMode = str


class GenerateJsonSchema:
    pass


class WithJsonSchema:
    def __init__(self, json_schema, mode=None):
        self.json_schema = json_schema
        self.mode = mode


class Examples:
    def __init__(self, examples, mode=None):
        self.examples = examples
        self.mode = mode


class SkipJsonSchema:
    @classmethod
    def __class_getitem__(cls, item):
        return Annotated_item(item, cls())


def models_json_schema(models, **kwargs):
    return {}, {}
