"""`byte keys`, `byte migrate`, `byte serve`: what they print, and what they say when they cannot."""

import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from byte.cli.app import app
from byte.model.errors import ByteError, SettingsError
from byte.registry import keys
from byte.registry.store import Store
from byte.server.settings import page
from tests.server.conftest import settings

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/registry.db"


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app(arguments), arguments)
    if isinstance(done.exception, ByteError):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_a_key_that_a_command_issues_works_until_a_command_revokes_it(url: str):
    token = run("keys", "create", "orders CI", "--days", "3", "--database-url", url).strip()
    store = Store.open(url)
    key = keys.verify(store, token)
    assert (key.name, key.scope) == ("orders CI", "read")
    assert key.expires_at is not None
    assert "orders CI" in run("keys", "list", "--database-url", url)
    run("keys", "revoke", key.id, "--database-url", url)
    assert keys.verify(store, token).revoked_at is not None
    listed = run("keys", "list", "--database-url", url)
    assert "revoked" in listed
    assert token.rpartition("_")[2] not in listed
    store.close()


def test_a_store_that_is_not_there_is_no_empty_list(url: str):
    with pytest.raises(ByteError, match="cannot be opened"):
        run("keys", "list", "--database-url", url)


def test_the_database_comes_from_the_environment_too(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BYTE_DATABASE_URL", url)
    assert "up to date" in run("migrate")


def test_a_setting_that_is_not_valid_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("BYTE_PORT", "hunter2")
    with pytest.raises(SettingsError, match="BYTE_PORT: Input should be a valid integer") as refused:
        run("migrate")
    assert "hunter2" not in str(refused.value)


def test_without_the_packages_of_the_registry_a_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    for name in [name for name in sys.modules if name.startswith("byte.server")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pydantic_settings", None)
    with pytest.raises(SettingsError, match=r"needs pydantic_settings, which is not installed: `pip install"):
        run("migrate")


def test_what_a_backup_holds_can_be_restored(url: str, tmp_path: Path):
    token = run("keys", "create", "kept", "--database-url", url).strip()
    file = tmp_path / "registry.backup"
    run("backup", str(file), "--database-url", url)
    other = f"sqlite:///{tmp_path}/other.db"
    run("restore", str(file), "--database-url", other)
    store = Store.open(other)
    assert keys.verify(store, token).name == "kept"
    store.close()


def test_the_page_of_the_settings_is_up_to_date():
    assert (DOCS / "registry-settings.md").read_text(encoding="utf-8") == page()


def test_every_setting_has_its_sentence():
    fields = type(settings()).model_fields
    assert [name for name, field in fields.items() if not (field.description or "").endswith(".")] == []
