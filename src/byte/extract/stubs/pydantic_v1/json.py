def pydantic_encoder(obj):
    return obj


def custom_pydantic_encoder(type_encoders, obj):
    return obj
