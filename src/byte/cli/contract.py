"""`byte contract`: an application's source in, its OpenAPI document out."""

from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import typer

from byte.cli import application
from byte.cli.output import deliver, write
from byte.model.contract import (
    CONDITIONAL,
    ORIGIN,
    UNKNOWN,
    Application,
    Contract,
    Operation,
    marks,
    operations,
    resolved,
    without_origins,
)
from byte.model.errors import SourceError
from byte.report.documents import to_json, to_yaml
from byte.sources import paths

_SHOWN = 8
_MANY = 12


class Format(StrEnum):
    """How the document is written."""

    JSON = "json"
    YAML = "yaml"


def contract(
    path: str = typer.Argument(
        ".",
        metavar="[PATH]",
        help="The folder that the application is imported from, as its server does (`backend` if it is started as "
        "`cd backend && uvicorn app.main:app`).",
    ),
    repo: Path = typer.Option(
        Path(),
        "--repo",
        help="The repository, or a folder in it; a bare one will do, and so does a folder without git.",
    ),
    rev: str | None = typer.Option(
        None, "--rev", help="Read this revision; by default the working tree, uncommitted changes included."
    ),
    app: str | None = typer.Option(
        None,
        "--app",
        metavar="FILE:EXPRESSION",
        help="Which application: a name, a call or an attribute in a file, as in `app/main.py:app`, "
        "`app/main.py:create_app()`, `app/server.py:Server().app`; a router will do. By default the one that the "
        "project's own commands start.",
    ),
    list_: bool = typer.Option(False, "--list", help="Only list the applications that are found, the likeliest first."),
    format_: Format | None = typer.Option(
        None, "--format", help="How to write the document; by default json, or what the name after -o says."
    ),
    no_origins: bool = typer.Option(False, "--no-origins", help="Leave out `x-origin`."),
    target: str | None = typer.Option(
        None,
        "--target",
        metavar="fastapi=X,pydantic=Y",
        help="The versions to write the contract for; by default those of the project's lock or requirement files.",
    ),
    strict: bool = typer.Option(False, "--strict", help="Exit with 1 if anything is unknown, conditional or a gap."),
    explain: str | None = typer.Option(
        None, "--explain", metavar="OPERATION", help="Show where one operation comes from, as in `GET /orders/{id}`."
    ),
    output: Path | None = typer.Option(None, "-o", "--output", help="Write the document to this file."),
    cache_dir: Path | None = typer.Option(None, "--cache-dir", help="Where facts are kept between runs."),
    no_cache: bool = typer.Option(False, "--no-cache", help="Neither read nor write the cache of facts."),
    quiet: bool = typer.Option(False, "--quiet", "-q", help="Say nothing on stderr but errors."),
) -> None:
    """Print the OpenAPI document of a FastAPI application, read from its source.

    The document is what `app.openapi()` gives, in the same order, with `x-origin` (file:line) on every operation,
    parameter, schema and property. The project is never run, imported or installed. What its source does not say is
    marked `x-unknown` or `x-conditional` and told on stderr; the document alone goes to stdout.

    Examples: `byte contract`, `byte contract backend -o openapi.json`, `byte contract --rev v1.2 --format yaml`,
    `byte contract --app app/main.py:create_app()`, `byte contract --explain "GET /orders/{id}"`.

    Exit codes: 0 the document is written, 1 with --strict if something in it is not known, 2 Byte could not do its
    work.
    """
    at, facts = application.tree(repo, path, rev), application.library(cache_dir, no_cache)
    root = at.root
    found = application.found(at, facts) if app is None else ()
    if list_ and app is None:
        write("".join(f"{_relative(item, root)}  ({_why(item)})\n" for item in found))
        return
    result = application.contract_of(at, facts, application.chosen(at, facts, app, found), target)
    if explain is not None:
        write(_explained(result, explain))
    else:
        deliver(_rendered(result, format_ or _default(output), no_origins), output)
    if not quiet:
        for line in _summary(result, root, found):
            typer.echo(line, err=True)
    raise typer.Exit(1 if strict and _open(result) else 0)


# --- what to say -------------------------------------------------------------------------------


def _default(output: Path | None) -> Format:
    return Format.YAML if output is not None and output.suffix in (".yaml", ".yml") else Format.JSON


def _rendered(result: Contract, format_: Format, no_origins: bool) -> str:
    document = without_origins(result.document) if no_origins else result.document
    return to_yaml(document) if format_ is Format.YAML else to_json(document)


def _relative(item: Application, root: str) -> str:
    return item.name.removeprefix(f"{root}/") if root else item.name


def _why(item: Application) -> str:
    return f"{item.why}, {item.at}" if item.at is not None else item.why


def _open(result: Contract) -> int:
    """How much of a contract is not known."""
    return len(result.gaps) + sum(1 for mark in (UNKNOWN, CONDITIONAL) for _ in marks(result.document, mark))


def _summary(result: Contract, root: str, found: tuple[Application, ...]) -> list[str]:
    """What was read, for which versions, how much of it, and what is not known."""
    lines = []
    if result.application is not None:
        others = f"; {len(found) - 1} more: --list" if len(found) > 1 else ""
        lines.append(f"byte: {_relative(result.application, root)} ({_why(result.application)}{others})")
    if result.target is not None:
        item = result.target
        lines.append(
            f"byte: FastAPI {_dots(item.fastapi)} ({item.fastapi_from}), "
            f"Pydantic {_dots(item.pydantic)} ({item.pydantic_from})"
        )
    count = sum(1 for _ in operations(result.document))
    schemas = len(result.document.get("components", {}).get("schemas", {}))
    unknown = list(marks(result.document, UNKNOWN))
    conditional = list(marks(result.document, CONDITIONAL))
    lines.append(
        f"byte: {_number(count, 'operation')}, {_number(schemas, 'schema')}; {len(unknown)} unknown, "
        f"{len(conditional)} conditional, {_number(len(result.gaps), 'gap')}"
    )
    said = [f"  {gap.path}:{gap.line}: {gap.reason}" for gap in result.gaps]
    said += [f"  {reason} (at {pointer})" for pointer, node in unknown for reason in _reasons(node[UNKNOWN])]
    said = list(dict.fromkeys(said))
    lines += said[:_SHOWN]
    if len(said) > _SHOWN:
        lines.append(f"  ... {len(said) - _SHOWN} more")
    return lines


