import dataclasses


def dataclass(_cls=None, *, init=True, repr=True, eq=True, order=False, unsafe_hash=False, frozen=False, config=None,
              validate_on_init=None, use_proxy=None, kw_only=False):
    def wrap(cls):
        made = dataclasses.dataclass(cls)
        made.__pydantic_config__ = config
        return made

    if _cls is None:
        return wrap
    return wrap(_cls)


def create_pydantic_model_from_dataclass(dc_cls, config=None, dc_cls_doc=None):
    return dc_cls
