from typing import ClassVar

from byte_target import PYDANTIC
from pydantic import BaseModel
from pydantic.fields import FieldInfo as PydanticFieldInfo
from pydantic.fields import Undefined
from sqlalchemy import MetaData

_COLUMN = (
    "primary_key",
    "foreign_key",
    "ondelete",
    "unique",
    "nullable",
    "index",
    "sa_type",
    "sa_column",
    "sa_column_args",
    "sa_column_kwargs",
)
_IGNORED = () if PYDANTIC < (2,) else ("const", "unique_items", "allow_mutation", "regex", "include")


class InstrumentedAttribute:
    pass


class FieldInfo(PydanticFieldInfo):
    pass


def Field(default=Undefined, *, schema_extra=None, min_items=None, max_items=None, **options):
    column = {}
    given = {}
    for name, value in options.items():
        if name in _COLUMN:
            column[name] = value
        elif value is not None and name not in _IGNORED:
            given[name] = value
    if PYDANTIC < (2,):
        if min_items is not None:
            given["min_items"] = min_items
        if max_items is not None:
            given["max_items"] = max_items
        given.update(schema_extra or {})
    else:
        if min_items is not None and "min_length" not in given:
            given["min_length"] = min_items
        if max_items is not None and "max_length" not in given:
            given["max_length"] = max_items
        extra = schema_extra or {}
        for name in ("validation_alias", "serialization_alias"):
            found = given.get(name) or extra.get(name) or given.get("alias")
            if found is not None:
                given[name] = found
        for name, value in extra.items():
            if name not in ("validation_alias", "serialization_alias"):
                given[name] = value
    made = FieldInfo(default=default, **given)
    made.sa_options = column
    return made


class RelationshipInfo:
    def __init__(self, **options):
        self.options = options


def Relationship(**options):
    return RelationshipInfo(**options)


class SQLModel(BaseModel):
    metadata: ClassVar = MetaData()
    __sqlmodel_table__ = False

    if PYDANTIC < (2,):

        class Config:
            orm_mode = True

    else:
        model_config = {"from_attributes": True}

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        for name, value in list(cls.__dict__.items()):
            if isinstance(value, RelationshipInfo):
                delattr(cls, name)
        if PYDANTIC >= (2,) and cls.__sqlmodel_table__:
            # The columns that the table above has put in place of its fields become the defaults of this class.
            for above in cls.__mro__[1:]:
                if isinstance(above, type) and issubclass(above, SQLModel):
                    for name in above.__annotations__:
                        if name not in cls.__dict__:
                            setattr(cls, name, InstrumentedAttribute())
        if options.get("table") is True:
            cls.__sqlmodel_table__ = True

    def sqlmodel_update(self, obj, *, update=None):
        return self
