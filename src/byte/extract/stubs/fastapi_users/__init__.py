from fastapi_users import models, schemas
from fastapi_users.exceptions import InvalidID, InvalidPasswordException
from fastapi_users.fastapi_users import FastAPIUsers
from fastapi_users.manager import BaseUserManager, IntegerIDMixin, UUIDIDMixin
