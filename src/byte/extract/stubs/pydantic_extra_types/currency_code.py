import pycountry

from pydantic_extra_types._listed import Listed

_OTHER = ("XTS", "XAU", "XAG", "XPD", "XPT", "XBA", "XBB", "XBC", "XBD", "XXX", "XDR")


class ISO4217(Listed):
    _constraints = {"min_length": 3, "max_length": 3}
    allowed_values_list = [currency.alpha_3 for currency in pycountry.currencies]


class Currency(Listed):
    _constraints = {"min_length": 3, "max_length": 3}
    allowed_values_list = [code for code in ISO4217.allowed_values_list if code not in _OTHER]
