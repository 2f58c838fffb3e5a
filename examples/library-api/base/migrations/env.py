from alembic import context
from sqlalchemy import create_engine

from library.models import Base
from library.settings import settings


def run() -> None:
    engine = create_engine(settings.database_url)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=Base.metadata)
        with context.begin_transaction():
            context.run_migrations()


run()
