import bson
from odmantic.bson import ObjectId
from odmantic.field import FieldInfo
from pydantic import BaseModel
from pydantic import Field as PydanticField


class _BaseODMModel(BaseModel):
    def __init_subclass__(cls, **options):
        annotations = cls.__annotations__
        for name in annotations:
            if annotations[name] is bson.ObjectId:
                annotations[name] = ObjectId


class Model(_BaseODMModel):
    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        for base in cls.__mro__:
            for value in base.__dict__.values():
                if isinstance(value, FieldInfo) and value.primary_field:
                    return
        cls.__annotations__["id"] = ObjectId
        cls.id = PydanticField(default_factory=ObjectId)


class EmbeddedModel(_BaseODMModel):
    pass
