from byte_pydantic import adapter_json_schema


class TypeAdapter:
    def __init__(self, type, *, config=None, **kwargs):
        self._type = type
        self._config = config

    @classmethod
    def __class_getitem__(cls, item):
        return cls

    def validate_python(self, obj, **kwargs):
        return obj

    def dump_python(self, obj, **kwargs):
        return obj

    def rebuild(self, **kwargs):
        return True

    def json_schema(self, **kwargs):
        return adapter_json_schema(self._type, self._config, **kwargs)
