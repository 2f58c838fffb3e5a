"""The API's document as Byte reads it from the source is the one that the application gives."""

import json
from pathlib import Path

from typer.testing import CliRunner

from byte.cli.app import app
from byte.server.app import create_app
from tests.server.conftest import settings

ROOT = Path(__file__).resolve().parents[2]


def test_what_byte_reads_of_the_registry_is_what_the_registry_says(tmp_path: Path):
    read = tmp_path / "openapi.json"
    named = ["--repo", str(ROOT), "--app", "byte/server/app.py:create_app()"]
    arguments = ["contract", "src", *named, "--no-origins", "--no-cache", "--quiet", "--output", str(read)]
    done = CliRunner().invoke(app(arguments), arguments)
    assert (done.exit_code, done.exception) == (0, None), done.output
    assert json.loads(read.read_text()) == create_app(settings()).openapi()
