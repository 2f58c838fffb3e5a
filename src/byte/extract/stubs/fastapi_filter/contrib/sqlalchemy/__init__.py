from fastapi_filter.contrib.sqlalchemy.filter import Filter
