import byte_fastapi


class undefined:
    pass


class EnvironError(Exception):
    pass


class Environ:
    pass


environ = byte_fastapi.environ


class Config:
    def __init__(self, env_file=None, environ=None, env_prefix="", encoding="utf-8"):
        self.env_prefix = env_prefix

    def __call__(self, key, cast=None, default=undefined):
        return byte_fastapi.setting(key, cast, default)

    def get(self, key, cast=None, default=undefined):
        return byte_fastapi.setting(key, cast, default)
