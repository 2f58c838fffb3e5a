import byte_target
from byte_target import FASTAPI


def version(name, *steps):
    """The version of a library: what the project declares, else the one of the time of its FastAPI.

    Each step is a version of FastAPI and what was the newest of the library then, the oldest step first.
    """
    declared = getattr(byte_target, "VERSIONS", None)
    if isinstance(declared, dict) and name in declared:
        return declared[name]
    found = steps[0][1]
    for since, newest in steps:
        if FASTAPI >= since:
            found = newest
    return found
