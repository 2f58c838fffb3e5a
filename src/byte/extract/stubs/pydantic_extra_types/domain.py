from pydantic_extra_types._written import Text


class DomainStr(Text):
    pass
