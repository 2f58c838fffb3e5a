import importlib


class TraitError(Exception):
    pass


class _Undefined:
    pass


Undefined = _Undefined()
All = "All"


class TraitType:
    """An attribute with a default: what code sets on the object goes before it."""

    default_value = None

    def __init__(self, default_value=Undefined, *args, **options):
        if default_value is not Undefined:
            self.default_value = default_value
        self.name = None

    def __set_name__(self, owner, name):
        self.name = name

    def tag(self, **metadata):
        return self

    def make_default(self):
        return self.default_value

    def __get__(self, obj, cls=None):
        if not isinstance(obj, HasTraits):
            return self
        names = (f"_default_of_{self.name}", f"_{self.name}_default")
        for owner in type(obj).__mro__:
            if owner is HasTraits:
                break
            for name in names:
                found = owner.__dict__.get(name)
                if found is not None:
                    value = found(obj)
                    setattr(obj, self.name, value)
                    return value
        value = self.make_default()
        setattr(obj, self.name, value)
        return value


class Any(TraitType):
    pass


class This(TraitType):
    pass


class Callable(TraitType):
    pass


class Unicode(TraitType):
    default_value = ""


class CUnicode(Unicode):
    pass


class ObjectName(Unicode):
    pass


class DottedObjectName(Unicode):
    pass


class Bytes(TraitType):
    default_value = b""


class Bool(TraitType):
    default_value = False


class CBool(Bool):
    pass


class Int(TraitType):
    default_value = 0


class Integer(Int):
    pass


class CInt(Int):
    pass


class Float(TraitType):
    default_value = 0.0


class CFloat(Float):
    pass


class Enum(TraitType):
    def __init__(self, values, default_value=Undefined, **options):
        super().__init__(default_value)
        self.values = values


class CaselessStrEnum(Enum):
    pass


class TCPAddress(TraitType):
    default_value = ("127.0.0.1", 0)


class Union(TraitType):
    def __init__(self, trait_types, **options):
        super().__init__(options.get("default_value", Undefined))
        self.trait_types = trait_types

    def make_default(self):
        if self.default_value is not None or not self.trait_types:
            return self.default_value
        return self.trait_types[0].make_default()


class _Container(TraitType):
    def __init__(self, trait=None, *args, default_value=Undefined, **options):
        if default_value is Undefined and trait is not None and not isinstance(trait, (TraitType, type)):
            default_value = trait
        super().__init__(default_value)

    def make_default(self):
        return None if self.default_value is None else type(self).kind(self.default_value)


class List(_Container):
    default_value = ()
    kind = list


class Set(_Container):
    default_value = ()
    kind = set


class Tuple(_Container):
    default_value = ()
    kind = tuple


class Dict(_Container):
    default_value = {}
    kind = dict


def _named(value):
    if isinstance(value, str):
        module, _, name = value.rpartition(".")
        return getattr(importlib.import_module(module), name)
    return value


class Type(TraitType):
    def __init__(self, default_value=Undefined, klass=None, allow_none=False, **options):
        super().__init__(klass if default_value is Undefined else default_value)

    def make_default(self):
        return _named(self.default_value)


class Instance(TraitType):
    def __init__(self, klass=None, args=None, kw=None, **options):
        super().__init__()
        self.klass = klass
        self.args = args
        self.kw = kw

    def make_default(self):
        if self.args is None and self.kw is None:
            return None
        return _named(self.klass)(*(self.args or ()), **(self.kw or {}))


class DefaultHandler:
    def __init__(self, name):
        self.trait = name

    def __call__(self, function):
        self.function = function
        return self

    def __set_name__(self, owner, name):
        setattr(owner, f"_default_of_{self.trait}", self.function)


def default(name):
    return DefaultHandler(name)


def _untouched(*names, **options):
    def decorator(function):
        return function

    return decorator


observe = _untouched
validate = _untouched


def link(*args, **options):
    return None


class HasTraits:
    def __init__(self, *args, **kwargs):
        for name, value in kwargs.items():
            setattr(self, name, value)

    def observe(self, handler, names=None, type="change"):
        pass

    def unobserve(self, handler, names=None, type="change"):
        pass
