from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LIBRARY_")

    database_url: str = "sqlite:///library.db"
    loan_days: int = 21


settings = Settings()
