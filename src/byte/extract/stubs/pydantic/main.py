from byte_pydantic import create_model, model_fields, model_json_schema


class BaseModel:
    model_config = {}

    @classmethod
    def model_rebuild(cls, *args, **kwargs):
        return None

    @classmethod
    def update_forward_refs(cls, **kwargs):
        return None

    @classmethod
    def model_construct(cls, _fields_set=None, **values):
        return cls(**values)

    @classmethod
    def model_validate(cls, obj, **kwargs):
        if isinstance(obj, cls):
            return obj
        if isinstance(obj, dict):
            return cls(**obj)
        return obj

    @classmethod
    def parse_obj(cls, obj):
        return cls.model_validate(obj)

    @classmethod
    def model_json_schema(cls, *args, **kwargs):
        return model_json_schema(cls, *args, **kwargs)

    @classmethod
    def schema(cls, *args, **kwargs):
        return model_json_schema(cls)

    @classmethod
    def model_parametrized_name(cls, params):
        raise NotImplementedError

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs):
        pass

    def model_post_init(self, context, /):
        pass

    def model_copy(self, *, update=None, deep=False):
        return self
