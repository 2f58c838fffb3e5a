from typing import Generic

from fastapi_users.models import ID, UP
from fastapi_users.types import DependencyCallable


class BaseUserDatabase(Generic[UP, ID]):
    pass


UserDatabaseDependency = DependencyCallable[BaseUserDatabase[UP, ID]]
