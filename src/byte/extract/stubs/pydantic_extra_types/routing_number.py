from pydantic_extra_types._written import Text


class ABARoutingNumber(Text):
    _constraints = {"min_length": 9, "max_length": 9}
