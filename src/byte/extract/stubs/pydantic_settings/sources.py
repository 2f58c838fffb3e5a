class PydanticBaseSettingsSource:
    def __init__(self, settings_cls, *args, **kwargs):
        self.settings_cls = settings_cls


class InitSettingsSource(PydanticBaseSettingsSource):
    pass


class EnvSettingsSource(PydanticBaseSettingsSource):
    pass


class DotEnvSettingsSource(PydanticBaseSettingsSource):
    pass


class SecretsSettingsSource(PydanticBaseSettingsSource):
    pass


class CliSettingsSource(PydanticBaseSettingsSource):
    pass


class JsonConfigSettingsSource(PydanticBaseSettingsSource):
    pass


class TomlConfigSettingsSource(PydanticBaseSettingsSource):
    pass


class YamlConfigSettingsSource(PydanticBaseSettingsSource):
    pass


class PyprojectTomlConfigSettingsSource(PydanticBaseSettingsSource):
    pass
