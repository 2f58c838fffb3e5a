from typing import Optional
from uuid import UUID

from beanie.odm.fields import PydanticObjectId
from byte_target import PYDANTIC
from pydantic import BaseModel, Field


def json_schema_extra(schema, model):
    """Fields that are left out of the answer are left out of every schema."""
    properties = schema.get("properties")
    if not properties:
        return
    for name, field in model.model_fields.items():
        if field.exclude is True:
            properties.pop(field.alias or name, None)


def document_alias_generator(name):
    return "_id" if name == "id" else name


if PYDANTIC >= (2,):

    class Document(BaseModel):
        model_config = {
            "json_schema_extra": json_schema_extra,
            "populate_by_name": True,
            "alias_generator": document_alias_generator,
        }

        id: Optional[PydanticObjectId] = Field(default=None, description="MongoDB document ObjectID")
        revision_id: Optional[UUID] = Field(default=None, exclude=True)

else:

    class Document(BaseModel):
        class Config:
            allow_population_by_field_name = True
            fields = {"id": "_id"}

        id: Optional[PydanticObjectId] = Field(default=None, description="MongoDB document ObjectID")
