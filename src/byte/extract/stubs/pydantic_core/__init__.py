"""What projects use of pydantic_core. `PydanticUndefined` and `MISSING` stay names."""

from byte_pydantic import to_jsonable_python


class ValidationError(ValueError):
    def errors(self, **kwargs):
        return []

    @classmethod
    def from_exception_data(cls, title, line_errors, **kwargs):
        return cls(title)


class PydanticCustomError(ValueError):
    def __init__(self, error_type, message_template, context=None):
        self.type = error_type
        self.message_template = message_template
        self.context = context


class PydanticKnownError(ValueError):
    pass


class PydanticOmit(Exception):
    pass


class PydanticUseDefault(Exception):
    pass


class PydanticSerializationError(ValueError):
    pass


class PydanticSerializationUnexpectedValue(ValueError):
    pass


CoreSchema = dict
CoreConfig = dict
