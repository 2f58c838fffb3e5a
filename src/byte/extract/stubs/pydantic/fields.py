from byte_pydantic import Field, computed_field
from pydantic_core import PydanticUndefined

Undefined = PydanticUndefined


class FieldInfo:
    """What was passed is in the instance, the rest in the class."""

    annotation = None
    default = PydanticUndefined
    default_factory = None
    alias = None
    alias_priority = None
    validation_alias = None
    serialization_alias = None
    title = None
    field_title_generator = None
    description = None
    examples = None
    exclude = None
    exclude_if = None
    discriminator = None
    deprecated = None
    json_schema_extra = None
    frozen = None
    validate_default = None
    repr = True
    init = None
    init_var = None
    kw_only = None
    metadata = []

    def __init__(self, **kwargs):
        for name, value in kwargs.items():
            setattr(self, name, value)

    def is_required(self):
        return (self.default is PydanticUndefined or self.default is ...) and self.default_factory is None

    def get_default(self, *, call_default_factory=False, validated_data=None):
        if self.default_factory is None:
            return self.default
        if call_default_factory:
            return self.default_factory()
        return None

    @staticmethod
    def from_field(default=PydanticUndefined, **kwargs):
        return Field(default, **kwargs)


class ModelPrivateAttr:
    def __init__(self, default=PydanticUndefined, *, default_factory=None):
        self.default = default
        self.default_factory = default_factory

    def get_default(self):
        if self.default_factory is None:
            return self.default
        return self.default_factory()


def PrivateAttr(default=PydanticUndefined, *, default_factory=None, init=False):
    return ModelPrivateAttr(default, default_factory=default_factory)


class ComputedFieldInfo:
    pass
