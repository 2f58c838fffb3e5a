import enum

from pydantic_extra_types._written import Text


class PaymentCardBrand(str, enum.Enum):
    amex = "American Express"
    mastercard = "Mastercard"
    visa = "Visa"
    mir = "Mir"
    maestro = "Maestro"
    discover = "Discover"
    verve = "Verve"
    dankort = "Dankort"
    troy = "Troy"
    unionpay = "UnionPay"
    jcb = "JCB"
    other = "other"


class PaymentCardNumber(Text):
    _constraints = {"min_length": 12, "max_length": 19}
