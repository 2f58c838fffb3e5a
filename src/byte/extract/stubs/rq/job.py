from enum import Enum

from byte_libraries import version

_NAMES = "QUEUED FINISHED FAILED STARTED DEFERRED SCHEDULED STOPPED CANCELED".split()
_VERSION = version("rq", ((0,), (1, 16)), ((0, 120), (2, 7)), ((0, 160), (3, 0)))
if _VERSION >= (2, 4):
    _NAMES = ["CREATED", *_NAMES]
if _VERSION >= (3, 0):
    _NAMES = [*_NAMES, "RATE_LIMITED", "READY_TO_ENQUEUE"]

JobStatus = Enum("JobStatus", [(name, name.lower()) for name in _NAMES], type=str)
