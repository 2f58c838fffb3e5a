"""The settings of the server: variables of the environment that begin with `BYTE_`. Each has its sentence here.

docs/registry-settings.md is made of them.
"""

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, IPvAnyNetwork, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from byte.registry.oidc import SCOPE_VALUES, Issuer
from byte.registry.records import Scope

PREFIX: Final = "BYTE_"


class Settings(BaseSettings):
    """How a registry is run. Everything has a default that is safe: nothing has to be set to start."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True)

    database_url: SecretStr | None = Field(
        default=None,
        description="Where the registry is kept: `sqlite:///path` or `postgresql://user:password@host/name`. Without it: "
        "one SQLite file, `registry.db` in the data folder.",
    )
    data_folder: Path | None = Field(
        default=None,
        description="The folder of the SQLite file where no database is named. Without it: the user's own folder for data "
        "(`$XDG_DATA_HOME/byte` or `~/.local/share/byte`; on macOS `~/Library/Application Support/byte`).",
    )
    host: str = Field(default="127.0.0.1", description="The address that `byte serve` listens at.")
    port: int = Field(
        default=8080, ge=0, le=65_535, description="The port that `byte serve` listens at; 0 takes a free one."
    )
    workers: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Processes that answer. Each counts its own rate limits; `/metrics` is that of the one that answers (`byte_process_info`).",
    )
    threads: int = Field(
        default=8,
        ge=2,
        le=200,
        description="Threads of a process that ask the store; half of them may write at once.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses of proxies, by comma, whose `X-Forwarded-For` is believed; `*` believes everybody.",
    )
    open_read: bool = Field(default=False, description="Whether reading needs no key.")
    open_metrics: bool = Field(
        default=True, description="Whether `/metrics` needs no key; else it needs one that reads."
    )
    rate_limit: float = Field(
        default=1_000,
        ge=0,
        le=1_000_000,
        description="Requests a second that one key may send, twice that in a burst; 0 for no limit.",
    )
    anonymous_rate_limit: float = Field(
        default=100,
        ge=0,
        le=1_000_000,
        description="Requests a second from one address without a valid key, twice that in a burst; 0 for no limit.",
    )
    body_limit: int = Field(
        default=1_048_576, ge=1_024, le=1 << 30, description="Bytes that the body of a request may have."
    )
    document_limit: int = Field(
        default=67_108_864,
        ge=1_024,
        le=1 << 30,
        description="Bytes that the body of a request may have where documents are published.",
    )
    imports_at_once: int = Field(
        default=4,
        ge=1,
        le=100,
        description="Imports that a process takes at one time; more are told to come later (429).",
    )
    request_timeout: float = Field(
        default=30, gt=0, le=3_600, description="Seconds until an answer must have begun; then it is a problem (503)."
    )
    shutdown_timeout: int = Field(
        default=20, ge=0, le=3_600, description="Seconds that running requests are given when the server stops."
    )
    cors_origins: tuple[str, ...] = Field(
        default=(),
        description='Origins of web pages that may ask the API, as JSON (`["https://portal.example"]`). None by default.',
    )
    log_format: Literal["auto", "json", "console"] = Field(
        default="auto", description="How the log is written: `auto` is `console` at a terminal and `json` elsewhere."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least that is logged. Probes of health are logged at `debug`."
    )
    oidc_issuer: str | None = Field(
        default=None,
        pattern=r"^https?://\S+$",
        description="The OpenID Connect issuer whose bearer tokens are taken beside keys, as its tokens name it (`iss`). Its "
        "address must be public, or in one of the allowed networks.",
    )
    oidc_audience: str | None = Field(
        default=None,
        validate_default=True,
        description="What `aud` of a token must have: needed with an issuer.",
    )
    oidc_jwks_url: str | None = Field(
        default=None,
        pattern=r"^https?://\S+$",
        description="Where the keys of the issuer are. Without it: where its `/.well-known/openid-configuration` says.",
    )
    oidc_scope_claim: str = Field(
        default="scope",
        min_length=1,
        description="The claim whose values give scopes: a name, or a JSON pointer (`/realm_access/roles`).",
    )
    oidc_scopes: dict[str, Scope] = Field(
        default=dict(SCOPE_VALUES),
        description="Which value of it gives which scope, as JSON.",
    )
    oidc_owner_claim: str = Field(
        default="byte_owner",
        min_length=1,
        description="The claim that names the team whose services a token publishes: a name or a JSON pointer.",
    )
    oidc_name_claim: str = Field(
        default="sub",
        min_length=1,
        description="The claim by which the audit names who came with a token (after `oidc:`).",
    )
    background: bool = Field(
        default=True,
        description="Whether this process may do the work that no request asks for (probes, webhooks, retention).",
    )
    allowed_networks: tuple[IPvAnyNetwork, ...] = Field(
        default=(),
        description="Networks that may be asked (probes, webhooks) though they are not public, as JSON "
        '(`["10.0.0.0/8", "127.0.0.1"]`). Where a cloud hands out credentials is asked only if it is named by itself.',
    )
    probes_at_once: int = Field(default=50, ge=1, le=1_000, description="How many services are probed at one time.")
    check_days: int = Field(
        default=30, ge=0, le=3_650, description="Days that probes of services are kept; 0 keeps them for ever."
    )
    embeddings: str = Field(
        default="static",
        pattern=r"^(static|onnx|none|https?://\S+|[^\s:]*/.*)$",
        max_length=1_000,
        description="What turns operations and questions into vectors: `static` (in the box), `onnx` (all-MiniLM-L6-v2), "
        "the base URL of an OpenAI-compatible service (`https://host/v1`), the path of a sentence-transformers model, "
        "or `none`: search by words alone.",
    )
    embeddings_model: str = Field(
        default="",
        max_length=500,
        description="The model that the service of `BYTE_EMBEDDINGS` is asked for; for `onnx` the folder of its weights, "
        "where they are not the package's.",
    )
    embeddings_key: SecretStr | None = Field(default=None, description="The key for the service of `BYTE_EMBEDDINGS`.")
    index_dir: Path | None = Field(
        default=None,
        description="The folder that the search index is kept in. Without it: beside the SQLite file, else the user's own "
        "folder for caches. It can be deleted at any time.",
    )
    event_days: int = Field(default=0, ge=0, le=3_650, description="Days that events are kept; 0 keeps them for ever.")

    @field_validator("oidc_audience")
    @classmethod
    def _with_issuer(cls, value: str | None, info: ValidationInfo) -> str | None:
        if not value and info.data.get("oidc_issuer") is not None:
            raise ValueError("an issuer needs the audience that its tokens must be for")
        return value

    def issuer(self) -> Issuer | None:
        """Whose tokens are taken, None for nobody's."""
        if self.oidc_issuer is None:
            return None
        return Issuer(
            issuer=self.oidc_issuer,
            audience=self.oidc_audience or "",
            jwks_url=self.oidc_jwks_url,
            scope_claim=self.oidc_scope_claim,
            scopes=self.oidc_scopes,
            owner_claim=self.oidc_owner_claim,
            name_claim=self.oidc_name_claim,
        )

    def url(self) -> str:
        """The database that is used."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{(self.data_folder or _data_folder()) / 'registry.db'}"

    def index_file(self, database: Path | None, name: str) -> Path:
        """Where the search index of a database is kept: of a SQLite file, or of one that has a name."""
        if database is not None and self.index_dir is None:
            return database.with_name(f"{database.name}.index")
        # Several databases may share a folder.
        digest = hashlib.sha256((name if database is None else str(database)).encode()).hexdigest()[:16]
        return (self.index_dir or _cache_folder()) / f"{digest}.index"


def _data_folder() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "byte"
    given = os.environ.get("XDG_DATA_HOME", "")
    # The specification: a relative path is to be ignored.
    return (Path(given) if given.startswith("/") else Path.home() / ".local" / "share") / "byte"


def _cache_folder() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "byte"
    given = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(given) if given.startswith("/") else Path.home() / ".cache") / "byte"


def explained(error: ValueError) -> str:
    """What is wrong with the settings, in a sentence, without the values: one of them may be a secret."""
    if not isinstance(error, ValidationError):
        return f"The settings cannot be read: {error}."
    faults = (f"{PREFIX}{str(item['loc'][0]).upper()}: {item['msg']}" for item in error.errors(include_input=False))
    return f"The settings are not valid. {'. '.join(faults)}."


def page() -> str:
    """docs/registry-settings.md: every setting with its default and its sentence."""
    rows = [
        f"| `{PREFIX}{name.upper()}` | {_shown(field.default)} | {(field.description or '').replace('|', chr(92) + '|')} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join((_HEAD, "| variable | default | what it does |", "|---|---|---|", *rows)) + "\n"


_HEAD: Final = """\
# Settings of the registry

`byte serve` and every other command that opens the registry read these variables of the environment. Options of a
command come before them. Nothing has to be set. This page is generated from `byte.server.settings`.
"""


def _shown(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, dict):
        return f"`{json.dumps(value)}`"
    return "empty" if value == "" else f"`{'[]' if value == () else value}`"