def _reasons(mark: Any) -> list[str]:
    """What one mark says; that of an operation may say several things."""
    items = mark if isinstance(mark, list) else [mark]
    return [
        f"{item.get('at') or 'unknown'}: {item.get('reason', 'unknown')}" for item in items if isinstance(item, dict)
    ]


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _dots(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


# --- one operation -----------------------------------------------------------------------------


def _explained(result: Contract, wanted: str) -> str:
    """Where an operation and all that it takes and gives come from, as an indented list."""
    operation = _operation(result, wanted)
    lines = [f"{operation.name}{_from(operation.body)}"]
    lines += [f"  {line}" for line in result.derivations.get(operation.name, ())]
    lines += _conditions(operation.body, "  ")
    document, body = result.document, operation.body
    for item in body.get("parameters", ()):
        param = resolved(document, item)
        need = "required" if param.get("required") else "optional"
        lines.append(f"  {param.get('in')} {param.get('name')} ({need}): {_shape(param.get('schema'))}{_from(param)}")
        lines += _inner(document, param.get("schema"), "    ", set())
    if "requestBody" in body:
        need = "required" if body["requestBody"].get("required") else "optional"
        lines += _content(document, f"body ({need})", body["requestBody"])
    for code, response in body.get("responses", {}).items():
        lines += _content(document, f"response {code}", resolved(document, response))
    for requirement in body.get("security", ()):
        lines.append(f"  security {', '.join(requirement) or 'none'}")
    return "\n".join(lines) + "\n"


def _operation(result: Contract, wanted: str) -> Operation:
    method, _, place = wanted.strip().partition(" ")
    every = list(operations(result.document))
    found = next((op for op in every if (op.method, op.path) == (method.lower(), place.strip())), None)
    if found is None:
        near = [op.name for op in every if (place.strip() or wanted.strip()) in op.path]
        hint = f"there are {', '.join(near[:_MANY])}" if near else f"it has {len(every)}, write one as `GET /path`"
        raise SourceError(f"The contract has no operation `{paths.safe(wanted)}`: {hint}.")
    return found


def _content(document: dict[str, Any], head: str, node: dict[str, Any]) -> list[str]:
    lines = [f"  {head}{_from(node)}"]
    for media, value in node.get("content", {}).items():
        schema = value.get("schema")
        lines.append(f"    {media}: {_shape(schema)}{_from(schema)}")
        lines += _inner(document, schema, "      ", set())
    return lines


def _inner(document: dict[str, Any], schema: Any, indent: str, seen: set[str]) -> list[str]:
    """The components that a schema refers to, each once, with their properties."""
    lines: list[str] = []
    for reference in _references(schema):
        if reference in seen:
            continue
        seen.add(reference)
        target = resolved(document, {"$ref": reference})
        lines.append(f"{indent}{reference.rpartition('/')[2]}{_from(target)}")
        lines += _conditions(target, f"{indent}  ")
        required = target.get("required", ())
        for name, prop in target.get("properties", {}).items():
            need = "" if name in required else "?"
            lines.append(f"{indent}  {name}{need}: {_shape(prop)}{_from(prop)}")
        lines += _inner(
            document, {"allOf": list(target.get("properties", {}).values()), "items": target.get("items")}, indent, seen
        )
        lines += _inner(document, {k: v for k, v in target.items() if k in ("anyOf", "oneOf", "allOf")}, indent, seen)
    return lines


def _references(schema: Any) -> list[str]:
    if isinstance(schema, list):
        return [found for item in schema for found in _references(item)]
    if not isinstance(schema, dict):
        return []
    own = [schema["$ref"]] if isinstance(schema.get("$ref"), str) else []
    keys = ("allOf", "anyOf", "oneOf", "prefixItems", "items", "additionalProperties", "not")
    return own + [found for key in keys for found in _references(schema.get(key))]


def _shape(schema: Any) -> str:
    """A schema in a few words."""
    if not isinstance(schema, dict) or not schema:
        return "anything"
    if UNKNOWN in schema:
        return f"unknown ({'; '.join(_reasons(schema[UNKNOWN]))})"
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for key in ("anyOf", "oneOf", "allOf"):
        if isinstance(schema.get(key), list):
            return (" & " if key == "allOf" else " | ").join(_shape(item) for item in schema[key])
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return "one of " + ", ".join(msgspec.json.encode(v).decode() for v in values[:_MANY])
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"list of {_shape(schema.get('items'))}"
    words = [str(kind), *([schema["format"]] if "format" in schema else [])]
    words += [
        f"{key} {schema[key]}" for key in schema if key.startswith(("min", "max", "exclusive", "pattern", "multiple"))
    ]
    return " ".join(words)


def _from(node: Any) -> str:
    return f"  <- {node[ORIGIN]}" if isinstance(node, dict) and node.get(ORIGIN) else ""


def _conditions(node: Any, indent: str) -> list[str]:
    found = node.get(CONDITIONAL, ()) if isinstance(node, dict) else ()
    return [f"{indent}only if {item.get('condition')}  <- {item.get('at')}" for item in found if isinstance(item, dict)]
