from fastapi_filter.contrib.beanie.filter import Filter
