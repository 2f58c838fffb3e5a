from byte_pydantic import Annotated_item, field_serializer, model_serializer
from pydantic_core import PydanticUndefined


class PlainSerializer:
    def __init__(self, func, return_type=PydanticUndefined, when_used="always"):
        self.func = func
        self.return_type = return_type
        self.when_used = when_used


class WrapSerializer:
    def __init__(self, func, return_type=PydanticUndefined, when_used="always"):
        self.func = func
        self.return_type = return_type
        self.when_used = when_used


class SerializeAsAny:
    @classmethod
    def __class_getitem__(cls, item):
        return Annotated_item(item, cls())
