"""FastAPI applications as source, from a grammar: small packages that import without error.

An application is a list of pieces, each in a file. A piece is text in which `<<module.Name>>` stands for what another
piece defines and libraries' names stand as they are; the imports of a file follow from what stands in it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from hypothesis import strategies as st

Any_ = TypeVar("Any_")

_NAMES = {
    "fastapi": "APIRouter BackgroundTasks Body Cookie Depends FastAPI File Form Header Path Query Request Response Security "
    "UploadFile status",
    "fastapi.responses": "FileResponse HTMLResponse JSONResponse PlainTextResponse RedirectResponse StreamingResponse",
    "fastapi.openapi.utils": "get_openapi",
    "fastapi.routing": "APIRoute",
    "fastapi.sse": "EventSourceResponse",
    "fastapi.security": "APIKeyCookie APIKeyHeader APIKeyQuery HTTPAuthorizationCredentials HTTPBasic HTTPBasicCredentials "
    "HTTPBearer HTTPDigest OAuth2AuthorizationCodeBearer OAuth2PasswordBearer OAuth2PasswordRequestForm OpenIdConnect "
    "SecurityScopes",
    "pydantic": "AliasChoices AliasPath AnyUrl AwareDatetime BaseModel ByteSize ConfigDict Discriminator EmailStr Field "
    "FilePath FutureDate HttpUrl Json NameEmail NonNegativeFloat PositiveInt PrivateAttr RootModel SecretStr StrictBool "
    "StrictInt StringConstraints Tag UUID4 computed_field conint conlist constr create_model field_serializer "
    "field_validator model_serializer model_validator PlainSerializer BeforeValidator WithJsonSchema",
    "pydantic.alias_generators": "to_camel",
    "pydantic_settings": "BaseSettings",
    "typing": "Annotated Any AsyncIterable ClassVar Dict FrozenSet Generic Iterable List Literal Mapping NamedTuple NewType Optional "
    "Sequence Set Tuple TypeVar Union",
    "typing_extensions": "NotRequired Required TypeAliasType TypedDict",
    "collections": "deque",
    "contextlib": "asynccontextmanager",
    "dataclasses": "dataclass",
    "decimal": "Decimal",
    "enum": "Enum IntEnum StrEnum",
    "functools": "partial wraps",
    "http": "HTTPStatus",
    "ipaddress": "IPv4Address",
    "uuid": "UUID",
    "annotated_types": "Gt Len",
}
_LIBRARY = {name: module for module, names in _NAMES.items() for name in names.split()}
_MODULES = ("dataclasses", "datetime", "enum", "pathlib", "pydantic", "re")
_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
_TOKEN = re.compile(r"<<([\w.]+)\.(\w+)>>")


@dataclass(frozen=True)
class Piece:
    """Some lines of a module of the package `app`, and what is to be imported for them besides."""

    module: str
    text: str


@dataclass(frozen=True)
class Application:
    """A package `app` whose `main.py` has `app`.

    `futures` are the modules with `from __future__ import annotations`; `whole` those that import modules rather
    than their names.
    """

    pieces: tuple[Piece, ...]
    futures: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()

    def files(self) -> dict[str, str]:
        """The text of each file by path."""
        modules = list(dict.fromkeys(piece.module for piece in self.pieces))
        files = {"app/__init__.py": ""}
        for module in modules:
            folder = module.rpartition(".")[0].replace(".", "/")
            if folder:
                files[f"app/{folder}/__init__.py"] = ""
        for module in modules:
            files[f"app/{module.replace('.', '/')}.py"] = self._file(module)
        return files

    def _file(self, module: str) -> str:
        text = "\n\n".join(piece.text for piece in self.pieces if piece.module == module)
        own = _defined(text)
        imports: dict[str, set[str]] = {}
        plain: set[str] = set()
        names: dict[tuple[str, str], str] = {}

        def named(match: re.Match[str]) -> str:
            source, name = match[1], match[2]
            if source == module:
                return name
            folder, _, last = source.rpartition(".")
            if module in self.whole:
                alias = f"{last}_module"
                imports.setdefault(f"app.{folder}".rstrip("."), set()).add(f"{last} as {alias}")
                return f"{alias}.{name}"
            if (source, name) not in names:
                taken = name in own or name in names.values()
                names[source, name] = f"{last}_{name}" if taken else name
                imports.setdefault(f"app.{source}", set()).add(f"{name} as {last}_{name}" if taken else name)
            return names[source, name]

        # Names of the library are found before those of the package stand in the text.
        for word in _WORD.findall(_TOKEN.sub("", text)):
            if word in _LIBRARY and word not in own:
                imports.setdefault(_LIBRARY[word], set()).add(word)
            elif word in _MODULES and re.search(rf"(?<![\w.]){word}\.", text):
                plain.add(word)
        body = _TOKEN.sub(named, text)
        head = ["from __future__ import annotations"] if module in self.futures else []
        head += [f"import {name}" for name in sorted(plain)]
        head += [f"from {source} import {', '.join(sorted(found))}" for source, found in sorted(imports.items())]
        return "\n".join([*head, "", "", body.strip("\n")]) + "\n"

    def __repr__(self) -> str:
        return "\n".join(f"# --- {path}\n{text}" for path, text in self.files().items() if text)


def _defined(text: str) -> set[str]:
    """The names that top-level definitions of a text bind."""
    found = re.findall(r"^(?:(?:class|def|async def) (\w+)|(\w+)(?:: \w+)? = )", text, re.MULTILINE)
    return {name for pair in found for name in pair if name}


@dataclass(frozen=True)
class Type:
    """A type as text, the kind of constraints that it takes, and a default if one is easily written."""

    text: str
    kind: str = ""
    default: str | None = None
    flat: bool = True
    """Whether it can be a parameter."""


LEAVES = (
    Type("int", "number", "1"),
    Type("str", "text", '"a"'),
    Type("float", "number", "1.5"),
    Type("bool", "", "True"),
    Type("datetime.datetime", "", "datetime.datetime(2020, 1, 2, 3, 4, 5)"),
    Type("datetime.date", "", "datetime.date(2020, 1, 2)"),
    Type("UUID", "", 'UUID("12345678-1234-5678-1234-567812345678")'),
    Type("Any", "", "None"),
    Type("bytes", "text", 'b"a"'),
    Type("Decimal", "number", 'Decimal("1.5")'),
    Type("datetime.time"),
    Type("datetime.timedelta", "", "datetime.timedelta(minutes=5)"),
    Type("pathlib.Path", "", 'pathlib.Path("/tmp")'),
    Type("EmailStr", "", '"a@b.example"'),
    Type("AnyUrl"),
    Type("HttpUrl", "", '"https://a.example"'),
    Type("SecretStr", "text"),
    Type("PositiveInt", "", "3"),
    Type("NonNegativeFloat"),
    Type("StrictInt", "number", "2"),
    Type("StrictBool"),
    Type("conint(gt=1, le=9)", "", "4"),
    Type("constr(max_length=3)", "", '"b"'),
    Type("UUID4"),
    Type("IPv4Address"),
    Type("AwareDatetime"),
    Type("FutureDate"),
    Type("ByteSize"),
    Type("FilePath"),
    Type("NameEmail"),
    Type('Literal["a"]', "", '"a"'),
    Type('Literal["a", "b"]', "", '"b"'),
    Type("Literal[1, 2]", "", "1"),
    Type('Literal[1, "a", None]', "", "None"),
    Type("Annotated[int, Field(gt=0)]", "", "5"),
    Type("Annotated[int, Gt(3)]", "", "5"),
    Type('Annotated[str, Field(description="Inner", max_length=5)]', "", '"c"'),
    Type('Annotated[str, StringConstraints(min_length=2, pattern="^a")]', "", '"ab"'),
    Type("Annotated[str, BeforeValidator(str.strip)]", "text", '"a"'),
    Type("Annotated[int, PlainSerializer(str, return_type=str)]", "number", "1"),
    Type('Annotated[int, WithJsonSchema({"type": "integer", "x-made": True})]', "", "1"),
    Type("None", "", "None"),
    Type("object"),
)
PLAIN = LEAVES[:7]
BARE = ("list", "dict", "set", "tuple", "List", "Dict[str, Any]", "dict[str, Any]", "Json", "Json[list[int]]")

MODELS = ("Item", "User", "Order", "Page", "Node", "Tag_", "ItemIn", "ItemOut", "ValidationError")
FIELDS = ("id", "name", "size", "owner_id", "items", "note", "created_at", "isActive", "x", "HTTPUrl", "tags", "value2")
PARAMETERS = ("q", "limit", "offset", "x_token", "user_agent", "sort_by", "flag", "since", "filterBy", "ids")
FUNCTIONS = ("read_items", "create", "update_item", "listAll", "remove", "get_one", "search_", "run")
SEGMENTS = ("/items", "/users", "/a/b", "/search", "/x-y", "/", "")
METHODS = ("get", "post", "put", "patch", "delete", "get", "post", "options", "head", "trace")
CONSTRAINTS = {
    "number": ("gt=0", "ge=1, le=100", "lt=10", "multiple_of=5", "ge=2", "strict=True"),
    "text": ("min_length=1", "max_length=8", "min_length=2, max_length=20"),
    "list": ("min_length=1", "max_length=3"),
}
ABOUT = (
    'description="Some words"',
    'title="A title"',
    'examples=["one", 2]',
    "deprecated=True",
    'json_schema_extra={"x-more": [1, {"a": None}]}',
)
FIELD_ONLY = (
    'alias="other{n}"',
    'validation_alias="in{n}"',
    'serialization_alias="out{n}"',
    'validation_alias=AliasChoices("first{n}", "second{n}")',
    "exclude=True",
    "frozen=True",
    "repr=False",
    'alias="al{n}", serialization_alias="ser{n}"',
    "validate_default=True",
    'validation_alias=AliasPath("path{n}", 0)',
    "json_schema_extra=lambda schema: schema.update(made=True)",
)
CONFIGS = (
    'extra="forbid"',
    'extra="allow"',
    "from_attributes=True",
    'title="Titled"',
    "alias_generator=to_camel, populate_by_name=True",
    "alias_generator=lambda name: name.upper()",
    'json_schema_extra={"examples": [{"id": 1}]}',
    "frozen=True",
    "use_enum_values=True",
    "use_attribute_docstrings=True",
    "json_schema_serialization_defaults_required=True",
    "str_max_length=12",
    'ser_json_timedelta="float"',
    'ser_json_bytes="base64"',
    "field_title_generator=lambda name, info: name.title()",
    "model_title_generator=lambda cls: cls.__name__.lower()",
    "strict=True",
    "protected_namespaces=()",
    'json_schema_mode_override="serialization"',
    "serialize_by_alias=True",
    "arbitrary_types_allowed=True",
    'json_schema_extra=lambda schema: schema.pop("title", None)',
)
PARAMETER_ONLY = (
    'alias="other-name"',
    "include_in_schema=False",
    'openapi_examples={"a": {"value": 1, "summary": "One"}}',
    'validation_alias="valid_name"',
)
RESPONSE_CLASSES = (
    "JSONResponse",
    "HTMLResponse",
    "PlainTextResponse",
    "RedirectResponse",
    "StreamingResponse",
    "FileResponse",
)
SCHEMES = (
    'OAuth2PasswordBearer(tokenUrl="token")',
    'OAuth2PasswordBearer(tokenUrl="/token", scopes={"read": "Read", "write": "Write"}, auto_error=False)',
    "HTTPBearer()",
    'HTTPBearer(bearerFormat="JWT", scheme_name="Token", description="A token")',
    "HTTPBasic()",
    "HTTPDigest(auto_error=False)",
    'APIKeyHeader(name="X-Key")',
    'APIKeyQuery(name="key", scheme_name="QueryKey")',
    'APIKeyCookie(name="session", description="The session")',
    'OpenIdConnect(openIdConnectUrl="/openid")',
    'OAuth2AuthorizationCodeBearer(authorizationUrl="/auth", tokenUrl="/token", refreshUrl="/refresh", scopes={"a": "A"})',
)
APPLICATION = (
    'title="Shop"',
    'version="2.0"',
    'description="What it does"',
    'summary="Short"',
    'openapi_tags=[{"name": "items", "description": "Things"}]',
    'servers=[{"url": "https://a.example", "description": "One"}]',
    'contact={"name": "A", "email": "a@b.example"}',
    'license_info={"name": "MIT", "identifier": "MIT"}',
    'terms_of_service="https://a.example/terms"',
    'root_path="/root"',
    "separate_input_output_schemas=False",
    'responses={418: {"description": "Teapot"}}',
    "deprecated=True",
    "default_response_class=PlainTextResponse",
    'generate_unique_id_function=lambda route: f"{route.name}-{route.path}"',
    'openapi_external_docs={"url": "https://docs.example"}',
    "docs_url=None",
)


CUSTOM = """\
def custom_openapi() -> dict[str, Any]:
    if app.openapi_schema:
        return app.openapi_schema
    schema = get_openapi(title="Custom", version="9", routes=app.routes, tags=app.openapi_tags)
    schema["info"]["x-logo"] = {"url": "https://a.example/logo.png"}
    app.openapi_schema = schema
    return app.openapi_schema


