"""What FastAPI and Pydantic make of an evaluated application: its OpenAPI document, for the versions of the project."""
