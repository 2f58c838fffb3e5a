from typing import Protocol


class PasswordHelperProtocol(Protocol):
    pass


class PasswordHelper(PasswordHelperProtocol):
    def __init__(self, password_hash=None):
        self.password_hash = password_hash
