"""The request bodies of routes: one parameter, or a model that FastAPI makes of several (`_get_body_field`)."""

from typing import Final

from byte.extract.contract.dependant import Dependants, stripped
from byte.extract.contract.fields import ModelField, Schema
from byte.extract.contract.parameters import (
    attribute,
    is_field_info,
    is_file,
    is_form,
    is_model,
    is_union_of_models,
)
from byte.extract.contract.routes import Route
from byte.extract.evaluate.interpreter import Interpreter
from byte.extract.evaluate.natives.fastapi import held
from byte.extract.evaluate.values import EMPTY, Annotated, Class, Instance, Module, Place, Union, Value

FORMS_APART: Final = (0, 160)
"""The version from which a model of a form stands beside the form's other fields, not in one of them."""


def is_nullable(type_: Value) -> bool:
    """Whether None is among what a type admits."""
    type_ = stripped(type_)
    return isinstance(type_, Union) and None in type_.args


def _numbered(field: ModelField, index: int) -> ModelField:
    """A body parameter under a name of its own, as it goes into the model of a form."""
    name = f"field_{index}"
    info = None
    if field.info is not None:
        info = Instance(field.info.cls, field.at)
        info.attributes.update(field.info.attributes)
        info.attributes.update(alias=name, validation_alias=name, serialization_alias=name)
        if not attribute(field.info, "title"):
            info.attributes["title"] = field.name.replace("_", " ").title()
    made = ModelField(name, name, field.type, info, field.default, field.mode, field.at)
    metadata = getattr(field.type, "metadata", ())
    if info is not None and any(m is field.info for m in metadata):
        made.type = Annotated(stripped(field.type), tuple(info if m is field.info else m for m in metadata))
    return made


