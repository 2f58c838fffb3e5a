from traitlets.config.application import Application, catch_config_error
from traitlets.config.configurable import (
    Configurable,
    LoggingConfigurable,
    SingletonConfigurable,
)
from traitlets.config.loader import Config
