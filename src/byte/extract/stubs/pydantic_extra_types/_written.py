"""Texts of a certain form: what their JSON Schema has beside `type`."""

from pydantic_core import core_schema


class Text(str):
    _constraints = {}
    _written = {}

    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return core_schema.with_info_after_validator_function(cls, core_schema.str_schema(**cls._constraints))

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        return {**handler(schema), **cls._written}
