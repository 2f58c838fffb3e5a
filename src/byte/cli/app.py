"""The commands and their options."""

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Final

import typer

import byte

COMMANDS: Final[Mapping[str, str]] = {
    "review": "review:review",
    "diff": "diff:diff",
    "contract": "contract:contract",
    "rules": "rules:rules",
    "serve": "serve:serve",
    "publish": "publish:publish",
    "import": "import_:import_",
    "search": "search:search",
    "policy": "policy:policy",
    "consume": "consume:consume",
    "impact": "impact:impact",
    "keys": "keys:app",
    "migrate": "store:migrate",
    "backup": "store:backup",
    "restore": "store:restore",
}
"""The commands in the order of the help, and where each is: a function, or commands below it, of a module."""


def app(arguments: Sequence[str]) -> typer.Typer:
    """The command line. Of the commands only the one that is called is loaded: what the others need is most of Byte."""
    made = typer.Typer(
        name="byte",
        help="Reviews backend changes with proof, and keeps every backend API of a company.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_root)
    for name in arguments[:1] if arguments and arguments[0] in COMMANDS else COMMANDS:
        module, _, attribute = COMMANDS[name].partition(":")
        command = getattr(import_module(f"byte.cli.{module}"), attribute)
        if isinstance(command, typer.Typer):
            made.add_typer(command, name=name)
        else:
            made.command(name)(command)
    return made


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"byte {byte.__version__}")
        raise typer.Exit


def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Reviews backend changes: one report, every statement with its place, the same bytes each time, offline."""
    del version
