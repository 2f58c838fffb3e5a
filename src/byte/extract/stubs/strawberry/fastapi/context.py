class BaseContext:
    pass
