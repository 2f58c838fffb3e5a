def validate_arguments(func=None, *, config=None):
    if func is not None:
        return func

    def keep(function):
        return function

    return keep
