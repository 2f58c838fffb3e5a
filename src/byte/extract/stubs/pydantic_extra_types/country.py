from pydantic_extra_types._written import Text


class CountryAlpha2(Text):
    _written = {"pattern": r"^\w{2}$"}


class CountryAlpha3(Text):
    _written = {"pattern": r"^\w{3}$"}


class CountryNumericCode(Text):
    _written = {"pattern": r"^[0-9]{3}$"}


class CountryShortName(Text):
    pass
