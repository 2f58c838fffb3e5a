from pydantic_extra_types._written import Text


class ISBN(Text):
    pass
