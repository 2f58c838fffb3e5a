import pycountry

from pydantic_extra_types._listed import Listed


class ISO_15924(Listed):
    _constraints = {"min_length": 4, "max_length": 4}
    allowed_values_list = [script.alpha_4 for script in pycountry.scripts]
