def repeat_every(**options):
    def decorator(function):
        return function

    return decorator
