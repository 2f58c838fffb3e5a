"""Where FastAPI's reading of a signature and Pydantic's writing of schemas meet."""

from typing import Any, Literal, Protocol

from byte.extract.evaluate.values import Class, Instance, Place, Value

Mode = Literal["validation", "serialization"]
Schema = dict[str, Any]


class ModelField:
    """One value that a schema is written for: a parameter, a body, a response. Compared by identity.

    `type` is the evaluated type (its `Annotated` metadata kept); `info` is the `pydantic.fields.FieldInfo` instance (a
    FastAPI `Query`, `Body`, ... is one) whose attributes are what was passed to it; None if there is none. `default`
    is EMPTY where the field is required. `at` is where the source declares it.
    """

    __slots__ = ("alias", "at", "default", "info", "mode", "name", "type")

    def __init__(
        self, name: str, alias: str, type_: Value, info: Instance | None, default: Value, mode: Mode, at: Place
    ) -> None:
        self.name = name
        self.alias = alias
        self.type = type_
        self.info = info
        self.default = default
        self.mode: Mode = mode
        self.at = at


class Schemas(Protocol):
    """Writes the schemas of an application: all fields are added, then the components are built, then read back.

    Names of components depend on all of them, which is why the two passes are apart. One class implements this for
    Pydantic 2, one for Pydantic 1.
    """

    separate: bool
    """Whether a model that differs as input and as output has two components; Pydantic 1 knows no difference."""

    def add(self, field: ModelField) -> None:
        """Announce a field."""

    def build(self) -> dict[str, Schema]:
        """The components by name, sorted as `app.openapi()` sorts them. Every schema and property has `x-origin`."""

    def schema(self, field: ModelField) -> Schema:
        """The schema of one field, as FastAPI's `get_schema_from_model_field` gives it; after `build`."""

    def model_fields(self, cls: Class) -> list[ModelField]:
        """The fields of a model, in order, as FastAPI makes parameters of them."""

    def fresh(self) -> "Schemas":
        """One of the same kind that knows no field yet: for another document."""
