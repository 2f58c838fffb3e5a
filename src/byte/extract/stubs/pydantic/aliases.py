class AliasPath:
    def __init__(self, first_arg, *args):
        self.path = [first_arg, *args]

    def convert_to_aliases(self):
        return self.path


class AliasChoices:
    def __init__(self, first_choice, *choices):
        self.choices = [first_choice, *choices]

    def convert_to_aliases(self):
        return [c.convert_to_aliases() if isinstance(c, AliasPath) else [c] for c in self.choices]


class AliasGenerator:
    def __init__(self, alias=None, validation_alias=None, serialization_alias=None):
        self.alias = alias
        self.validation_alias = validation_alias
        self.serialization_alias = serialization_alias

    def generate_aliases(self, field_name):
        alias = self.alias(field_name) if self.alias else None
        validation_alias = self.validation_alias(field_name) if self.validation_alias else None
        serialization_alias = self.serialization_alias(field_name) if self.serialization_alias else None
        return alias, validation_alias, serialization_alias
