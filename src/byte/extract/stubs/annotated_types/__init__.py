from byte_pydantic import Annotated_item


class BaseMetadata:
    pass


class GroupedMetadata:
    pass


class Gt(BaseMetadata):
    def __init__(self, gt):
        self.gt = gt


class Ge(BaseMetadata):
    def __init__(self, ge):
        self.ge = ge


class Lt(BaseMetadata):
    def __init__(self, lt):
        self.lt = lt


class Le(BaseMetadata):
    def __init__(self, le):
        self.le = le


class Interval(GroupedMetadata):
    def __init__(self, gt=None, ge=None, lt=None, le=None):
        self.gt = gt
        self.ge = ge
        self.lt = lt
        self.le = le


class MultipleOf(BaseMetadata):
    def __init__(self, multiple_of):
        self.multiple_of = multiple_of


class MinLen(BaseMetadata):
    def __init__(self, min_length):
        self.min_length = min_length


class MaxLen(BaseMetadata):
    def __init__(self, max_length):
        self.max_length = max_length


class Len(GroupedMetadata):
    def __init__(self, min_length=0, max_length=None):
        self.min_length = min_length
        self.max_length = max_length


class Timezone(BaseMetadata):
    def __init__(self, tz):
        self.tz = tz


class Unit(BaseMetadata):
    def __init__(self, unit):
        self.unit = unit


class Predicate(BaseMetadata):
    def __init__(self, func):
        self.func = func


class Not(BaseMetadata):
    def __init__(self, func):
        self.func = func


class DocInfo:
    def __init__(self, documentation):
        self.documentation = documentation


def doc(documentation):
    return DocInfo(documentation)


def _checked(name):
    class Checked:
        @classmethod
        def __class_getitem__(cls, item):
            return Annotated_item(item, Predicate(name))

    return Checked


LowerCase = _checked("islower")
UpperCase = _checked("isupper")
IsDigit = _checked("isdigit")
IsDigits = IsDigit
IsAscii = _checked("isascii")
IsFinite = _checked("isfinite")
IsNotFinite = _checked("not isfinite")
IsNan = _checked("isnan")
IsNotNan = _checked("not isnan")
IsInfinite = _checked("isinf")
IsNotInfinite = _checked("not isinf")
