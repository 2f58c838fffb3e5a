ROOT_KEY = "__root__"


def update_not_none(mapping, **update):
    for name, value in update.items():
        if value is not None:
            mapping[name] = value


def lenient_issubclass(cls, class_or_tuple):
    if isinstance(cls, type):
        return issubclass(cls, class_or_tuple)
    return False


def to_camel(string):
    return "".join([word.capitalize() for word in string.split("_")])


def to_lower_camel(string):
    if len(string) >= 1:
        pascal = to_camel(string)
        return pascal[0].lower() + pascal[1:]
    return string.lower()


def deep_update(mapping, *updating_mappings):
    updated = mapping.copy()
    for other in updating_mappings:
        for k, v in other.items():
            if k in updated and isinstance(updated[k], dict) and isinstance(v, dict):
                updated[k] = deep_update(updated[k], v)
            else:
                updated[k] = v
    return updated


class Representation:
    pass


class GetterDict:
    def __init__(self, obj):
        self._obj = obj


def smart_deepcopy(obj):
    return obj


def is_valid_identifier(identifier):
    return identifier.isidentifier()
