class CsrfProtect:
    @classmethod
    def load_config(cls, settings):
        return settings
