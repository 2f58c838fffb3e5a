from enum import Enum


class Protocol(str, Enum):
    json = "json"
    pickle = "pickle"
