from typing import Any, Callable, ClassVar, Dict, ForwardRef, Mapping, Union, get_args, get_origin

AnyCallable = Callable[..., Any]
NoArgAnyCallable = Callable[[], Any]
DictStrAny = Dict[str, Any]
DictAny = Dict[Any, Any]
DictIntStrAny = Dict[Union[int, str], Any]
MappingIntStrAny = Mapping[Union[int, str], Any]
AbstractSetIntStr = Any


def is_classvar(ann_type):
    return ann_type is ClassVar or get_origin(ann_type) is ClassVar


def is_union(tp):
    return tp is Union


def evaluate_forwardref(type_, globalns, localns):
    return type_


def is_literal_type(type_):
    return str(get_origin(type_)) == "typing.Literal"
