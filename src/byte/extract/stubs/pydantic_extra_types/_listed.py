"""Texts out of a list: the lists are data of other libraries or of the machine, so only `enum` is not known."""

from pydantic_extra_types._written import Text


class Listed(Text):
    allowed_values_list = []

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        return {**handler(schema), "enum": cls.allowed_values_list}
