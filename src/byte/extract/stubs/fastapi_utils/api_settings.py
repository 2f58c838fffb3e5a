from functools import lru_cache

from byte_target import PYDANTIC

if PYDANTIC >= (2,):
    from pydantic_settings import BaseSettings
else:
    from pydantic import BaseSettings


class APISettings(BaseSettings):
    debug: bool = False
    docs_url: str = "/docs"
    openapi_prefix: str = ""
    openapi_url: str = "/openapi.json"
    redoc_url: str = "/redoc"
    title: str = "FastAPI"
    version: str = "0.1.0"
    disable_docs: bool = False

    if PYDANTIC >= (2,):
        model_config = {"env_prefix": "api_", "validate_assignment": True}
    else:

        class Config:
            env_prefix = "api_"
            validate_assignment = True

    @property
    def fastapi_kwargs(self):
        kwargs = {
            "debug": self.debug,
            "docs_url": self.docs_url,
            "openapi_prefix": self.openapi_prefix,
            "openapi_url": self.openapi_url,
            "redoc_url": self.redoc_url,
            "title": self.title,
            "version": self.version,
        }
        if self.disable_docs:
            kwargs.update({"docs_url": None, "openapi_url": None, "redoc_url": None})
        return kwargs


@lru_cache()
def get_api_settings():
    return APISettings()
