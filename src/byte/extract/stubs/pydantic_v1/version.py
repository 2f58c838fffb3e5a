from byte_target import PYDANTIC

VERSION = ".".join([str(part) for part in PYDANTIC])
if PYDANTIC >= (2,):
    VERSION = "1.10.26"
compiled = False


def version_info():
    return VERSION
