"""Money: a whole number of the currency's smallest unit, and the currency by its code of ISO 4217."""

from dataclasses import dataclass
from typing import Annotated

from kith.ground.errors import Invalid

MOST = 2_000_000_000  # what an integer of GraphQL holds
_CODES = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR
    RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD
    TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""  # in use
CURRENCIES = frozenset(_CODES.split())


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money."""

    amount: Annotated[int, "How much, in the currency's smallest unit: 1250 is 12.50 euros."]
    currency: Annotated[str, "Its code of ISO 4217, such as EUR."]


def money(value: Money, *path: str) -> Money:
    """The amount, checked. Raises Invalid with the path."""
    if not 0 <= value.amount <= MOST:
        raise Invalid("An amount is 0 to 2000000000 of the smallest unit.", path=(*path, "amount"))
    if value.currency not in CURRENCIES:
        raise Invalid("Name a currency by its code of ISO 4217, such as EUR.", path=(*path, "currency"))
    return value
