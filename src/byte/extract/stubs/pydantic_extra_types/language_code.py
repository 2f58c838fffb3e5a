from pydantic_extra_types._written import Text


class LanguageAlpha2(Text):
    _written = {"pattern": r"^\w{2}$"}


class LanguageName(Text):
    pass