class Bodies:
    """Makes the body of each route of one application."""

    def __init__(self, interp: Interpreter, dependants: Dependants) -> None:
        self.interp = interp
        self.fastapi: tuple[int, ...] = interp.target.fastapi
        self.pydantic_2 = interp.target.pydantic >= (2,)
        self.dependants = dependants
        self.forms: dict[str, list[ModelField]] = {}  # the parameters of each body that has models of forms

    def body(self, route: Route, fields: list[ModelField]) -> None:
        if not fields:
            return
        first = fields[0]
        embeds = self._embeds(fields)
        nullable = self.fastapi >= FORMS_APART and any(self.form_models(f) and is_nullable(f.type) for f in fields)
        if not embeds and not nullable:
            route.body = first
            return
        at = route.origin
        name = f"Body_{route.unique_id}"
        if self.fastapi >= FORMS_APART and any(self.form_models(f) for f in fields):
            numbered = [_numbered(f, i) for i, f in enumerate(fields)]
            cls = self._body_model(name, numbered, at)
            self.forms[name] = fields
        else:
            cls = self._body_model(name, list({f.name: f for f in fields}.values()), at)
        cls.attributes["fields"] = list({f.name: f for f in fields}.values())
        if not embeds:
            route.body = ModelField(first.name, first.alias, cls, first.info, first.default, "validation", at)
            return
        default = EMPTY if any(f.default is EMPTY for f in fields) else None
        kinds = {"File": is_file, "Form": is_form}
        kind = next((k for k, fits in kinds.items() if any(fits(f.info) for f in fields)), "Body")
        info = self.dependants.reader.made(kind, default, at)
        info.attributes.update(annotation=cls, alias="body")
        types = [attribute(f.info, "media_type") for f in fields if kind == "Body" or is_form(f.info)]
        if kind == "Body" or (kind == "Form" and self.fastapi >= (0, 159)):
            if kind == "Form" and "multipart/form-data" in types:
                info.attributes["media_type"] = "multipart/form-data"
            elif len(set(map(str, types))) == 1:
                info.attributes["media_type"] = types[0]
        route.body = ModelField("body", "body", cls, info, default, "validation", at)

    def _embeds(self, fields: list[ModelField]) -> bool:
        """Whether several body parameters are put into one object (`_should_embed_body_fields`)."""
        first = fields[0]
        if len({f.name for f in fields}) > 1:
            return True
        if self.fastapi >= (0, 161) and self.form_models(first):
            own = stripped(first.type)
            if any(not self.form_models(f) or stripped(f.type) is not own for f in fields[1:]):
                return True
        if attribute(first.info, "embed") is True:
            return True
        if not is_form(first.info):
            return False
        type_ = stripped(first.type)
        if self.fastapi >= (0, 113) and is_model(type_):
            return False
        if self.fastapi >= FORMS_APART:
            return not self.form_models(first)
        return not (self.fastapi >= (0, 115, 14) and is_union_of_models(type_))

    def form_models(self, field: ModelField) -> list[Class]:
        """The models whose fields a form parameter stands for (`_get_form_models`)."""
        if not is_form(field.info) or attribute(field.info, "embed") is True:
            return []
        model = self.dependants.param_model(field)
        if model is not None:
            return [model]
        type_ = stripped(field.type)
        parts = [stripped(arg) for arg in type_.args if arg is not None] if isinstance(type_, Union) else []
        return parts if len(parts) > 1 and all(is_model(part) for part in parts) else []

    def form_component(self, name: str, schema: Schema) -> None:
        """Put the models of a form beside its other fields, instead of into them (`_apply_form_body_schema`)."""
        found = schema.pop("properties", {})
        schema.pop("required", None)
        properties: Schema = {}
        required: list[str] = []
        conditions: list[Schema] = []
        for index, field in enumerate(self.forms[name]):
            inner = found.get(f"field_{index}", {})
            models = self.form_models(field)
            if not models:
                if field.alias in properties:
                    conditions.append({"properties": {field.alias: inner}})
                else:
                    properties[field.alias] = inner
                if field.default is EMPTY and field.alias not in required:
                    required.append(field.alias)
                continue
            inner.pop("default", None)
            for key in ("x-origin", "title"):
                inner.pop(key, None)
            conditions.append(self._form_condition(field, models, inner))
        if properties:
            schema["properties"] = properties
        if required:
            schema["required"] = required
        schema["allOf"] = conditions

    def _form_condition(self, field: ModelField, models: list[Class], inner: Schema) -> Schema:
        if not is_nullable(field.type):
            return inner
        inner["anyOf"] = [choice for choice in inner.get("anyOf", []) if choice.get("type") != "null"]
        names = sorted({f.alias for model in models for f in self.dependants.model_fields(model)})
        absent: Schema = {"not": {"anyOf": [{"required": [name]} for name in names]}} if names else {}
        if any(self._extra(model) in ("allow", "forbid") for model in models):
            absent = {"maxProperties": 0}
        return {"not": absent} if field.default is EMPTY else {"anyOf": [absent, inner]}

    def _extra(self, model: Class) -> Value:
        for cls in model.mro:
            config = cls.namespace.get("model_config") if isinstance(cls, Class) else None
            if isinstance(config, dict) and "extra" in config:
                return held(config["extra"])
        return None

    def _body_model(self, name: str, fields: list[ModelField], at: Place) -> Class:
        """The model that FastAPI makes of several body parameters (`create_body_model`)."""
        base = self.interp.library_class("pydantic.main", "BaseModel")
        module = Module("fastapi._compat.v2", "", False, True)
        cls = Class(name, module, [base], at)
        cls.mro = [cls, *(base.mro if isinstance(base, Class) else [base])]
        for field in fields:
            cls.annotations[field.name] = self._beside(field)
            if field.info is not None:
                cls.namespace[field.name] = self._as_field(field)
            cls.lines[field.name] = field.at.line
        cls.attributes["body"] = True
        return cls

    def _beside(self, field: ModelField) -> Value:
        """The type of a body parameter without its marker, which is the model's field; only constraints stay."""
        metadata = getattr(field.type, "metadata", ())
        if not self.pydantic_2 or not any(m is field.info for m in metadata):
            return field.type
        kept: list[Value] = []
        for one in metadata:
            limits = self.dependants.limits(one) if is_field_info(one) and one is not field.info else one
            if limits is not None and limits is not field.info:
                kept.append(limits)
        type_ = stripped(field.type)
        return Annotated(type_, tuple(kept)) if kept else type_

    def _as_field(self, field: ModelField) -> Instance:
        """The marker of a body parameter as the field of a model: with its default and its alias."""
        assert field.info is not None
        out = Instance(field.info.cls, field.at)
        out.attributes.update(field.info.attributes)
        out.attributes.pop("default", None)
        if field.default is not EMPTY and out.attributes.get("default_factory") is None:
            out.attributes["default"] = field.default
        if self.pydantic_2 and self.fastapi < (0, 124):
            out.attributes.pop("alias", None)  # without a `validation_alias`, the model went by the name
        else:
            out.attributes["alias"] = field.alias
        return out
