def validate_call(func=None, *, config=None, validate_return=False):
    if func is not None:
        return func

    def validate(function):
        return function

    return validate
