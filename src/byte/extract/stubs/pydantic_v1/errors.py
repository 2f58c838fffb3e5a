class PydanticTypeError(TypeError):
    pass


class PydanticValueError(ValueError):
    pass


class ConfigError(RuntimeError):
    pass


class MissingError(PydanticValueError):
    msg_template = "field required"


class ExtraError(PydanticValueError):
    pass


class EmailError(PydanticValueError):
    pass
