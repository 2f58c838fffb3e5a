from enum import Enum

import byte_fastapi
from pydantic.fields import FieldInfo


class ParamTypes(Enum):
    query = "query"
    header = "header"
    path = "path"
    cookie = "cookie"


class Param(FieldInfo):
    include_in_schema = True

    def __init__(self, *args, **options):
        byte_fastapi.param(self, args, options)


class Path(Param):
    in_ = ParamTypes.path


class Query(Param):
    in_ = ParamTypes.query


class Header(Param):
    in_ = ParamTypes.header
    convert_underscores = True


class Cookie(Param):
    in_ = ParamTypes.cookie


class Body(FieldInfo):
    embed = None
    media_type = "application/json"
    include_in_schema = True

    def __init__(self, *args, **options):
        byte_fastapi.param(self, args, options)


class Form(Body):
    media_type = "application/x-www-form-urlencoded"


class File(Form):
    media_type = "multipart/form-data"


class Depends:
    def __init__(self, dependency=None, *, use_cache=True, scope=None, **extra):
        self.dependency = dependency
        self.use_cache = use_cache
        self.scope = scope


class Security(Depends):
    def __init__(self, dependency=None, *, scopes=None, use_cache=True, scope=None, **extra):
        self.dependency = dependency
        self.use_cache = use_cache
        self.scope = scope
        self.scopes = [] if scopes is None else scopes
