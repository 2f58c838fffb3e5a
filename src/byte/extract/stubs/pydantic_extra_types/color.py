from pydantic_core import core_schema


class Color:
    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return core_schema.with_info_plain_validator_function(cls, serialization=core_schema.to_string_ser_schema())

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        return {"type": "string", "format": "color"}
