"""Schemas as Pydantic 1 and FastAPI write them: no difference between input and output, `$ref` alone or in `allOf`."""

from byte.extract.contract import plain as texts
from byte.extract.contract.fields import ModelField, Schema
from byte.extract.contract.pydantic1.models import Models
from byte.extract.contract.pydantic1.schema import Skipped, Writer, as_kept, component_names
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.values import Class

__all__ = ["Pydantic1Schemas"]


class Pydantic1Schemas:
    """The schemas of an application whose Pydantic is version 1."""

    def __init__(self, interp: Interpreter) -> None:
        self.separate = False
        self.interp = interp
        self.models = Models(interp)
        self.writer = Writer(self.models)
        self._known: dict[int, Class] = {}
        self._named_types = interp.target.fastapi >= (0, 117)

    def add(self, field: ModelField) -> None:
        """Announce a field."""
        self.writer.collect(self.models.of_parameter(field), self._known)

    def build(self) -> dict[str, Schema]:
        """The components by name, sorted; every one and every property has `x-origin`."""
        classes = list(self._known.values())
        self.writer.names = component_names(classes)
        out: dict[str, Schema] = {}
        for cls in classes:
            schema = self.writer.component(cls)
            schema["x-origin"] = texts.place(cls.at)
            if cls.conditions:
                schema["x-conditional"] = [{"at": texts.place(c.at), "condition": c.text} for c in cls.conditions]
            out[self.writer.names[id(cls)]] = as_kept(schema, self._named_types)
        return {name: out[name] for name in sorted(out)}

    def schema(self, field: ModelField) -> Schema:
        """The schema of one field; after `build`."""
        try:
            found: Schema = as_kept(self.writer.field(self.models.of_parameter(field)), self._named_types)
            return found
        except Skipped:
            return {}

    def model_fields(self, cls: Class) -> list[ModelField]:
        """The fields of a model, in order, as FastAPI makes parameters of them."""
        return self.models.as_parameters(cls)

    def fresh(self) -> "Pydantic1Schemas":
        """One that knows no field yet."""
        return Pydantic1Schemas(self.interp)
