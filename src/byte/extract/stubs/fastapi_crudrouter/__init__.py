from fastapi_crudrouter.core import (
    DatabasesCRUDRouter,
    GinoCRUDRouter,
    MemoryCRUDRouter,
    OrmarCRUDRouter,
    SQLAlchemyCRUDRouter,
    TortoiseCRUDRouter,
)
