"""Asking name servers, in the few questions that the checkup has."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import dns.exception
import dns.name
import dns.resolver
import dns.reversename

LIFETIME = 5.0
"""Seconds for one question, all tries together."""
Address = IPv4Address | IPv6Address


class NameTrouble(Exception):
    """The name servers did not answer, or not usefully: nothing can be said."""


class NoSuchName(Exception):
    """The name does not exist at all."""


class Names:
    """One resolver for one checkup. `nameserver` is "address" or "address:port"; "" asks those of this machine."""

    def __init__(self, nameserver: str = "", *, lifetime: float = LIFETIME) -> None:
        self._resolver = dns.resolver.Resolver(configure=not nameserver)
        self._resolver.lifetime = lifetime
        self._resolver.timeout = lifetime / 2
        if nameserver:
            host, _, port = nameserver.partition(":")
            self._resolver.nameservers = [host]
            self._resolver.port = int(port or 53)

    def txt(self, name: str) -> list[str]:
        """The TXT records, each joined. Empty where there is none. Raises NameTrouble."""
        return [b"".join(record.strings).decode("utf-8", "replace") for record in self._ask(name, "TXT")]

    def mx(self, name: str) -> list[str]:
        """The hosts that take mail, the preferred first; [""] for a domain that says it takes none (RFC 7505)."""
        records = sorted(self._ask(name, "MX"), key=lambda record: record.preference)
        return [str(record.exchange).rstrip(".") for record in records]

    def addresses(self, name: str) -> list[Address]:
        """IPv4 and IPv6 of a host; a literal address is itself."""
        try:
            return [ip_address(name)]
        except ValueError:
            return [ip_address(record.address) for kind in ("A", "AAAA") for record in self._ask(name, kind)]

    def pointers(self, address: Address) -> list[str]:
        """The names that an address leads back to."""
        name = dns.reversename.from_address(str(address))
        return [str(record.target).rstrip(".") for record in self._ask(name, "PTR")]

    def exists(self, name: str) -> bool:
        """Whether the domain is there at all. Raises NameTrouble."""
        try:
            self._ask(name, "SOA", missing_is_none=False)
        except NoSuchName:
            return False
        return True

    def _ask(self, name, kind: str, *, missing_is_none: bool = True) -> list:
        try:
            return list(self._resolver.resolve(name, kind, search=False))
        except dns.resolver.NoAnswer:
            return []
        except dns.resolver.NXDOMAIN:
            if missing_is_none:
                return []
            raise NoSuchName(str(name)) from None
        except (dns.exception.DNSException, OSError, ValueError) as error:
            raise NameTrouble(f"{name} {kind}: {type(error).__name__}") from error
