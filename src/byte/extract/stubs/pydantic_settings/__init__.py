"""pydantic-settings: settings classes are models whose defaults decide."""

from pydantic_settings.main import BaseSettings, SettingsConfigDict
from pydantic_settings.sources import (
    CliSettingsSource,
    DotEnvSettingsSource,
    EnvSettingsSource,
    InitSettingsSource,
    JsonConfigSettingsSource,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SecretsSettingsSource,
    TomlConfigSettingsSource,
    YamlConfigSettingsSource,
)
from pydantic_settings.types import NoDecode
