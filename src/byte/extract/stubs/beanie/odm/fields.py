from typing import Annotated, Any, Generic, TypeVar

from byte_target import PYDANTIC

T = TypeVar("T")

_LINK = {
    "anyOf": [
        {
            "properties": {
                "id": {"type": "string", "title": "Id"},
                "collection": {"type": "string", "title": "Collection"},
            },
            "type": "object",
            "required": ["id", "collection"],
        },
        {"additionalProperties": True, "type": "object"},
    ]
}

if PYDANTIC >= (2,):
    from pydantic import WithJsonSchema

    # A component of its own, as the library's own schema of it is.
    type PydanticObjectId = Annotated[
        str,
        WithJsonSchema(
            {
                "type": "string",
                "maxLength": 24,
                "minLength": 24,
                "pattern": "^[0-9a-f]{24}$",
                "example": "5eb7cf5a86d9755df3a6c593",
            }
        ),
    ]

    class Link(Generic[T]):
        def __class_getitem__(cls, item):
            return Annotated[Any, WithJsonSchema(_LINK)]

    class BackLink(Generic[T]):
        def __class_getitem__(cls, item):
            return Annotated[Any, WithJsonSchema({"additionalProperties": True, "type": "object"})]

else:
    from bson import ObjectId

    class PydanticObjectId(ObjectId):
        @classmethod
        def __get_validators__(cls):
            yield cls.validate

        @classmethod
        def validate(cls, v):
            return v

        @classmethod
        def __modify_schema__(cls, field_schema):
            field_schema.update(type="string", example="5eb7cf5a86d9755df3a6c593")

    class Link(Generic[T]):
        def __class_getitem__(cls, item):
            return Any

    class BackLink(Generic[T]):
        def __class_getitem__(cls, item):
            return Any


class IndexedAnnotation:
    pass


def Indexed(typ=None, index_type=1, **options):
    return IndexedAnnotation() if typ is None else typ
