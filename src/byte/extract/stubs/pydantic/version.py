from byte_target import PYDANTIC

VERSION = ".".join([str(part) for part in PYDANTIC])


def version_short():
    return ".".join([str(part) for part in PYDANTIC[:2]])
