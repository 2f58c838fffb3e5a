"""For Pydantic 1: the library has no version for Pydantic 2."""

from typing import List, Optional

from fastapi import APIRouter, Depends
from pydantic import BaseModel


def schema_factory(schema_cls, pk_field_name="id", name="Create"):
    fields = {f.name: f.type_ for f in schema_cls.__fields__.values() if f.name != pk_field_name}
    return type(schema_cls.__name__ + name, (BaseModel,), {"__annotations__": fields})


def pagination_factory(max_limit=None):
    def pagination(skip: int = 0, limit: Optional[int] = max_limit):
        pass

    return Depends(pagination)


_NOT_FOUND = {404: {"detail": "Item not found"}}


class CRUDGenerator(APIRouter):
    _base_path = "/"
    _pk = "id"
    _pk_type = int
    db_func = None

    def __init__(
        self,
        schema,
        create_schema=None,
        update_schema=None,
        prefix=None,
        tags=None,
        paginate=None,
        get_all_route=True,
        get_one_route=True,
        create_route=True,
        update_route=True,
        delete_one_route=True,
        delete_all_route=True,
        **options,
    ):
        self.schema = schema
        self.pagination = pagination_factory(paginate)
        self.create_schema = create_schema or schema_factory(schema, self._pk, "Create")
        self.update_schema = update_schema or schema_factory(schema, self._pk, "Update")
        prefix = self._base_path + str(prefix or schema.__name__).lower().strip("/")
        super().__init__(prefix=prefix, tags=tags or [prefix.strip("/").capitalize()], **options)
        many = Optional[List[schema]]
        one = "/{item_id}"
        self._route(get_all_route, "", self._get_all(), ["GET"], many, "Get All", None)
        self._route(create_route, "", self._create(), ["POST"], schema, "Create One", None)
        self._route(delete_all_route, "", self._delete_all(), ["DELETE"], many, "Delete All", None)
        self._route(get_one_route, one, self._get_one(), ["GET"], schema, "Get One", dict(_NOT_FOUND))
        self._route(update_route, one, self._update(), ["PUT"], schema, "Update One", dict(_NOT_FOUND))
        self._route(delete_one_route, one, self._delete_one(), ["DELETE"], schema, "Delete One", dict(_NOT_FOUND))

    def _route(self, wanted, path, endpoint, methods, response_model, summary, responses):
        if wanted:
            self.add_api_route(
                path,
                endpoint,
                methods=methods,
                response_model=response_model,
                summary=summary,
                responses=responses,
                dependencies=[] if wanted is True else wanted,
            )

    def api_route(self, path, *args, **options):
        """A route of the project's own replaces the one that was made."""
        methods = {m.upper() for m in options.get("methods") or ["GET"]}
        for route in list(self.routes):
            if route.path == f"{self.prefix}{path}" and route.methods == methods:
                self.routes.remove(route)
        return super().api_route(path, *args, **options)

    def _get_all(self, *args, **kwargs):
        def route(pagination=self.pagination):
            pass

        return route

    def _get_one(self, *args, **kwargs):
        def route(item_id: self._pk_type):
            pass

        return route

    def _create(self, *args, **kwargs):
        def route(model: self.create_schema):
            pass

        return route

    def _update(self, *args, **kwargs):
        def route(item_id: self._pk_type, model: self.update_schema):
            pass

        return route

    def _delete_all(self, *args, **kwargs):
        def route():
            pass

        return route

    def _delete_one(self, *args, **kwargs):
        def route(item_id: self._pk_type):
            pass

        return route


def _type_of_key(schema, key):
    found = schema.__fields__.get(key)
    return int if found is None else found.type_


class MemoryCRUDRouter(CRUDGenerator):
    pass


class SQLAlchemyCRUDRouter(CRUDGenerator):
    def __init__(self, schema, db_model, db, create_schema=None, update_schema=None, prefix=None, **options):
        self.db_model = db_model
        self.db_func = db
        self._pk_type = _type_of_key(schema, self._pk)
        super().__init__(schema, create_schema, update_schema, prefix or db_model.__tablename__, **options)

    def _get_all(self, *args, **kwargs):
        def route(db=Depends(self.db_func), pagination=self.pagination):
            pass

        return route

    def _get_one(self, *args, **kwargs):
        def route(item_id: self._pk_type, db=Depends(self.db_func)):
            pass

        return route

    def _create(self, *args, **kwargs):
        def route(model: self.create_schema, db=Depends(self.db_func)):
            pass

        return route

    def _update(self, *args, **kwargs):
        def route(item_id: self._pk_type, model: self.update_schema, db=Depends(self.db_func)):
            pass

        return route

    def _delete_all(self, *args, **kwargs):
        def route(db=Depends(self.db_func)):
            pass

        return route

    def _delete_one(self, *args, **kwargs):
        def route(item_id: self._pk_type, db=Depends(self.db_func)):
            pass

        return route


class DatabasesCRUDRouter(CRUDGenerator):
    def __init__(self, schema, table, database, create_schema=None, update_schema=None, prefix=None, **options):
        self.table = table
        self.db = database
        self._pk_type = _type_of_key(schema, self._pk)
        super().__init__(schema, create_schema, update_schema, prefix or table.name, **options)


class TortoiseCRUDRouter(CRUDGenerator):
    def __init__(self, schema, db_model, create_schema=None, update_schema=None, prefix=None, **options):
        self.db_model = db_model
        super().__init__(schema, create_schema, update_schema, prefix or db_model.describe()["name"], **options)


class GinoCRUDRouter(CRUDGenerator):
    def __init__(self, schema, db_model, db, create_schema=None, update_schema=None, prefix=None, **options):
        self.db_model = db_model
        self._pk_type = _type_of_key(schema, self._pk)
        super().__init__(schema, create_schema, update_schema, prefix or db_model.__tablename__, **options)


class OrmarCRUDRouter(CRUDGenerator):
    def __init__(self, schema, create_schema=None, update_schema=None, prefix=None, **options):
        self._pk_type = _type_of_key(schema, self._pk)
        super().__init__(schema, create_schema, update_schema, prefix or schema.Meta.tablename, **options)
