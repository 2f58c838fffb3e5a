from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from library.errors import ConflictError, NotFoundError
from library.routers import books, loans, ratings
from library.schemas import Health, Problem

app = FastAPI(title="Library API")
app.include_router(books.router)
app.include_router(loans.router)
app.include_router(ratings.router)


@app.exception_handler(NotFoundError)
def not_found(request: Request, error: NotFoundError) -> JSONResponse:
    return JSONResponse(Problem(detail=str(error)).model_dump(), status_code=404)


@app.exception_handler(ConflictError)
def conflict(request: Request, error: ConflictError) -> JSONResponse:
    return JSONResponse(Problem(detail=str(error)).model_dump(), status_code=409)


@app.get("/health", response_model=Health)
def health() -> Health:
    return Health(status="ok")
