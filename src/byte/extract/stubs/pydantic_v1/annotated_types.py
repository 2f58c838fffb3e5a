def create_model_from_typeddict(typeddict_cls, **kwargs):
    return typeddict_cls


def create_model_from_namedtuple(namedtuple_cls, **kwargs):
    return namedtuple_cls
