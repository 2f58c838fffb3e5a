import pycountry

from pydantic_extra_types._listed import Listed
from pydantic_extra_types._written import Text


class LanguageAlpha2(Text):
    _written = {"pattern": r"^\w{2}$"}


class LanguageName(Text):
    pass


class ISO639_3(Listed):
    _constraints = {"min_length": 3, "max_length": 3}
    allowed_values_list = [language.alpha_3 for language in pycountry.languages]


class ISO639_5(Listed):
    _constraints = {"min_length": 3, "max_length": 3}
    allowed_values_list = sorted(language.alpha_3 for language in pycountry.language_families)
