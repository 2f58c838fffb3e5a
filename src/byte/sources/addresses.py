"""Which addresses belong to the public internet: the rule for every request that somebody else's text can cause.

One table instead of `ipaddress.is_global`, whose answers differ between versions of Python: the special-purpose
registries of IANA (RFC 6890), and what clouds answer their own machines on. An IPv4 address that is written inside an
IPv6 one is judged as itself; tunnels that end who knows where (6to4, Teredo) are not public.
"""

import ipaddress
from collections.abc import Collection
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NOT_PUBLIC_4: Final = tuple(
    map(
        ipaddress.IPv4Network,
        """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
        192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3""".split(),
    )
)
_PUBLIC_6: Final = ipaddress.IPv6Network("2000::/3")
_NOT_PUBLIC_6: Final = tuple(map(ipaddress.IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_AROUND_4: Final = tuple(map(ipaddress.IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96", "::/96")))
"""IPv4-mapped, NAT64 (RFC 6052) and the old IPv4-compatible form: the last 32 bits are the address."""

_METADATA: Final[frozenset[Address]] = frozenset(
    map(
        ipaddress.ip_address,
        "169.254.169.254 169.254.170.2 100.100.100.200 168.63.129.16 192.0.0.192 fd00:ec2::254 fd20:ce::254".split(),
    )
)
"""Where clouds hand credentials to their machines: a network that is allowed as a whole does not include them."""


def parsed(text: str) -> Address:
    """An address as a resolver writes it, without the zone of a link-local one. Raises `ValueError`."""
    return ipaddress.ip_address(text.partition("%")[0])


def public(address: Address) -> bool:
    """Whether everybody may be sent to it."""
    inner = _inner(address)
    if inner in _METADATA:
        return False
    if isinstance(inner, ipaddress.IPv4Address):
        return not any(inner in network for network in _NOT_PUBLIC_4)
    return inner in _PUBLIC_6 and not any(inner in network for network in _NOT_PUBLIC_6)


def named(address: Address, allow: Collection[Network]) -> bool:
    """Whether a network that the user allows holds it; the metadata of a cloud has to be allowed by itself."""
    forms = {address, _inner(address)}
    alone = not forms.isdisjoint(_METADATA)
    return any(
        form in network and (not alone or network.num_addresses == 1)
        for form in forms
        for network in allow
        if form.version == network.version
    )


def _inner(address: Address) -> Address:
    if isinstance(address, ipaddress.IPv6Address) and any(address in network for network in _AROUND_4):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address
