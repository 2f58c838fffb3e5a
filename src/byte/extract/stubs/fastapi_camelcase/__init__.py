"""fastapi-camelcase: a model whose aliases are in camel case."""

from byte_target import PYDANTIC
from humps.main import camelize
from pydantic import BaseModel

if PYDANTIC >= (2,):

    class CamelModel(BaseModel):
        model_config = {"alias_generator": camelize, "populate_by_name": True}

else:

    class CamelModel(BaseModel):
        class Config:
            alias_generator = camelize
            allow_population_by_field_name = True
