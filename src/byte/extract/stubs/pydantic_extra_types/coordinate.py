from pydantic_core import core_schema

PATTERN = r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"


class _Degrees(float):
    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        return core_schema.union_schema([core_schema.float_schema(), core_schema.decimal_schema()])

    @classmethod
    def __get_pydantic_json_schema__(cls, schema, handler):
        return {"anyOf": [{"type": "number", "minimum": cls.min, "maximum": cls.max}, {"type": "string", "pattern": PATTERN}]}


class Latitude(_Degrees):
    min = -90.0
    max = 90.0


class Longitude(_Degrees):
    min = -180.0
    max = 180.0
