"""makefun: functions with a signature that is given as a value."""

from functools import wraps as _wraps


def with_signature(func_signature, func_name=None, **attributes):
    def decorate(function):
        if not isinstance(func_signature, str):
            function.__signature__ = func_signature
        if func_name is not None:
            function.__name__ = func_name
        return function

    return decorate


def create_function(func_signature, func_impl, func_name=None, **attributes):
    return with_signature(func_signature, func_name)(func_impl)


def wraps(wrapped_fun, new_sig=None, **attributes):
    def decorate(function):
        made = _wraps(wrapped_fun)(function)
        if new_sig is not None and not isinstance(new_sig, str):
            made.__signature__ = new_sig
        return made

    return decorate
