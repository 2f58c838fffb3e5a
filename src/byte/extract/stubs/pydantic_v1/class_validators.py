def validator(*fields, pre=False, each_item=False, always=False, check_fields=True, whole=None, allow_reuse=False):
    def dec(f):
        if isinstance(f, classmethod):
            return f
        return classmethod(f)

    return dec


def root_validator(_func=None, *, pre=False, allow_reuse=False, skip_on_failure=False):
    if _func is not None:
        if isinstance(_func, classmethod):
            return _func
        return classmethod(_func)

    def dec(f):
        if isinstance(f, classmethod):
            return f
        return classmethod(f)

    return dec


class Validator:
    pass
