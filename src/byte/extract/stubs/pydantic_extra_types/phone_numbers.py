from pydantic_core import core_schema
from pydantic_extra_types._written import Text


class PhoneNumber(Text):
    _written = {"format": "phone"}


class PhoneNumberValidator:
    def __init__(self, default_region=None, number_format="RFC3966", supported_regions=None):
        self.default_region = default_region

    def __get_pydantic_core_schema__(self, source, handler):
        return core_schema.no_info_before_validator_function(self, core_schema.str_schema())

    def __get_pydantic_json_schema__(self, schema, handler):
        return {**handler(schema), "format": "phone"}
