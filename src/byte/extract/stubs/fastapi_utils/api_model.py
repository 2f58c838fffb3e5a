from functools import partial

from byte_target import PYDANTIC
from fastapi_utils.camelcase import snake2camel
from pydantic import BaseModel


class APIModel(BaseModel):
    """
    Intended for use as a base class for externally-facing models.

    Any models that inherit from this class will:
    * accept fields using snake_case or camelCase keys
    * use camelCase keys in the generated OpenAPI spec
    * have orm_mode on by default
        * Because of this, FastAPI will automatically attempt to parse returned orm instances into the model
    """

    if PYDANTIC >= (2,):
        model_config = {
            "from_attributes": True,
            "populate_by_name": True,
            "alias_generator": partial(snake2camel, start_lower=True),
        }
    else:

        class Config:
            orm_mode = True
            allow_population_by_field_name = True
            alias_generator = partial(snake2camel, start_lower=True)


class APIMessage(APIModel):
    """
    A lightweight utility class intended for use with simple message-returning endpoints.
    """

    detail: str
