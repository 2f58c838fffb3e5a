from enum import Enum

from fastapi_utils.camelcase import snake2camel


class StrEnum(str, Enum):
    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return name


class CamelStrEnum(str, Enum):
    @staticmethod
    def _generate_next_value_(name, start, count, last_values):
        return snake2camel(name, start_lower=True)
