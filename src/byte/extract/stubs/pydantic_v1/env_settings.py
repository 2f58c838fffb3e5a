from .config import BaseConfig, Extra
from .main import BaseModel


class BaseSettings(BaseModel):
    """
    Base class for settings, allowing values to be overridden by environment variables.

    This is useful in production for secrets you do not wish to save in code, it plays nicely with docker(-compose),
    Heroku and any 12 factor app design.
    """

    class Config(BaseConfig):
        env_prefix = ""
        env_file = None
        env_file_encoding = None
        env_nested_delimiter = None
        secrets_dir = None
        validate_all = True
        extra = Extra.forbid
        arbitrary_types_allowed = True
        case_sensitive = False
