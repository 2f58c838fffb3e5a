from byte_pydantic import Annotated_item, field_validator, model_validator, root_validator, validator
from pydantic_core import PydanticUndefined

FieldValidatorModes = str


class AfterValidator:
    def __init__(self, func):
        self.func = func


class BeforeValidator:
    def __init__(self, func, json_schema_input_type=PydanticUndefined):
        self.func = func
        self.json_schema_input_type = json_schema_input_type


class PlainValidator:
    def __init__(self, func, json_schema_input_type=PydanticUndefined):
        self.func = func
        self.json_schema_input_type = json_schema_input_type


class WrapValidator:
    def __init__(self, func, json_schema_input_type=PydanticUndefined):
        self.func = func
        self.json_schema_input_type = json_schema_input_type


class ModelWrapValidatorHandler:
    @classmethod
    def __class_getitem__(cls, item):
        return cls


class InstanceOf:
    @classmethod
    def __class_getitem__(cls, item):
        return Annotated_item(item, cls())


class SkipValidation:
    @classmethod
    def __class_getitem__(cls, item):
        return Annotated_item(item, cls())


class ValidateAs:
    def __init__(self, from_type, instantiation_hook):
        self.from_type = from_type
        self.instantiation_hook = instantiation_hook
