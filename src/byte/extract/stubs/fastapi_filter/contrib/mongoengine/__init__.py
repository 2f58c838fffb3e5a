from fastapi_filter.contrib.mongoengine.filter import Filter
