import byte_pydantic1

from .config import BaseConfig, Extra


class ModelMetaclass(type):
    pass


class _Fields:
    def __get__(self, instance, owner):
        return byte_pydantic1.model_fields(owner)


class BaseModel:
    __fields__ = _Fields()
    Config = BaseConfig
    __config__ = BaseConfig

    def dict(self, *, include=None, exclude=None, by_alias=False, skip_defaults=None, exclude_unset=False,
             exclude_defaults=False, exclude_none=False):
        return byte_pydantic1.to_dict(self, include, exclude, by_alias)

    def copy(self, *, include=None, exclude=None, update=None, deep=False):
        return byte_pydantic1.copied(self, update)

    @classmethod
    def construct(cls, _fields_set=None, **values):
        return cls(**values)

    @classmethod
    def parse_obj(cls, obj):
        if isinstance(obj, dict):
            return cls(**obj)
        return obj

    @classmethod
    def validate(cls, value):
        if isinstance(value, dict):
            return cls(**value)
        return value

    @classmethod
    def update_forward_refs(cls, **localns):
        byte_pydantic1.update_forward_refs(cls, localns)

    @classmethod
    def schema(cls, by_alias=True, ref_template="#/definitions/{model}"):
        return byte_pydantic1.model_schema(cls, ref_template.replace("{model}", ""))

    @classmethod
    def __get_validators__(cls):
        return []


def create_model(__model_name, *, __config__=None, __base__=None, __module__=None, __validators__=None,
                 __cls_kwargs__=None, __slots__=None, **field_definitions):
    if __base__ is None:
        bases = (BaseModel,)
    elif isinstance(__base__, tuple):
        bases = __base__
    else:
        bases = (__base__,)
    annotations = {}
    namespace = {}
    for name, definition in field_definitions.items():
        if name.startswith("_") and name != "__root__":
            continue
        if isinstance(definition, tuple):
            annotations[name] = definition[0]
            namespace[name] = definition[1]
        else:
            namespace[name] = definition
    if __validators__:
        namespace.update(__validators__)
    if __config__ is not None:
        namespace["Config"] = __config__
    if __module__ is not None:
        namespace["__module__"] = __module__
    namespace["__annotations__"] = annotations
    return type(__model_name, bases, namespace, **(__cls_kwargs__ or {}))


def validate_model(model, input_data, cls=None):
    return input_data, set(), None
