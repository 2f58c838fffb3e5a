from odmantic.field import FieldInfo


def Reference(*, key_name=None):
    return FieldInfo()
