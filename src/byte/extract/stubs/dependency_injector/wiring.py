class _Marker:
    def __init__(self, provider=None, modifier=None):
        self.provider = provider
        self.modifier = modifier

    def __class_getitem__(cls, item):
        if isinstance(item, tuple):
            return cls(*item)
        return cls(item)

    def __call__(self):
        return self


class Provide(_Marker):
    pass


class Provider(_Marker):
    pass


class Closing(_Marker):
    pass


def inject(fn):
    return fn


def as_int():
    return None


def as_float():
    return None


def as_(type_):
    return None


def required():
    return None


def invariant(id):
    return None


def provided():
    return None


def wire(container, **options):
    pass


def unwire(**options):
    pass


def register_loader_containers(*containers):
    pass
