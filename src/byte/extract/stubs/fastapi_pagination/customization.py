from copy import copy
from typing import Annotated, Generic, List, Optional, TypeVar, Union, get_args, get_origin, get_type_hints

from byte_target import PYDANTIC
from fastapi import Query
from fastapi_pagination._version import VERSION
from fastapi_pagination.bases import AbstractPage
from pydantic.fields import FieldInfo

_T = TypeVar("_T")
_NUMBERS = ("total", "page", "size", "pages", "limit", "offset")


def customized(page_cls, name, params, namespace=None):
    """A page class derived from another; a generic one stays generic."""
    parameters = page_cls.__parameters__
    bases = (page_cls, Generic[parameters]) if parameters else (page_cls,)
    return type(name, bases, {**(namespace or {}), "__params_type__": params})


def _derived(cls, fields):
    """A model with other fields: pairs of an annotation and a value."""
    namespace = {"__annotations__": {}}
    for name, (annotation, value) in fields.items():
        namespace["__annotations__"][name] = annotation
        namespace[name] = value
    return type(cls.__name__, (cls,), namespace)


def params_with_fields(cls, fields):
    hints = get_type_hints(cls)
    wrapped = {}
    for name, value in fields.items():
        if name in ("str_cursor", "quoted_cursor"):
            continue
        annotation = None
        if PYDANTIC >= (2,) and isinstance(value, FieldInfo):
            annotation = value.annotation
        wrapped[name] = (annotation or hints[name], value if isinstance(value, FieldInfo) else Query(value))
    return _derived(cls, wrapped)


def _type_of(field):
    if field.metadata:
        return Annotated[(field.annotation, *field.metadata)]
    return field.annotation


def _optional(field):
    field = copy(field)
    field.annotation = Optional[field.annotation]
    field.default = None
    field.default_factory = None
    return field


class PageCustomizer:
    def customize_page_ns(self, page_cls, ns):
        pass


class PageTransformer:
    def transform_page_cls(self, page_cls):
        return page_cls


class PostPageTransformer:
    def post_transform_page_cls(self, page_cls):
        return page_cls


class CustomizedPage:
    def __class_getitem__(cls, item):
        if not isinstance(item, tuple):
            item = (item,)
        page_cls = item[0]
        customizers = item[1:]
        if not customizers:
            return page_cls
        for customizer in customizers:
            if isinstance(customizer, PageTransformer):
                page_cls = customizer.transform_page_cls(page_cls)
        name = page_cls.__name__
        if name.endswith("Customized"):
            name = name[: -len("Customized")]
        ns = {
            "__name__": f"{name}Customized",
            "__params_type__": page_cls.__params_type__,
            "__model_aliases__": dict(page_cls.__model_aliases__),
            "__model_exclude__": set(page_cls.__model_exclude__),
            "__annotations__": {},
            "model_config": {},
        }
        for customizer in customizers:
            if isinstance(customizer, PageCustomizer):
                customizer.customize_page_ns(page_cls, ns)
        name = ns.pop("__name__")
        if PYDANTIC < (2,):
            config = ns.pop("model_config")
            ns["Config"] = type("Config", (), config)
        else:
            _apply(page_cls, ns)
        new_cls = customized(page_cls, name, ns["__params_type__"], ns)
        for customizer in customizers:
            if isinstance(customizer, PostPageTransformer):
                new_cls = customizer.post_transform_page_cls(new_cls)
                new_cls.__name__ = name
                new_cls.__qualname__ = name
        return new_cls


def _apply(page_cls, ns):
    """Fields that are left out or named otherwise in the answer."""
    names = [*ns["__model_exclude__"], *ns["__model_aliases__"]]
    fields = page_cls.model_fields if names else {}
    for name in names:
        if name in ns["__annotations__"]:
            field = ns.get(name)
            if not isinstance(field, FieldInfo):
                field = FieldInfo(default=field) if name in ns else FieldInfo()
        else:
            field = copy(fields[name])
            ns["__annotations__"][name] = _type_of(field)
        if name in ns["__model_exclude__"]:
            field.exclude = True
        if name in ns["__model_aliases__"]:
            field.serialization_alias = ns["__model_aliases__"][name]
        ns[name] = field


class UseName(PageCustomizer):
    def __init__(self, name):
        self.name = name

    def customize_page_ns(self, page_cls, ns):
        ns["__name__"] = self.name


