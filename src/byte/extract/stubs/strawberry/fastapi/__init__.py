from strawberry.fastapi.context import BaseContext
from strawberry.fastapi.router import GraphQLRouter
