from zoneinfo import available_timezones

from pydantic_extra_types._listed import Listed


def timezone_name_settings(**kwargs):
    def wrapper(cls):
        return cls

    return wrapper


class TimeZoneName(Listed):
    _constraints = {"min_length": 1}
    allowed_values_list = sorted(available_timezones())
    strict = True