app.openapi = custom_openapi"""


@dataclass(frozen=True)
class Symbol:
    """Something that a piece defines and others can use."""

    module: str
    name: str
    kind: str

    def __str__(self) -> str:
        return f"<<{self.module}.{self.name}>>"


@cache
def _below(number: int) -> st.SearchStrategy[int]:
    return st.integers(0, number - 1)


class Maker:
    """Draws one application, piece by piece; the first of several possibilities is the simplest."""

    def __init__(self, draw: Callable[[st.SearchStrategy], int]) -> None:
        self.draw = draw
        self.pieces: list[Piece] = []
        self.symbols: list[Symbol] = []
        self.module = ""
        self.taken: set[tuple[str, str]] = set()
        self.number = 0
        self.futures: frozenset[str] = frozenset()

    # --- drawing

    def pick(self, options: Sequence[Any_]) -> Any_:
        return options[self.draw(_below(len(options)))]

    def chance(self, of: int) -> bool:
        return self.draw(_below(of)) == of - 1

    def many(self, most: int, of: int = 3) -> Iterator[int]:
        """Counts up to `most`, the next with a chance of all but one in `of`."""
        for count in range(most):
            if not self.draw(_below(of)):
                return
            yield count

    def some(self, options: Sequence[str], of: int = 6) -> list[str]:
        """A few of the options."""
        found: list[str] = []
        if self.chance(of):
            for _ in range(1 + self.draw(_below(3))):
                option = self.pick(options)
                keys = {part.strip().partition("=")[0] for part in found}
                if option.partition("=")[0] not in keys:
                    found.append(option)
        return found

    def fresh(self, names: Sequence[str]) -> str:
        """A name that the module at hand does not have yet."""
        name = self.pick(names)
        while (self.module, name) in self.taken:
            self.number += 1
            name = f"{name}{self.number}"
        self.taken.add((self.module, name))
        return name

    def known(self, *kinds: str) -> list[Symbol]:
        return [symbol for symbol in self.symbols if symbol.kind in kinds]

    def write(self, text: str) -> None:
        self.pieces.append(Piece(self.module, text))

    def define(self, name: str, kind: str, text: str) -> Symbol:
        symbol = Symbol(self.module, name, kind)
        self.write(text)
        self.symbols.append(symbol)
        return symbol

    # --- types

    def leaf(self) -> Type:
        enums = self.known("enum")
        if enums and self.chance(6):
            chosen = self.pick(enums)
            return Type(str(chosen), "", f"{chosen}.A")
        aliases = self.known("scalar")
        if aliases and self.chance(8):
            return Type(str(self.pick(aliases)))
        return self.pick(PLAIN) if self.draw(_below(2)) == 0 else self.pick(LEAVES)

    def parameter(self) -> Type:
        """A type of a query, header, cookie or form parameter."""
        inner = self.leaf()
        match self.draw(_below(10)):
            case 6:
                return Type(f"{inner.text} | None" if inner.text != "None" else "int | None", inner.kind, "None")
            case 7:
                return Type(f"Optional[{inner.text}]", inner.kind, "None")
            case 8:
                return Type(f"list[{inner.text}]", "list", "[]")
            case 9:
                return Type(
                    self.pick(("list[str] | None", "set[int]", "Union[int, str]", "tuple[int, ...]", "List[str]")),
                    "",
                    None,
                )
            case _:
                return inner

    def type(self, depth: int = 2) -> Type:
        """A type of a field, a body or a response."""
        choice = self.draw(_below(16)) if depth else 0
        if choice < 5:
            return self.leaf()
        if choice < 9:
            return self.named(depth) or self.leaf()
        inner = self.type(depth - 1)
        if choice == 9:
            return Type(f"list[{inner.text}]", "list", "[]", False)
        if choice == 10:
            if inner.text.startswith(("Optional", "None")) or inner.text.endswith("| None"):
                return inner
            return Type(
                self.pick((f"{inner.text} | None", f"Optional[{inner.text}]", f"Union[{inner.text}, None]")),
                inner.kind,
                "None",
                False,
            )
        if choice == 11:
            keys = (
                "str",
                "int",
                "UUID",
                *(str(enum) for enum in self.known("enum")),
                'Annotated[str, Field(pattern="^a")]',
            )
            return Type(f"{self.pick(('dict', 'Dict', 'Mapping'))}[{self.pick(keys)}, {inner.text}]", "", "{}", False)
        if choice == 12:
            other = self.type(depth - 1)
            return Type(
                self.pick(
                    (
                        f"Union[{inner.text}, {other.text}]",
                        f"Union[{other.text}, {inner.text}, None]",
                        f"{inner.text} | {other.text}" if inner.text != "None" else inner.text,
                    )
                ),
                "",
                None,
                False,
            )
        if choice == 13:
            other = self.type(depth - 1)
            return Type(
                self.pick((f"tuple[{inner.text}, {other.text}]", f"Tuple[{inner.text}, ...]", f"tuple[{inner.text}]")),
                "",
                None,
                False,
            )
        if choice == 14:
            return Type(
                self.pick(
                    (
                        f"List[{inner.text}]",
                        f"Sequence[{inner.text}]",
                        f"Set[{self.leaf().text}]",
                        f"frozenset[{self.leaf().text}]",
                        f"deque[{inner.text}]",
                        f"Iterable[{inner.text}]",
                        f"conlist({inner.text}, min_length=1)",
                        f"Annotated[list[{inner.text}], Field(max_length=4)]",
                        f"Annotated[list[{inner.text}], Len(1, 2)]",
                    )
                ),
                "",
                None,
                False,
            )
        return Type(self.pick(BARE), "", None, False)

    def named(self, depth: int) -> Type | None:
        """A model or another thing that the package defines."""
        symbols = self.known(
            "model", "root", "dataclass", "typeddict", "namedtuple", "alias", "generic", "pair", "union"
        )
        if not symbols:
            return None
        symbol = self.pick(symbols)
        if symbol.kind == "generic":
            return Type(f"{symbol}[{self.argument(depth)}]", "", None, False)
        if symbol.kind == "pair":
            return Type(f"{symbol}[{self.argument(depth)}, {self.argument(depth)}]", "", None, False)
        return Type(str(symbol), "", None, False)

    def argument(self, depth: int) -> str:
        """A type argument of a generic model."""
        found = self.type(depth - 1) if depth > 0 else self.leaf()
        return found.text

    # --- definitions of models.py and schemas.py

    def field(self, number: int, name: str, types: Callable[[], Type] | None = None) -> str:
        """A line of a model's body."""
        kind = types() if types else self.type()
        text = kind.text
        if self.chance(10) and "<<" not in text and '"' not in text:
            text = f'"{text}"'
        settings = _once(self.some(ABOUT, 6) + self.some([o.format(n=number) for o in FIELD_ONLY], 6))
        if kind.kind and self.chance(4):
            settings.append(self.pick(CONSTRAINTS[kind.kind]))
        default = kind.default if kind.default is not None and self.chance(2) else None
        if default in ("[]", "{}") and self.chance(2):
            settings.append(f"default_factory={'list' if default == '[]' else 'dict'}")
            default = None
        if not settings:
            line = f"{name}: {text}" + (f" = {default}" if default is not None else "")
        elif self.chance(3) and not any("default_factory" in s for s in settings) and '"' not in text[:1]:
            line = f"{name}: Annotated[{text}, Field({', '.join(settings)})]" + (
                f" = {default}" if default is not None else ""
            )
        else:
            given = (
                [default]
                if default is not None
                else ["..."]
                if self.chance(3) and "factory" not in settings[-1]
                else []
            )
            line = f"{name}: {text} = Field({', '.join([*given, *settings])})"
        if self.chance(12):
            line += '\n"""What it is for."""'
        return line

    def body(self, most: int = 5, types: Callable[[], Type] | None = None) -> list[str]:
        """The fields of a model."""
        lines = []
        names: dict[str, None] = {}
        for number in self.many(most, 4):
            name = self.pick(FIELDS)
            if name not in names:
                names[name] = None
                lines.append(self.field(number, name, types))
        return lines

    def extras(self) -> list[str]:
        """What else stands in a model's body."""
        lines = []
        if self.chance(8):
            kind = self.type(1)
            lines.append(f"@computed_field\n@property\ndef total(self) -> {kind.text}:\n    ...")
        if self.chance(16):
            lines.append(
                '@computed_field(alias="counted", title="Counted", description="How many")\ndef count(self) -> int:\n    """Words."""\n    return 1'
            )
        if self.chance(12):
            lines.append("KIND: ClassVar[str] = 'a'")
        if self.chance(12):
            lines.append("class Inner(BaseModel):\n    deep: int = 1")
            lines.append(
                self.pick(("inner: Inner", "inner: Optional[Inner] = None", "inner: list[Inner] = Field(default=[])"))
            )
        if self.known("union") and self.chance(8):
            lines.append(f"chosen: {self.pick(self.known('union'))}")
        if self.chance(12):
            lines.append("_secret: int = PrivateAttr(default=1)")
        if self.chance(14):
            lines.append(
                '@field_validator("*", mode="before")\n@classmethod\ndef check(cls, value: Any) -> Any:\n    return value'
            )
        if self.chance(16):
            kind = self.leaf()
            lines.append(
                f'@field_serializer("*", when_used="json")\ndef written(self, value: Any) -> {kind.text}:\n    return value'
            )
        if self.chance(20):
            lines.append("@model_serializer\ndef whole(self) -> dict[str, int]:\n    return {}")
        if self.chance(16):
            lines.append('@model_validator(mode="after")\ndef whole_check(self) -> Any:\n    return self')
        return lines

    def config(self) -> tuple[list[str], list[str]]:
        """Lines of configuration, and keywords of the class."""
        settings = self.some(CONFIGS, 4)
        if not settings:
            return [], []
        match self.draw(_below(6)):
            case 4:
                return [], [", ".join(settings)]
            case 5:
                return ["class Config:", *(f"    {part}" for s in settings for part in _split(s))], []
            case _:
                return [f"model_config = ConfigDict({', '.join(settings)})"], []

    def model(self) -> None:
        """A model, plain or derived."""
        name = self.fresh(MODELS)
        config, keywords = self.config()
        models = self.known("model")
        bases = ["BaseModel"]
        if models and self.chance(3):
            bases = [str(self.pick(models))]
            if self.chance(6):
                bases.insert(0, str(self.pick(self.known("mixin") or models)))
                # The later one first: it may derive from the earlier.
                order = [str(m) for m in models]
                bases = sorted(dict.fromkeys(bases), key=lambda b: -order.index(b) if b in order else -len(order))
        elif self.known("generic") and self.chance(6):
            bases = [f"{self.pick(self.known('generic'))}[{self.argument(1)}]"]
        elif self.known("mixin") and self.chance(4):
            bases.insert(0, str(self.pick(self.known("mixin"))))
        lines = [*config, *self.body(), *self.extras()]
        if self.chance(8):
            own = self.pick((f'list["{name}"]', f'Optional["{name}"]', f'"{name} | None"', f'dict[str, "{name}"]'))
            lines.append(f"again: {own}" + (" = None" if own[0] in 'O"' else ""))
        self.define(name, "model", _class(name, [*bases, *keywords], lines, self.docstring()))

    def docstring(self) -> str:
        return self.pick(("", "", "", "A thing.", "A thing.\n\n    With more:\n        indented.\n    "))

    def enum(self) -> None:
        name = self.fresh(("Color", "Kind", "Level"))
        base, values = self.pick(
            (
                ("str, Enum", ('"a"', '"b"')),
                ("Enum", ('"a"', "2")),
                ("IntEnum", ("1", "2")),
                ("StrEnum", ("enum.auto()", '"b"')),
                ("str, Enum", ('"only"',)),
                ("int, Enum", ("1", "1", "3")),
                ("Enum", ("enum.auto()", "enum.auto()")),
            )
        )
        lines = [f"{member} = {value}" for member, value in zip("ABC", values, strict=False)]
        self.define(name, "enum", _class(name, [base], lines, self.docstring()))

    def generic(self) -> None:
        name = self.fresh(("Box", "Paged", "Result"))
        match self.draw(_below(4)):
            case 3:
                self.write(f'K{name} = TypeVar("K{name}", bound=Any)\nV{name} = TypeVar("V{name}")')
                lines = [f"key: K{name}", f"values: dict[str, V{name}]", *self.body(2)]
                self.define(name, "pair", _class(name, ["BaseModel", f"Generic[K{name}, V{name}]"], lines))
            case _:
                variable = f"T{name}"
                options = self.pick(("", "", ", int, str", ", bound=Any"))
                self.write(
                    f'{variable} = TypeVar("{variable}")'
                    if "int" in options
                    else f'{variable} = TypeVar("{variable}"{options})'
                )
                inner = self.pick(
                    (variable, f"list[{variable}]", f"Optional[{variable}]", f"dict[str, list[{variable}]]")
                )
                config, keywords = self.config()
                lines = [*config, f"data: {inner}" + (" = None" if "Optional" in inner else ""), *self.body(3)]
                others = self.known("generic")
                if others and self.chance(4):
                    lines.append(f"inner: {self.pick(others)}[{variable}]")
                self.define(name, "generic", _class(name, ["BaseModel", f"Generic[{variable}]", *keywords], lines))

    def root(self) -> None:
        name = self.fresh(("Names", "Table", "Root"))
        kind = self.type()
        if self.chance(3):
            default = f" = {kind.default}" if kind.default else ""
            text = _class(name, ["RootModel"], [f"root: {kind.text}{default}"], self.docstring())
        else:
            text = _class(name, [f"RootModel[{kind.text}]"], [], self.docstring())
        self.define(name, "root", text)

    def data(self) -> None:
        """A dataclass, a typed dictionary or a named tuple."""
        name = self.fresh(("Point", "Shape", "Row"))
        kind = self.pick(("dataclass", "typeddict", "namedtuple", "pydantic"))
        lines = []
        for field in dict.fromkeys(self.pick(FIELDS) for _ in range(1 + self.draw(_below(3)))):
            found = self.type(1)
            wrap = found.text
            if kind == "typeddict" and self.chance(3):
                wrap = f"{self.pick(('NotRequired', 'Required'))}[{wrap}]"
            line = f"{field}: {wrap}"
            if kind in ("dataclass", "pydantic") and found.default is not None and self.chance(2):
                if found.default in ("[]", "{}"):
                    line += f" = dataclasses.field(default_factory={'list' if found.default == '[]' else 'dict'})"
                elif "<<" not in found.default or kind:
                    line += f" = {found.default}"
            lines.append(line)
        lines.sort(key=lambda line: " = " in line)
        if kind == "typeddict":
            self.define(
                name,
                "typeddict",
                _class(name, ["TypedDict", *(["total=False"] if self.chance(3) else [])], lines, self.docstring()),
            )
        elif kind == "namedtuple":
            self.define(name, "namedtuple", _class(name, ["NamedTuple"], lines, self.docstring()))
        elif kind == "pydantic":
            config = self.pick(("", "", '(config=ConfigDict(extra="forbid"))'))
            self.define(
                name,
                "dataclass",
                f"@pydantic.dataclasses.dataclass{config}\n" + _class(name, [], lines, self.docstring()),
            )
        else:
            options = self.pick(("", "", "(frozen=True)", "(kw_only=True)"))
            self.define(name, "dataclass", f"@dataclass{options}\n" + _class(name, [], lines, self.docstring()))

    def tagged(self) -> None:
        """A discriminated union of two models."""
        name = self.fresh(("Pet", "Event", "Shape_"))
        texts, models = [], []
        for tag in ("cat", "dog", "eel")[: 2 + self.draw(_below(2))]:
            own = f"{name}{tag.title()}"
            models.append(own)
            default = self.pick(("", f' = "{tag}"'))
            lines = [f'kind: Literal["{tag}"]{default}', *self.body(2)]
            texts.append(_class(own, ["BaseModel"], lines))
        union = self.pick((f"Union[{', '.join(models)}]", " | ".join(models)))
        if self.chance(4):
            parts = ", ".join(f'Annotated[{m}, Tag("{m}")]' for m in models)
            texts.append(f"def tag_of_{name}(value: Any) -> str:\n    return '{models[0]}'")
            texts.append(f"{name} = Annotated[Union[{parts}], Discriminator(tag_of_{name})]")
        else:
            texts.append(f'{name} = Annotated[{union}, Field(discriminator="kind")]')
        self.define(name, "union", "\n\n".join(texts))
        self.symbols += [Symbol(self.module, own, "model") for own in models]

    def twins(self) -> None:
        """Two models that refer to each other."""
        # Pydantic resolves the second name in another module's model of that name, if one nests the first: not here.
        first, second = self.pick((("Parent", "Child"), ("Team", "Member")))
        self.number += 1
        first, second = self.fresh((first,)), self.fresh((f"{second}{self.number}",))
        one = _class(first, ["BaseModel"], [*self.body(2), f'members: list["{second}"] = []'])
        two = _class(second, ["BaseModel"], [*self.body(2), f'owner: Optional["{first}"] = None'])
        self.define(first, "model", f"{one}\n\n{two}")
        self.symbols.append(Symbol(self.module, second, "model"))

    def alias(self) -> None:
        """A name for a type."""
        name = self.fresh(("Number", "Text", "Many"))
        match self.draw(_below(5)):
            case 0:
                self.define(name, "scalar", f"{name} = {self.leaf().text}")
            case 1:
                self.define(name, "scalar", f'{name} = NewType("{name}", {self.pick(("int", "str"))})')
            case 2:
                self.define(name, "scalar", f'{name} = Annotated[int, Field(gt=0, description="A number")]')
            case 3:
                self.define(name, "alias", f"{name} = {self.type().text}")
            case _:
                self.define(name, "alias", f'{name} = TypeAliasType("{name}", {self.type().text})')

    def made(self) -> None:
        name = self.fresh(("Made", "Dynamic"))
        kind = self.type(1)
        base = f", __base__={self.pick(self.known('model'))}" if self.known("model") and self.chance(2) else ""
        self.define(name, "model", f'{name} = create_model("{name}", first=({kind.text}, ...), second=(int, 3){base})')

    def mixin(self) -> None:
        name = self.fresh(("Mixin", "Base"))
        self.define(
            name, "mixin", _class(name, [], [f"mixed: {self.pick(('int = 1', 'str', 'Optional[str] = None'))}"])
        )

    def models(self, module: str, most: int) -> None:
        self.module = module
        makers = (
            self.model, self.model, self.model, self.enum, self.model, self.generic, self.alias, self.data, self.root,
            self.tagged, self.twins, self.made, self.mixin, self.model,
        )  # fmt: skip
        for _ in self.many(most, 6):
            self.pick(makers)()

    # --- parameters

    def parameter_(self, name: str, path: bool = False) -> tuple[str, bool]:
        """The text of one parameter of a function, and whether it has a default."""
        if path:
            kind = self.pick(LEAVES) if self.chance(2) else self.pick(PLAIN)
            settings = self.some(ABOUT, 4)
            if kind.kind and self.chance(4):
                settings.append(self.pick(CONSTRAINTS[kind.kind]))
            match self.draw(_below(5)):
                case 3:
                    return f"{name}: {kind.text} = Path({', '.join(self.pick(([], ['...'])) + settings)})", True
                case 4:
                    return f"{name}: Annotated[{kind.text}, Path({', '.join(settings)})]", False
                case _:
                    return self.pick((f"{name}: {kind.text}", f"{name}: {kind.text}", name)), False
        aliases = self.known("paramalias")
        if aliases and self.chance(5):
            return self.pick(((f"{name}: {self.pick(aliases)}", False), (f"{name}: {self.pick(aliases)} = 1", True)))
        kind = self.parameter()
        text = kind.text
        default = kind.default
        if default == "[]":
            default = None
        if default is None and self.chance(3):
            default = self.pick(("None", "None"))
        elif not self.chance(2):
            default = None
        where = self.pick(("", "", "", "Query", "Query", "Header", "Cookie"))
        if text.startswith(("list", "List", "set", "tuple", "Union[int")):
            where = where or "Query"
        if not where:
            if self.chance(12):
                return (name, False) if default is None else (f"{name}={default}", True)
            return f"{name}: {text}" + (f" = {default}" if default is not None else ""), default is not None
        settings = self.some(ABOUT, 4) + self.some(PARAMETER_ONLY, 6)
        if where == "Header" and self.chance(5):
            settings.append("convert_underscores=False")
        if kind.kind and self.chance(4):
            settings.append(self.pick(CONSTRAINTS[kind.kind]))
        if self.chance(2):
            return (
                f"{name}: Annotated[{text}, {where}({', '.join(settings)})]"
                + (f" = {default}" if default is not None else ""),
                default is not None,
            )
        first = [default] if default is not None else self.pick(([], ["..."]))
        return f"{name}: {text} = {where}({', '.join([*first, *settings])})", True

    def depends(self, name: str) -> tuple[str, bool] | None:
        """A parameter that is a dependency."""
        found = self.known("dep", "dep", "depclass", "depalias", "scheme", "filter")
        if not found:
            return None
        symbol = self.pick(found)
        if symbol.kind == "depalias":
            return f"{name}: {symbol}", False
        scopes = self.pick(('["read"]', '["read", "a"]', "[]"))
        if symbol.kind in ("depclass", "filter"):
            return self.pick(
                (
                    (f"{name}: {symbol} = Depends()", True),
                    (f"{name}: Annotated[{symbol}, Depends()]", False),
                    (f"{name}: Any = Depends({symbol})", True),
                    (f"{name}: Annotated[Any, Depends({symbol})]", False),
                )
            )
        if symbol.kind == "scheme":
            return self.pick(
                (
                    (f"{name}: Any = Depends({symbol})", True),
                    (f"{name}: Annotated[str, Depends({symbol})]", False),
                    (f"{name}: Any = Security({symbol}, scopes={scopes})", True),
                    (f"{name}: Annotated[str | None, Security({symbol})]", False),
                )
            )
        return self.pick(
            (
                (f"{name}: Any = Depends({symbol})", True),
                (f"{name}: Annotated[dict, Depends({symbol})]", False),
                (f"{name}=Depends({symbol})", True),
                (f"{name}: Any = Security({symbol}, scopes={scopes})", True),
                (f"{name}: Annotated[int, Security({symbol}, scopes={scopes})]", False),
                (f"{name}: Any = Depends({symbol}, use_cache=False)", True),
                (f'{name}: Any = Depends({symbol}, scope="request")', True),
                (f"{name}: Any = Depends(lambda q: q)", True),
                (f"{name}: Any = Depends(partial({symbol}))", True),
            )
        )

    def special(self, name: str) -> tuple[str, bool]:
        """A parameter that is none of the contract."""
        kind = self.pick(("Request", "Response", "BackgroundTasks", "SecurityScopes"))
        return f"{name}: {kind}", False

    def bodies(self) -> list[tuple[str, bool]]:
        """Parameters for the body of a request."""
        filters = self.known("filter")
        match self.draw(_below(12)):
            case 0 | 1 | 2:
                named = self.named(1) or Type("dict[str, int]")
                return [self.pick(((f"item: {named.text}", False), (f"item: Optional[{named.text}] = None", True)))]
            case 3:
                kind = self.type()
                settings = self.some((*ABOUT, "embed=True", 'alias="thing"', 'media_type="application/vnd.a+json"'), 2)
                return self.pick(
                    (
                        [(f"item: Annotated[{kind.text}, Body({', '.join(settings)})]", False)],
                        [(f"item: {kind.text} = Body({', '.join(settings)})", True)],
                        [(f"item: {kind.text} = Body({', '.join(['...', *settings])})", True)],
                        [(f"item: {kind.text} = Body({', '.join(['None', *settings])})", True)],
                    )
                )
            case 4:
                first, second = self.type(), self.named(1) or Type("dict")
                return [(f"first: Annotated[{first.text}, Body()]", False), (f"second: {second.text}", False)]
            case 5:
                first = self.leaf()
                return [(f"amount: {first.text} = Body()", True), ("other: Annotated[int, Body(gt=1)] = 2", True)]
            case 6:
                out = []
                for name in dict.fromkeys(self.pick(PARAMETERS) for _ in range(1 + self.draw(_below(3)))):
                    kind = self.parameter()
                    out.append(
                        self.pick(
                            (
                                (f"f_{name}: {kind.text} = Form()", True),
                                (f"f_{name}: Annotated[{kind.text}, Form(description='Form')]", False),
                                (f"f_{name}: Annotated[str, Form()] = 'a'", True),
                                (f"f_{name}: str = Form('b', alias='f.{name}', max_length=5)", True),
                            )
                        )
                    )
                return out
            case 7:
                return [
                    self.pick(
                        (
                            ("upload: UploadFile", False),
                            ("upload: bytes = File()", True),
                            ("upload: Annotated[bytes, File(description='A file')]", False),
                            ("upload: UploadFile | None = None", True),
                            ("upload: list[UploadFile]", False),
                            ("upload: Annotated[list[bytes], File()]", False),
                            ("upload: UploadFile = File(..., description='Up')", True),
                            ("upload: Optional[UploadFile] = File(None)", True),
                        )
                    ),
                    *self.pick(([], [("note: str = Form()", True)], [("token: Annotated[str, Form()]", False)])),
                ]
            case 8 if filters:
                chosen = self.pick(filters)
                return [self.pick(((f"form: Annotated[{chosen}, Form()]", False), (f"form: {chosen} = Form()", True)))]
            case 9:
                return [
                    (
                        'item: Annotated[dict[str, int], Body(openapi_examples={"one": {"summary": "S", "value": {"a": 1}}})]',
                        False,
                    )
                ]
            case 10:
                return [("login: OAuth2PasswordRequestForm = Depends()", True)]
            case _:
                kind = self.named(1) or Type("dict")
                return [(f"items: {self.pick(('list', 'List', 'Sequence'))}[{kind.text}]", False)]

    def parameters(self, path: str, body: bool, most: int = 4) -> str:
        """The parameters of a function for a route."""
        found: list[tuple[str, bool]] = []
        for name in re.findall(r"{(\w+)[:}]", path):
            if not self.chance(10):
                found.append(self.parameter_(name, path=True))
        if self.chance(10):
            found.append(("tenant: str", False))
        names = dict.fromkeys(self.pick(PARAMETERS) for _ in self.many(most))
        for name in names:
            match self.draw(_below(8)):
                case 5 | 6:
                    found.append(self.depends(name) or self.parameter_(name))
                case 7 if self.chance(3):
                    found.append(self.special(name))
                case _:
                    found.append(self.parameter_(name))
        filters = self.known("filter")
        if filters and self.chance(7):
            where = self.pick(("Query()", "Query()", "Header()", "Cookie()", "Header(convert_underscores=False)"))
            found.append(
                self.pick(
                    (
                        (f"filters: Annotated[{self.pick(filters)}, {where}]", False),
                        (f"filters: {self.pick(filters)} = {where}", True),
                    )
                )
            )
        if body:
            found += self.bodies()
        # No name twice: a parameter of the path stays.
        once: dict[str, tuple[str, bool]] = {}
        for text, later in found:
            once.setdefault(re.split(r"[:=]", text)[0], (text, later))
        texts = [text for text, _ in sorted(once.values(), key=lambda pair: pair[1])]
        if texts and self.chance(10):
            texts.insert(self.draw(_below(len(texts))), "*")
        return ", ".join(texts)

    # --- dependencies

    def scheme(self) -> None:
        name = self.fresh(("scheme", "auth", "key_scheme"))
        self.define(name, "scheme", f"{name} = {self.pick(SCHEMES)}")

    def dependency(self) -> None:
        name = self.fresh(("get_db", "current_user", "common", "paging"))
        parameters = self.parameters("", self.chance(20), 3)
        self.define(
            name,
            "dep",
            self.pick(
                (
                    f"def {name}({parameters}) -> Any:\n    return None",
                    f"async def {name}({parameters}):\n    return None",
                    f"def {name}({parameters}):\n    yield 1",
                    f"async def {name}({parameters}):\n    try:\n        yield 1\n    finally:\n        pass",
                )
            ),
        )

    def dependency_class(self) -> None:
        name = self.fresh(("Pager", "Checker", "Guard"))
        first = self.parameters("", False, 3)
        match self.draw(_below(4)):
            case 0:
                self.define(name, "depclass", f"class {name}:\n    def __init__(self, {first}):\n        self.x = 1")
            case 1:
                text = f"class {name}:\n    def __init__(self, role: str) -> None:\n        self.role = role\n\n"
                text += f"    def __call__(self, {first}) -> bool:\n        return True"
                self.write(text)
                made = self.fresh(("checker", "guard"))
                self.define(made, "dep", f'{made} = <<{self.module}.{name}>>("admin")')
            case 2:
                text = f"class {name}:\n    def run(self, {first}) -> None: ...\n\n    @staticmethod\n    def fixed({first}) -> None: ..."
                self.write(text)
                made = self.fresh(("service", "tool"))
                self.write(f"{made}_object = <<{self.module}.{name}>>()")
                self.define(
                    made,
                    "dep",
                    f"{made} = {made}_object.run" if self.chance(2) else f"{made} = <<{self.module}.{name}>>.fixed",
                )
            case _:
                fields = dict.fromkeys(self.pick(PARAMETERS) for _ in range(2))
                lines = [f"{field}: {kind}" for field, kind in zip(fields, ("int", "str | None = None"), strict=False)]
                self.define(name, "depclass", "@dataclass\n" + _class(name, [], lines))

    def dependency_alias(self) -> None:
        name = self.fresh(("CurrentUser", "Common", "Session"))
        found = self.known("dep", "depclass", "scheme")
        if found:
            chosen = self.pick(found)
            style = self.pick(("Depends({0})", "Security({0}, scopes=['me'])", "Depends({0}, use_cache=False)"))
            self.define(name, "depalias", f"{name} = Annotated[Any, {style.format(chosen)}]")

    def parameter_alias(self) -> None:
        name = self.fresh(("Limit", "Token", "Offset"))
        where = self.pick(('Query(le=100, description="At most")', "Header()", 'Query(alias="lim")', "Cookie(gt=1)"))
        self.define(name, "paramalias", f"{name} = Annotated[int, {where}]")

    def filter(self) -> None:
        """A model of parameters alone."""
        name = self.fresh(("Filter", "Search", "Headers"))
        config = self.pick(
            (
                [],
                [],
                ['model_config = ConfigDict(extra="forbid")'],
                ["model_config = ConfigDict(alias_generator=to_camel)"],
            )
        )
        names = dict.fromkeys(self.pick(PARAMETERS) for _ in self.many(4, 5))
        lines = [self.field(number, field, self.parameter) for number, field in enumerate(names)]
        self.define(name, "filter", _class(name, ["BaseModel"], [*config, *lines], self.docstring()))

    def scoped(self) -> None:
        schemes = self.known("scheme")
        if schemes:
            name = self.fresh(("scoped_user", "verified"))
            self.define(
                name,
                "dep",
                f"async def {name}(scopes: SecurityScopes, token: Annotated[str, Depends({self.pick(schemes)})]) -> int:\n    return 1",
            )

    def router_class(self) -> None:
        name = self.fresh(("Router", "ApiRouter"))
        match self.draw(_below(3)):
            case 0:
                text = f"class {name}(APIRouter):\n    pass"
            case 1:
                text = f"class {name}(APIRouter):\n    def __init__(self, *args: Any, **kwargs: Any) -> None:\n"
                text += '        kwargs.setdefault("tags", ["own"])\n        super().__init__(*args, **kwargs)'
            case _:
                text = f"class {name}(APIRouter):\n    def add_api_route(self, path: str, endpoint: Any, **kwargs: Any) -> None:\n"
                text += '        kwargs["response_description"] = "Done"\n        super().add_api_route(path, endpoint, **kwargs)'
        self.define(name, "routerclass", text)

    def route_class(self) -> None:
        name = self.fresh(("TimedRoute",))
        self.define(
            name,
            "routeclass",
            f"class {name}(APIRoute):\n    def get_route_handler(self) -> Any:\n        return super().get_route_handler()",
        )

    def decorator(self) -> None:
        name = self.fresh(("logged", "cached"))
        inner = "    @wraps(function)\n    async def inner(*args: Any, **kwargs: Any) -> Any:\n        return function(*args, **kwargs)\n\n    return inner"
        if self.chance(2):
            self.define(name, "decorator", f"def {name}(function: Any) -> Any:\n{inner}")
        else:
            deeper = "\n".join(f"    {line}" if line else "" for line in inner.splitlines())
            text = f"def {name}(times: int) -> Any:\n    def decorate(function: Any) -> Any:\n{deeper}\n\n    return decorate"
            self.define(name, "decoratorfactory", text)

    def shared_responses(self) -> None:
        name = self.fresh(("ERRORS", "COMMON"))
        self.define(name, "responses", f"{name}: dict[int | str, dict[str, Any]] = {self.responses()}")

    def prefix(self) -> None:
        name = self.fresh(("PREFIX", "BASE"))
        self.define(name, "prefix", f'{name} = "/{name.lower()}"')

    def dependencies(self, most: int) -> None:
        self.module = "deps"
        makers = (
            self.dependency, self.dependency, self.scheme, self.filter, self.dependency_class, self.dependency_alias,
            self.parameter_alias, self.scoped, self.router_class, self.route_class, self.decorator, self.dependency,
            self.scheme, self.filter, self.shared_responses, self.prefix,
        )  # fmt: skip
        for _ in self.many(most, 6):
            self.pick(makers)()

    # --- routes

    def responses(self) -> str:
        """More responses of a route or a router."""
        parts: dict[str, str] = {}
        for _ in range(1 + self.draw(_below(2))):
            kind = self.named(1) or self.type(1)
            key, value = self.pick(
                (
                    ("404", '{"description": "Not there"}'),
                    ("404", f'{{"model": {kind.text}}}'),
                    ("400", f'{{"model": {kind.text}, "description": "Bad"}}'),
                    ('"4XX"', f'{{"model": {kind.text}, "description": "Wrong"}}'),
                    ('"default"', '{"description": "Whatever"}'),
                    ("200", '{"content": {"image/png": {}}, "description": "A picture"}'),
                    ("422", '{"description": "Refused"}'),
                    ("status.HTTP_409_CONFLICT", f'{{"model": list[{kind.text}]}}'),
                    ("401", '{"headers": {"X-A": {"schema": {"type": "string"}}}, "description": "No"}'),
                    ("200", f'{{"model": {kind.text}, "content": {{"text/csv": {{"example": "a,b"}}}}}}'),
                    ("500", "{}"),
                )
            )
            parts[key] = value
        shared = [f"**{self.pick(self.known('responses'))}"] if self.known("responses") and self.chance(3) else []
        return "{" + ", ".join([*shared, *(f"{key}: {value}" for key, value in parts.items())]) + "}"

    def dependencies_of(self) -> str | None:
        found = self.known("dep", "scheme", "depclass")
        if not found:
            return None
        texts = []
        for _ in range(1 + self.draw(_below(2))):
            chosen = self.pick(found)
            texts.append(self.pick((f"Depends({chosen})", f"Depends({chosen})", f'Security({chosen}, scopes=["s"])')))
        return f"[{', '.join(texts)}]"

    def tags(self) -> str:
        enums = self.known("enum")
        if enums and self.chance(8):
            return f"[{self.pick(enums)}.A]"
        return self.pick(('["items"]', '["users", "items"]', '["x y"]'))

    def common(self, of: int) -> list[str]:
        """Keywords that routers, inclusions and routes share."""
        found = []
        if self.chance(of):
            found.append(f"tags={self.tags()}")
        if self.chance(of * 2):
            dependencies = self.dependencies_of()
            if dependencies:
                found.append(f"dependencies={dependencies}")
        if self.chance(of * 2):
            found.append(f"responses={self.responses()}")
        if self.chance(of * 4):
            found.append(f"deprecated={self.pick(('True', 'True', 'False'))}")
        if self.chance(of * 5):
            found.append(f"include_in_schema={self.pick(('False', 'True'))}")
        if self.chance(of * 6):
            found.append(f"default_response_class={self.pick(RESPONSE_CLASSES)}")
        if self.chance(of * 6):
            found.append(
                'generate_unique_id_function=lambda route: f"{route.name}_{len(route.tags)}_{list(route.methods)[0]}"'
            )
        return found

    def path(self, bare: bool) -> str:
        path = self.pick(SEGMENTS if bare else SEGMENTS[:-1])
        if self.chance(2):
            path = path.rstrip("/") + self.pick(
                ("/{item_id}", "/{item_id}/more", "/{name}/{item_id}", "/{file:path}", "/{x:int}", "/{item-id}")
            )
        return path

    def endpoint(self, router: str, bare: bool) -> None:
        """One function and its route."""
        path = self.path(bare)
        method = self.pick(METHODS)
        body = (method in ("post", "put", "patch") and not self.chance(4)) or self.chance(20)
        name = self.fresh(FUNCTIONS)
        parameters = self.parameters(path, body)
        decorator: list[str] = [f'"{path}"']
        returns = ""
        lines: list[str] = []
        generator = False
        bodiless = False
        if self.chance(5):
            code = self.pick(("201", "status.HTTP_202_ACCEPTED", "204", "HTTPStatus.CREATED", "304", "418"))
            bodiless = code in ("204", "304")
            decorator.append(f"status_code={code}")
        if bodiless:
            returns = self.pick(("", " -> None"))
        else:
            kind = self.type()
            match self.draw(_below(12)):
                case 0 | 1 | 2:
                    returns = f" -> {kind.text}"
                case 3 | 4 | 5:
                    decorator.append(f"response_model={kind.text}")
                case 6:
                    returns = f" -> {self.type().text}"
                    decorator.append(f"response_model={kind.text}")
                case 7:
                    returns = f" -> {kind.text}"
                    decorator.append("response_model=None")
                case 8:
                    returns = f" -> {self.pick(('Response', *RESPONSE_CLASSES))}"
                case 9:
                    decorator.append(f"response_class={self.pick(RESPONSE_CLASSES)}")
                    returns = self.pick(("", f" -> {kind.text}"))
                case 11 if self.chance(6):
                    decorator.append("response_class=EventSourceResponse")
                    returns = f" -> AsyncIterable[{kind.text}]"
                    generator = True
                case 10 if self.chance(3):
                    returns = f" -> {self.pick(('AsyncIterable', 'Iterable'))}[{kind.text}]"
                    generator = True
                case _:
                    returns = self.pick(("", " -> None", " -> Any"))
        decorator += [
            k
            for k in self.common(8)
            if not k.startswith(("default_response_class", *(["responses"] if bodiless else [])))
        ]
        decorator += self.some(
            (
                'summary="A summary"',
                'description="A description"',
                f'operation_id="op_{name}_{self.module.replace(".", "_")}"',
                f'name="{name} named"',
                'response_description="What comes"',
                "response_model_exclude_unset=True",
                'response_model_exclude={"id"}',
                "response_model_by_alias=False",
                'openapi_extra={"x-extra": {"a": [1]}}',
                'openapi_extra={"requestBody": {"content": {"text/plain": {"schema": {"type": "string"}}}, "required": True}}',
            ),
            5,
        )
        doc = self.pick(
            (
                "",
                "",
                "",
                '"""Says what it does."""\n    ',
                '"""First.\n\n    Then\n      more.\n    \f\n    hidden\n    """\n    ',
            )
        )
        if generator:
            keyword = "async def" if "Async" in returns else "def"
            lines = [f"{keyword} {name}({parameters}){returns}:", f"    {doc}yield None"]
        else:
            lines = [f"{self.pick(('def', 'async def'))} {name}({parameters}){returns}:", f"    {doc}..."]
        wrapped = self.known("decorator", "decoratorfactory")
        wrapping = []
        if wrapped and not generator and self.chance(6):
            chosen = self.pick(wrapped)
            wrapping = [f"@{chosen}" if chosen.kind == "decorator" else f"@{chosen}(3)"]
        arguments = ", ".join(decorator)
        match self.draw(_below(12)):
            case 9:
                lines = [
                    *wrapping,
                    *lines,
                    "",
                    "",
                    f'{router}.add_api_route({arguments.replace(chr(34) + path + chr(34), chr(34) + path + chr(34) + ", " + name, 1)}, methods=["{method.upper()}"])',
                ]
            case 10:
                lines = [f'@{router}.api_route({arguments}, methods=["{method.upper()}"])', *wrapping, *lines]
            case 11 if "operation_id" in arguments:
                lines = [f'@{router}.api_route({arguments}, methods=["GET", "POST"])', *wrapping, *lines]
            case _:
                lines = [f"@{router}.{method}({arguments})", *wrapping, *lines]
        if self.chance(16) and lines[0].startswith("@"):
            lines.insert(0, f'@{router}.get("/again{self.path(False)}")')
        self.write("\n".join(lines))

    def factory(self, router: str) -> None:
        """A function that makes a router."""
        name = self.fresh(("make_router", "crud"))
        model = str(self.pick(self.known("model") or [Type("dict").text]))
        inner = "model" if self.module not in self.futures else "dict"
        text = f"""def {name}(model: Any, prefix: str, secured: bool = False) -> APIRouter:
    made = APIRouter(prefix=prefix, tags=[prefix.strip("/")])

    @made.get("/", response_model=list[model])
    def read_all(limit: int = 10) -> Any: ...

    @made.post("/", response_model=model, status_code=201)
    def create(item: {inner}) -> Any: ...

    if secured:
        @made.delete("/{{id}}")
        def delete(id: int) -> None: ...

    return made"""
        self.write(text)
        for number in range(1 + self.draw(_below(2))):
            secured = self.pick(("", ", secured=True"))
            self.write(f'{router}.include_router({name}({model}, "/made{number}"{secured}))')

    def loop(self, router: str) -> None:
        """Routes made in a loop."""
        name = self.fresh(("looped", "each"))
        self.write(
            f"""def {name}({self.parameters("", False, 2)}) -> dict[str, int]: ...


for number, path in enumerate(("one", "two")):
    {router}.add_api_route(f"/{{path}}{{number}}", {name}, methods=["GET"], name=path, tags=[path.upper()])"""
        )

    def router(self, module: str) -> None:
        """A module of routes."""
        self.module = module
        known = self.known("router")
        prefix = self.pick(("/things", "", "/v1/things", "/{tenant}"))
        if "{" in prefix and any("{tenant}" in piece.text for piece in self.pieces):
            prefix = "/things"  # a path names a parameter once
        settings = [f'prefix="{prefix}"'] if prefix or self.chance(4) else []
        settings += self.common(5)
        classes = self.known("routeclass")
        if classes and self.chance(3):
            settings.append(f"route_class={self.pick(classes)}")
        makers = self.known("routerclass")
        maker = str(self.pick(makers)) if makers and self.chance(2) else "APIRouter"
        self.taken.add((module, "router"))
        self.define("router", "router", f"router = {maker}({', '.join(settings)})")
        self.routes("router", bool(prefix), 5)
        if known and self.chance(4):
            self.write(f"router.include_router({self.included(self.pick(known))})")
        if self.chance(10):
            self.factory("router")
        if self.chance(10):
            self.loop("router")
        if self.chance(12):
            self.write('@router.websocket("/ws")\nasync def socket(websocket: Any) -> None: ...')

    def routes(self, router: str, bare: bool, most: int) -> None:
        for _ in self.many(most, 5):
            self.endpoint(router, bare)

    def included(self, symbol: "Symbol | str") -> str:
        """The arguments of an inclusion."""
        settings = [str(symbol)]
        if self.chance(2):
            self.number += 1
            constants = self.known("prefix")
            if constants and self.chance(2):
                settings.append(
                    self.pick(
                        (f"prefix={constants[0]}", f'prefix=f"{{{constants[0]}}}/v3"', f'prefix={constants[0]} + "/x"')
                    )
                )
            else:
                settings.append(f'prefix="{self.pick(("/api", "/v2", f"/{{area{self.number}}}"))}"')
        return ", ".join([*settings, *self.common(8)])

    def main(self) -> None:
        """The module of the application."""
        self.module = "main"
        settings = self.some(APPLICATION, 2)
        if self.chance(8):
            dependencies = self.dependencies_of()
            if dependencies:
                settings.append(f"dependencies={dependencies}")
        prefix = ""
        if self.chance(8):
            self.write(
                'class Settings(BaseSettings):\n    prefix: str = "/set"\n    extra: bool = True\n    name: str = "Named"'
            )
            self.write("settings = Settings()")
            prefix = "settings"
            if not any(s.startswith("title") for s in settings):
                settings.append('title=f"{settings.name} API"')
        made = f"FastAPI({', '.join(settings)})"
        routers = self.known("router")
        self.taken.add(("main", "app"))
        if self.chance(5):
            lines = ["def create_app() -> FastAPI:", f"    application = {made}"]
            lines += [f"    application.include_router({self.included(found)})" for found in routers]
            lines += ["    return application", "", "", "app = create_app()"]
            self.write("\n".join(lines))
        else:
            self.write(f"app = {made}")
            match self.draw(_below(8)):
                case 5:
                    names = ", ".join(map(str, routers))
                    self.write(
                        f"for found in ({names},):\n    app.include_router({self.included('found')})" if routers else ""
                    )
                case 6:
                    pairs = ", ".join(f'("/{number}", {found})' for number, found in enumerate(routers))
                    self.write(
                        f"ROUTERS = [{pairs}]\nfor prefix, found in ROUTERS:\n    app.include_router(found, prefix=prefix)"
                    )
                case 7:
                    pairs = ", ".join(f'"r{number}": {found}' for number, found in enumerate(routers))
                    self.write(
                        f"ROUTERS = {{{pairs}}}\nfor name, found in ROUTERS.items():\n    app.include_router(found, prefix=f'/{{name}}', tags=[name])"
                    )
                case _:
                    for found in routers:
                        self.write(f"app.include_router({self.included(found)})")
        if routers and self.chance(4):
            self.write(f'app.include_router({self.pick(routers)}, prefix="/twice")')
        if prefix and routers:
            self.write(f"if settings.extra:\n    app.include_router({self.pick(routers)}, prefix=settings.prefix)")
        self.routes("app", False, 4)
        if self.chance(12):
            self.write('app.mount("/sub", FastAPI())')
        if self.chance(14):
            self.write(CUSTOM)
        if self.chance(12):
            self.loop("app")
        if self.chance(12):
            self.factory("app")
        if self.chance(12):
            kind = (self.named(1) or Type("dict")).text
            self.write(f'@app.webhooks.post("changed")\ndef changed(body: {kind}) -> None:\n    """Told."""')
        if self.chance(14):
            self.write(
                f'callbacks = APIRouter()\n\n\n@callbacks.post("{{$callback_url}}/done")\ndef done(body: {(self.named(1) or Type("dict")).text}) -> None: ...'
            )
            self.write(
                '@app.post("/with-callback", callbacks=callbacks.routes)\ndef with_callback(callback_url: str) -> None: ...'
            )
        if self.chance(14):
            self.write('@app.middleware("http")\nasync def timed(request: Request, call_next: Any) -> Any: ...')
        if self.chance(14):
            self.write("@app.exception_handler(ValueError)\ndef failed(request: Request, error: Exception) -> Any: ...")


