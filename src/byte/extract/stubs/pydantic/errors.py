class PydanticErrorMixin:
    def __init__(self, message="", *, code=None):
        self.message = message
        self.code = code


class PydanticUserError(PydanticErrorMixin, TypeError):
    pass


class PydanticUndefinedAnnotation(PydanticErrorMixin, NameError):
    pass


class PydanticImportError(PydanticErrorMixin, ImportError):
    pass


class PydanticSchemaGenerationError(PydanticUserError):
    pass


class PydanticInvalidForJsonSchema(PydanticUserError):
    pass


class PydanticForbiddenQualifier(PydanticUserError):
    pass


PydanticErrorCodes = str
