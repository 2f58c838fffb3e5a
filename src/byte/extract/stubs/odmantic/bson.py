import bson
from byte_target import PYDANTIC
from pydantic.main import BaseModel

if PYDANTIC >= (2,):
    from pydantic_core import core_schema

    class _Written:
        """A type of MongoDB whose schema is that of another."""

        @classmethod
        def __get_pydantic_core_schema__(cls, source, handler):
            return core_schema.no_info_plain_validator_function(cls)

    class ObjectId(bson.ObjectId, _Written):
        @classmethod
        def __get_pydantic_json_schema__(cls, schema, handler):
            return {
                "type": "string",
                "examples": ["5f85f36d6dfecacc68428a46", "ffffffffffffffffffffffff"],
                "example": "5f85f36d6dfecacc68428a46",
            }

    class Int64(bson.Int64, _Written):
        @classmethod
        def __get_pydantic_json_schema__(cls, schema, handler):
            return {"type": "integer"}

    class Decimal128(bson.Decimal128, _Written):
        @classmethod
        def __get_pydantic_json_schema__(cls, schema, handler):
            return {"type": "number"}

    class Binary(bson.Binary, _Written):
        @classmethod
        def __get_pydantic_json_schema__(cls, schema, handler):
            return handler(core_schema.bytes_schema())

    class Regex(bson.Regex, _Written):
        @classmethod
        def __get_pydantic_json_schema__(cls, schema, handler):
            return {"type": "string", "examples": ["^Foo"], "example": "^Foo", "format": "binary"}

else:

    class ObjectId(bson.ObjectId):
        @classmethod
        def __get_validators__(cls):
            yield cls.validate

        @classmethod
        def validate(cls, v):
            return v

        @classmethod
        def __modify_schema__(cls, field_schema):
            field_schema.update(
                type="string",
                examples=["5f85f36d6dfecacc68428a46", "ffffffffffffffffffffffff"],
                example="5f85f36d6dfecacc68428a46",
            )

    class Int64(bson.Int64):
        @classmethod
        def __get_validators__(cls):
            yield cls.validate

        @classmethod
        def validate(cls, v):
            return v

        @classmethod
        def __modify_schema__(cls, field_schema):
            field_schema.update(type="number")

    class Decimal128(bson.Decimal128):
        @classmethod
        def __get_validators__(cls):
            yield cls.validate

        @classmethod
        def validate(cls, v):
            return v

        @classmethod
        def __modify_schema__(cls, field_schema):
            field_schema.update(type="number")


BSON_TYPES_ENCODERS = {}


class BaseBSONModel(BaseModel):
    pass
