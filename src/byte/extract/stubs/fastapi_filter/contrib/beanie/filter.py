from fastapi_filter.base.filter import BaseFilterModel


class Filter(BaseFilterModel):
    pass
