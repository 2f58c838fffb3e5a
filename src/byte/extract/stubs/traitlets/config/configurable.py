import logging

from traitlets.config.loader import Config
from traitlets.traitlets import HasTraits


class Configurable(HasTraits):
    def __init__(self, **kwargs):
        self.parent = kwargs.pop("parent", None)
        self.config = kwargs.pop("config", None)
        if self.config is None:
            self.config = Config() if self.parent is None else self.parent.config
        super().__init__(**kwargs)

    def update_config(self, config):
        pass


class LoggingConfigurable(Configurable):
    def __init__(self, **kwargs):
        if "log" not in kwargs:
            kwargs["log"] = logging.getLogger("traitlets")
        super().__init__(**kwargs)


class SingletonConfigurable(LoggingConfigurable):
    @classmethod
    def instance(cls, *args, **kwargs):
        return cls(*args, **kwargs)

    @classmethod
    def initialized(cls):
        return False
