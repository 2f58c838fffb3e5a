"""The evaluation that a contract is read from: what code of a project asks of its own schemas is answered here.

The evaluator knows nothing of schemas. A project may yet read them while it is imported (`Model.schema()`,
`Model.model_json_schema()`, `Model.__fields__`), so that the stubs of Pydantic call these natives.
"""

from typing import Final

from byte.extract.contract.pydantic1 import reflection
from byte.extract.contract.pydantic2 import model_json_schema
from byte.extract.evaluate.interpreter import Interpreter, Target
from byte.extract.evaluate.natives.base import NativeFunction, guarded_table, unknown
from byte.extract.evaluate.source import Source
from byte.extract.evaluate.values import Value


def interpreter(source: Source, target: Target) -> Interpreter:
    """An interpreter whose code can ask for schemas."""
    return Interpreter(source, target, NATIVES)


def _model_fields(interp: Interpreter, args: list[Value], _: dict[str, Value]) -> Value:
    return reflection.model_fields(interp, args[0])


def _model_schema(interp: Interpreter, args: list[Value], _: dict[str, Value]) -> Value:
    return reflection.model_schema(interp, *args)


def _field_schema(interp: Interpreter, args: list[Value], _: dict[str, Value]) -> Value:
    return reflection.field_schema(interp, args[0], args[1])


def _json_schema(interp: Interpreter, args: list[Value], kwargs: dict[str, Value]) -> Value:
    """`Model.model_json_schema(...)`; `adapter_json_schema` has the configuration as its second argument."""
    mode = kwargs.get("mode", "validation")
    template = kwargs.get("ref_template", "#/$defs/{model}")
    if kwargs.get("schema_generator") is not None or mode not in ("validation", "serialization"):
        return unknown(interp, "a JSON Schema is written by a generator of its own")
    config = args[1] if len(args) > 1 and isinstance(args[1], dict) else None
    return model_json_schema(interp, args[0], mode, template if isinstance(template, str) else "", config)


NATIVES: Final[dict[str, NativeFunction]] = guarded_table(
    {
        "byte_pydantic1.field_schema": _field_schema,
        "byte_pydantic1.model_fields": _model_fields,
        "byte_pydantic1.model_schema": _model_schema,
        "byte_pydantic.adapter_json_schema": _json_schema,
        "byte_pydantic.model_json_schema": _json_schema,
    }
)
