from typing import TypedDict

from pydantic.main import BaseModel


class SettingsConfigDict(TypedDict, total=False):
    pass


class BaseSettings(BaseModel):
    model_config = {"extra": "forbid", "validate_default": True, "case_sensitive": False, "env_prefix": ""}

    @classmethod
    def settings_customise_sources(cls, settings_cls, init_settings, env_settings, dotenv_settings, file_secret_settings):
        return init_settings, env_settings, dotenv_settings, file_secret_settings
