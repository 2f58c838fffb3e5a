from fastapi_filter.base.filter import FilterDepends, with_prefix
