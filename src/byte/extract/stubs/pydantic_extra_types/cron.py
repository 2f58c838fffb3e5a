from pydantic_extra_types._written import Text


class CronStr(Text):
    pass
