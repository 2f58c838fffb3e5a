from byte_target import PYDANTIC
from pydantic.fields import FieldInfo as PydanticFieldInfo
from pydantic.fields import Undefined


class FieldInfo(PydanticFieldInfo):
    primary_field = False


def Field(
    default=Undefined, *, key_name=None, primary_field=False, index=False, unique=False, min_items=None, max_items=None,
    regex=None, const=None, **options
):
    given = {}
    for name, value in options.items():
        if value is not None:
            given[name] = value
    if PYDANTIC >= (2,):
        named = {"min_length": min_items, "max_length": max_items, "pattern": regex}
    else:
        named = {"min_items": min_items, "max_items": max_items, "regex": regex, "const": const}
    for name, value in named.items():
        if value is not None:
            given[name] = value
    made = FieldInfo(default=default, **given)
    made.primary_field = primary_field
    return made