class UseModule(PageCustomizer):
    def __init__(self, module):
        self.module = module

    def customize_page_ns(self, page_cls, ns):
        ns["__module__"] = self.module


class UseFieldTypeAnnotations(PageCustomizer):
    def __init__(self, **anns):
        self.anns = anns

    def customize_page_ns(self, page_cls, ns):
        ns["__annotations__"].update(self.anns)


class UseAdditionalFields(PageCustomizer):
    def __init__(self, **fields):
        self.fields = fields

    def customize_page_ns(self, page_cls, ns):
        for name, field in self.fields.items():
            if isinstance(field, tuple):
                ns["__annotations__"][name] = field[0]
                ns[name] = field[1]
            else:
                ns["__annotations__"][name] = field


def _without_none(annotation):
    if get_origin(annotation) is Union:
        rest = tuple(a for a in get_args(annotation) if a is not type(None))
        return Union[rest]
    return annotation


class UseOptionalFields(PageCustomizer):
    def __init__(self, fields=_NUMBERS):
        self.fields = fields

    def customize_page_ns(self, page_cls, ns):
        for name, field in page_cls.model_fields.items():
            if name in self.fields:
                ns["__annotations__"][name] = _type_of(_optional(field))
                ns[name] = None


class UseRequiredFields(PageCustomizer):
    def __init__(self, fields=_NUMBERS):
        self.fields = fields

    def customize_page_ns(self, page_cls, ns):
        for name, field in page_cls.model_fields.items():
            if name in self.fields:
                field = copy(field)
                field.annotation = _without_none(field.annotation)
                ns["__annotations__"][name] = _type_of(field)


class UseIncludeTotal(PageCustomizer):
    def __init__(self, include_total, update_annotations=True, affected_fields=_NUMBERS):
        self.include_total = include_total
        self.update_annotations = update_annotations
        self.affected_fields = affected_fields

    def customize_page_ns(self, page_cls, ns):
        if VERSION >= (0, 14) and self.update_annotations:
            if self.include_total:
                UseRequiredFields(self.affected_fields).customize_page_ns(page_cls, ns)
            else:
                UseOptionalFields(self.affected_fields).customize_page_ns(page_cls, ns)


class UseCursorEncoding(PageCustomizer):
    def __init__(self, encoder=None, decoder=None):
        pass


class UseQuotedCursor(PageCustomizer):
    def __init__(self, quoted_cursor=True):
        pass


class UseStrCursor(PageCustomizer):
    def __init__(self, str_cursor=True):
        pass


class UseResponseHeaders(PageCustomizer):
    def __init__(self, resolver):
        pass


class UseParams(PageCustomizer):
    def __init__(self, params):
        self.params = params

    def customize_page_ns(self, page_cls, ns):
        ns["__params_type__"] = self.params


class UseParamsFields(PageCustomizer):
    def __init__(self, **fields):
        self.fields = fields

    def customize_page_ns(self, page_cls, ns):
        ns["__params_type__"] = params_with_fields(ns["__params_type__"], self.fields)


class UseOptionalParams(PageCustomizer):
    def customize_page_ns(self, page_cls, ns):
        params = ns["__params_type__"]
        fields = {name: _optional(field) for name, field in params.model_fields.items()}
        ns["__params_type__"] = params_with_fields(params, fields)
        if VERSION >= (0, 14):
            UseOptionalFields().customize_page_ns(page_cls, ns)


class UseModelConfig(PageCustomizer):
    def __init__(self, **config):
        self.config = config

    def customize_page_ns(self, page_cls, ns):
        ns["model_config"].update(self.config)


class UseExcludedFields(PageCustomizer):
    def __init__(self, *fields):
        self.fields = fields

    def customize_page_ns(self, page_cls, ns):
        ns["__model_exclude__"].update(self.fields)


class UseFieldsAliases(PageCustomizer):
    def __init__(self, **aliases):
        self.aliases = aliases

    def customize_page_ns(self, page_cls, ns):
        ns["__model_aliases__"].update(self.aliases)


class UseFlattenPage(PostPageTransformer):
    def __init__(self, field="items"):
        self.field = field

    def post_transform_page_cls(self, page_cls):
        from pydantic import RootModel

        class _FlattenPage(AbstractPage[_T], RootModel[List[_T]]):
            __params_type__ = page_cls.__params_type__

        return _FlattenPage
