from .main import BaseModel


class GenericModel(BaseModel):
    pass
