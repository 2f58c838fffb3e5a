from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="LIBRARY_")

    database_url: str = "sqlite:///library.db"
    loan_days: int = 21
    open_library_url: str = "https://openlibrary.org"
    open_library_timeout: float = 3.0


settings = Settings()
