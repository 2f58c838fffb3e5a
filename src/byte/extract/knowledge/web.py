"""FastAPI, Starlette and Pydantic: names and classes."""

CANONICAL = {
    "fastapi.applications.FastAPI": "fastapi.FastAPI",
    "fastapi.routing.APIRouter": "fastapi.APIRouter",
    "fastapi.exceptions.HTTPException": "fastapi.HTTPException",
    "starlette.exceptions.HTTPException": "fastapi.HTTPException",
    "fastapi.datastructures.UploadFile": "fastapi.UploadFile",
    "starlette.datastructures.UploadFile": "fastapi.UploadFile",
    "fastapi.requests.Request": "fastapi.Request",
    "starlette.requests.Request": "fastapi.Request",
    "starlette.requests.HTTPConnection": "fastapi.Request",
    "fastapi.requests.HTTPConnection": "fastapi.Request",
    "fastapi.websockets.WebSocket": "fastapi.WebSocket",
    "starlette.websockets.WebSocket": "fastapi.WebSocket",
    "starlette.background.BackgroundTasks": "fastapi.BackgroundTasks",
    "fastapi.background.BackgroundTasks": "fastapi.BackgroundTasks",
    "starlette.responses.Response": "fastapi.Response",
    "fastapi.responses.Response": "fastapi.Response",
    "fastapi.params.Depends": "fastapi.Depends",
    "fastapi.param_functions.Depends": "fastapi.Depends",
    "fastapi.param_functions.Query": "fastapi.Query",
    "starlette.responses.JSONResponse": "fastapi.responses.JSONResponse",
    "starlette.responses.HTMLResponse": "fastapi.responses.HTMLResponse",
    "starlette.responses.PlainTextResponse": "fastapi.responses.PlainTextResponse",
    "starlette.responses.RedirectResponse": "fastapi.responses.RedirectResponse",
    "starlette.responses.StreamingResponse": "fastapi.responses.StreamingResponse",
    "starlette.responses.FileResponse": "fastapi.responses.FileResponse",
    "starlette.concurrency.run_in_threadpool": "fastapi.concurrency.run_in_threadpool",
    "pydantic.main.BaseModel": "pydantic.BaseModel",
    "pydantic.v1.BaseModel": "pydantic.BaseModel",
    "pydantic.v1.Field": "pydantic.Field",
    "pydantic.fields.Field": "pydantic.Field",
    "pydantic.env_settings.BaseSettings": "pydantic_settings.BaseSettings",
    "pydantic.v1.BaseSettings": "pydantic_settings.BaseSettings",
    "pydantic.BaseSettings": "pydantic_settings.BaseSettings",
    "sqlmodel.Field": "sqlmodel.Field",
}

BASES = {
    **{
        f"fastapi.responses.{name}": "fastapi.Response"
        for name in (
            "JSONResponse", "HTMLResponse", "PlainTextResponse", "RedirectResponse", "StreamingResponse",
            "FileResponse", "ORJSONResponse", "UJSONResponse",
        )
    },
    "sse_starlette.EventSourceResponse": "fastapi.Response",
    "sse_starlette.sse.EventSourceResponse": "fastapi.Response",
    "starlette.templating._TemplateResponse": "fastapi.responses.HTMLResponse",
    "pydantic_settings.BaseSettings": "pydantic.BaseModel",
    "pydantic.RootModel": "pydantic.BaseModel",
    "pydantic.generics.GenericModel": "pydantic.BaseModel",
    "fastapi_users.schemas.BaseUser": "pydantic.BaseModel",
    "fastapi_users.schemas.BaseUserCreate": "pydantic.BaseModel",
    "fastapi_users.schemas.BaseUserUpdate": "pydantic.BaseModel",
    "humps.CamelModel": "pydantic.BaseModel",
    "fastapi_camelcase.CamelModel": "pydantic.BaseModel",
    "fastapi_utils.api_model.APIModel": "pydantic.BaseModel",
    "fastapi_utils.inferring_router.InferringRouter": "fastapi.APIRouter",
    "fastapi_versioning.VersionedFastAPI": "fastapi.FastAPI",
}  # fmt: skip

RETURNS = {
    "fastapi.FastAPI": "fastapi.FastAPI",
    "fastapi.APIRouter": "fastapi.APIRouter",
    "fastapi.templating.Jinja2Templates.TemplateResponse": "fastapi.responses.HTMLResponse",
    "fastapi.UploadFile.read": "builtins.bytes",
    "fastapi.Request.json": "builtins.dict",
    "fastapi.Request.body": "builtins.bytes",
}
