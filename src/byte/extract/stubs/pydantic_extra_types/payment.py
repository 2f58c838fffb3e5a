import enum

from pydantic_extra_types._written import Text


class PaymentCardBrand(str, enum.Enum):
    """Payment card brands supported by the [`PaymentCardNumber`][pydantic_extra_types.payment.PaymentCardNumber]."""

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
    diners_club = "Diners Club"
    other = "other"


class PaymentCardNumber(Text):
    _constraints = {"min_length": 12, "max_length": 19}
