"""Pydantic (and SQLModel, settings, dataclass) models with their fields and constraints."""

from collections.abc import Iterator

from byte.extract.linker import Linker, internal, key, split
from byte.extract.types import Types
from byte.model import syntax as s
from byte.model.facts import Class, Field, Model
from byte.model.review import Location

MENTIONS = ("BaseModel", "SQLModel", "BaseSettings")

_BASE = frozenset({"pydantic.BaseModel"})
_SETTINGS = frozenset({"pydantic_settings.BaseSettings"})
_SQLMODEL = frozenset({"sqlmodel.SQLModel"})
_FIELD = frozenset({"pydantic.Field", "sqlmodel.Field"})
_CONSTRAINED = frozenset({"constr", "conint", "confloat", "condecimal", "conbytes", "conlist", "conset", "condate"})
_MAX_DEPTH = 8
_NOT_FIELDS = frozenset({"model_config", "Config"})


class Models:
    """Models by class key; every answer is remembered."""

    def __init__(self, linker: Linker, types: Types) -> None:
        self.linker = linker
        self.types = types
        self._models: dict[str, Model | None] = {}

    def model(self, target: str | None) -> Model | None:
        """The model with this key, None if the class is none."""
        if target is None:
            return None
        if target not in self._models:
            cls = self.linker.cls(target)
            self._models[target] = self._read(cls) if cls is not None else None
        return self._models[target]

    def of_file(self, path: str) -> Iterator[Model]:
        """The models that one file defines."""
        for name in self.linker.symbols(path).classes:
            found = self.model(key(path, name))
            if found is not None:
                yield found

    def _read(self, cls: Class) -> Model | None:
        kind = self._kind(cls)
        if kind is None:
            return None
        fields: dict[str, Field] = {}
        for base in self.linker.mro(cls.key):
            owner = self.linker.cls(base)
            for field in self._fields(owner) if owner is not None else ():
                fields.setdefault(field.name, field)
        bases = tuple(b for b in cls.bases if b is not None)
        return Model(
            key=cls.key,
            name=cls.qualname,
            at=cls.at,
            kind=kind,  # type: ignore[arg-type]
            fields=tuple(fields.values()),
            bases=bases,
            node=cls.node,
        )

    def _kind(self, cls: Class) -> str | None:
        if self.linker.is_subclass(cls.key, _SETTINGS):
            return "settings"
        if self.linker.is_subclass(cls.key, _SQLMODEL):
            return "sqlmodel"
        if self.linker.is_subclass(cls.key, _BASE):
            return "pydantic"
        for decorator in cls.node.decorators:
            expr = decorator.func if isinstance(decorator, s.Call) else decorator
            if self.types.resolve(cls.path, expr) in ("dataclasses.dataclass", "pydantic.dataclasses.dataclass"):
                return "dataclass"
        return None

    def _fields(self, cls: Class) -> Iterator[Field]:
        for stmt in cls.node.body:
            if not isinstance(stmt, s.Assign) or stmt.annotation is None:
                continue
            name = s.dotted(stmt.targets[0])
            if name is None or name.startswith("_") or name in _NOT_FIELDS or self._class_var(cls, stmt.annotation):
                continue
            yield self._field(cls, name, stmt)

    def _class_var(self, cls: Class, annotation: s.Expr) -> bool:
        expr = annotation.value if isinstance(annotation, s.Subscript) else annotation
        return self.types.resolve(cls.path, expr) == "typing.ClassVar"

    def _field(self, cls: Class, name: str, stmt: s.Assign) -> Field:
        default: s.Expr | None = stmt.value
        factory: s.Expr | None = None
        constraints: dict[str, s.Expr] = {}
        for call in self._field_calls(cls, stmt):
            constraints.update({k.name: k.value for k in call.keywords if k.name})
            factory = factory or s.keyword(call, "default_factory")
            if call is stmt.value:
                default = s.argument(call, 0, "default")
        if isinstance(default, s.Constant) and default.kind == "ellipsis":
            default = None
        kind = self.types.annotation(cls.path, stmt.annotation)
        return Field(
            name=name,
            at=Location(cls.path, stmt.line, stmt.end),
            annotation=stmt.annotation,
            type=kind,
            default=default,
            default_factory=factory,
            required=default is None and factory is None,
            constraints=constraints,
            alias=s.string(constraints.get("alias") or constraints.get("serialization_alias")),
        )

    def _field_calls(self, cls: Class, stmt: s.Assign) -> Iterator[s.Call]:
        yield from self._annotated(cls.path, stmt.annotation, 0)
        if isinstance(stmt.value, s.Call) and self.types.resolve(cls.path, stmt.value.func) in _FIELD:
            yield stmt.value

    def _annotated(self, path: str, annotation: s.Expr | None, depth: int) -> Iterator[s.Call]:
        """The calls inside `Annotated[...]`, there, in an optional, or behind an alias of the project."""
        if depth > _MAX_DEPTH:
            return
        match annotation:
            case s.Subscript():
                target = self.types.resolve(path, annotation.value)
                index = annotation.index
                if target == "typing.Annotated" and isinstance(index, s.Sequence) and index.items:
                    yield from self._annotated(path, index.items[0], depth + 1)
                    yield from (item for item in index.items[1:] if isinstance(item, s.Call))
                elif target == "typing.Optional":
                    yield from self._annotated(path, index, depth + 1)
            case s.Binary(op="|"):
                for side in (annotation.left, annotation.right):
                    other = annotation.right if side is annotation.left else annotation.left
                    if isinstance(other, s.Constant) and other.kind == "none":
                        yield from self._annotated(path, side, depth + 1)
            case s.Name() | s.Attribute():
                target = self.types.resolve(path, annotation)
                home, name = split(target) if target is not None and internal(target) else ("/", "")
                binding = self.linker.symbols(home).bindings.get(name) if not home.endswith("/") else None
                if binding is not None and binding.kind == "value":
                    yield from self._annotated(home, binding.expr, depth + 1)
            case s.Call():
                name = (self.types.resolve(path, annotation.func) or "").rpartition(".")[2]
                if name in _CONSTRAINED:
                    yield annotation
