from pydantic_core import core_schema


class _Base:
    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return core_schema.with_info_after_validator_function(cls, core_schema.float_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        return {"type": cls.TYPE, "format": "date-time"}


class Number(_Base):
    TYPE = "number"


class Integer(_Base):
    TYPE = "integer"
