class ValidationError(ValueError):
    def __init__(self, errors=None, model=None):
        self.raw_errors = errors
        self.model = model

    def errors(self):
        return self.raw_errors


class ErrorWrapper:
    def __init__(self, exc, loc):
        self.exc = exc
        self._loc = loc