def _class(name: str, bases: Sequence[str], lines: Sequence[str], doc: str = "") -> str:
    head = f"class {name}({', '.join(bases)}):" if bases else f"class {name}:"
    body = [f'"""{doc}"""'] if doc else []
    body += lines
    inner = "\n".join(body) or "pass"
    return head + "\n" + "\n".join(f"    {line}" if line else "" for line in inner.split("\n"))


def _once(settings: Sequence[str]) -> list[str]:
    """Keyword arguments without those that others before them give."""
    found: dict[str, str] = {}
    for setting in settings:
        names = re.findall(r"(?:^|, )(\w+)=", setting)
        if not any(name in found for name in names):
            found |= dict.fromkeys(names, "")
            found[names[0]] = setting
    return [setting for setting in found.values() if setting]


def _split(settings: str) -> list[str]:
    """Keyword arguments as assignments."""
    return [
        f"{part.partition('=')[0].strip()} = {part.partition('=')[2]}" for part in re.split(r", (?=\w+=)", settings)
    ]


@st.composite
def applications(draw: Callable[[st.SearchStrategy], int]) -> Application:
    """Applications, the simplest with an empty `main.py`'s worth."""
    maker = Maker(draw)
    modules = ("models", "schemas", "deps", "routers.items", "routers.users", "routers.admin", "main")
    maker.futures = frozenset(module for module in modules if maker.chance(6))
    whole = frozenset(module for module in modules if maker.chance(10))
    maker.models("models", 6)
    if maker.chance(3):
        maker.models("schemas", 4)
    maker.dependencies(6)
    for module in modules[3:-1]:
        if maker.draw(_below(3)):
            maker.router(module)
    maker.main()
    return Application(tuple(piece for piece in maker.pieces if piece.text), maker.futures, whole)
