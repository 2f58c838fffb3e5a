import byte_pydantic1
from byte_pydantic1 import Undefined

Required = ...
UndefinedType = None
SHAPE_SINGLETON = 1
SHAPE_LIST = 2
SHAPE_SET = 3
SHAPE_MAPPING = 4
SHAPE_TUPLE = 5
SHAPE_TUPLE_ELLIPSIS = 6
SHAPE_SEQUENCE = 7
SHAPE_FROZENSET = 8


class FieldInfo:
    """What was passed is in the instance, the rest in the class; what is no option is in `extra`."""

    default = Undefined
    default_factory = None
    alias = None
    alias_priority = None
    title = None
    description = None
    exclude = None
    include = None
    const = None
    gt = None
    ge = None
    lt = None
    le = None
    multiple_of = None
    allow_inf_nan = None
    max_digits = None
    decimal_places = None
    min_items = None
    max_items = None
    unique_items = None
    min_length = None
    max_length = None
    allow_mutation = True
    regex = None
    discriminator = None
    repr = True

    def __init__(self, *args, **kwargs):
        byte_pydantic1.fill(self, args, kwargs)


class ModelField:
    def __init__(self, **kwargs):
        for name, value in kwargs.items():
            setattr(self, name, value)


def Field(*args, **kwargs):
    return byte_pydantic1.field(FieldInfo, args, kwargs)


class ModelPrivateAttr:
    def __init__(self, default=Undefined, *, default_factory=None):
        self.default = default
        self.default_factory = default_factory

    def get_default(self):
        if self.default_factory is None:
            return self.default
        return self.default_factory()


def PrivateAttr(default=Undefined, *, default_factory=None):
    return ModelPrivateAttr(default, default_factory=default_factory)
