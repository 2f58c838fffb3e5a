def parse_obj_as(type_, obj, *, type_name=None):
    if isinstance(obj, dict) and hasattr(type_, "__fields__"):
        return type_(**obj)
    return obj


def parse_raw_as(type_, b, **kwargs):
    return _not_known(b)


def parse_file_as(type_, path, **kwargs):
    return _not_known(path)


def schema_of(type_, *, title=None, **kwargs):
    return _not_known(type_)


def schema_json_of(type_, **kwargs):
    return _not_known(type_)


def _not_known(value):
    return open(value)
