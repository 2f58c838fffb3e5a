class Color:
    def __init__(self, value):
        self._original = value

    @classmethod
    def __modify_schema__(cls, field_schema):
        field_schema.update(type="string", format="color")

    @classmethod
    def __get_validators__(cls):
        return []
