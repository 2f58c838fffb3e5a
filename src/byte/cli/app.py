"""The commands and their options."""

import typer

import byte
from byte.cli import keys
from byte.cli.contract import contract
from byte.cli.diff import diff
from byte.cli.import_ import import_
from byte.cli.review import review
from byte.cli.rules import rules
from byte.cli.serve import serve
from byte.cli.store import backup, migrate, restore

app = typer.Typer(
    name="byte",
    help="Reviews backend changes: one report, every statement with its place, the same bytes each time, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"byte {byte.__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Reviews backend changes: one report, every statement with its place, the same bytes each time, offline."""
    del version


app.command()(review)
app.command()(diff)
app.command()(contract)
app.command()(rules)
app.command()(serve)
app.command("import")(import_)
app.add_typer(keys.app)
app.command()(migrate)
app.command()(backup)
app.command()(restore)
