from traitlets.config.configurable import SingletonConfigurable


def catch_config_error(method):
    return method


class Application(SingletonConfigurable):
    """Without command line and configuration files: the defaults hold."""

    extra_args = []

    def initialize(self, argv=None):
        pass

    def start(self):
        pass

    def load_config_file(self, filename, path=None):
        pass

    def parse_command_line(self, argv=None):
        pass

    @classmethod
    def launch_instance(cls, argv=None, **kwargs):
        app = cls.instance(**kwargs)
        app.initialize(argv)
        app.start()
