"""SPF of the sender's domain: the record, its lookups, and whether it names the relay. Source: RFC 7208."""

from dataclasses import dataclass, field
from ipaddress import ip_network

from newsletter.checkup_names import Address, Names
from newsletter.checkup_words import Found, error, ok, warn

MOST_LOOKUPS = 10
"""More than these and receivers treat the record as broken. Source: RFC 7208, 4.6.4."""
RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
COUNTED = ("include", "a", "mx", "ptr", "exists", "redirect")
NAMES_BY_RESULT = {"fail": "拒否（-all）", "softfail": "疑わしい（~all）", "neutral": "判断しない（?all）"}


class BrokenRecord(Exception):
    """Receivers treat the record as if something were wrong with all mail. The message says what, in Japanese."""


@dataclass
class Evaluation:
    """Lookups so far, over all included records."""

    names: Names
    lookups: int = 0
    seen: list[str] = field(default_factory=list)

    def count(self) -> None:
        self.lookups += 1

    def record_of(self, domain: str) -> str:
        """The SPF record of a domain, "" for none. Raises BrokenRecord for several."""
        found = [one for one in self.names.txt(domain) if one.lower().split(" ")[0] == "v=spf1"]
        if len(found) > 1:
            raise BrokenRecord(f"{domain} にSPFの行が{len(found)}つあります。1つにまとめてください。")
        return found[0] if found else ""

    def result_for(self, domain: str, address: Address | None) -> str:
        """What the record says of an address; with None every branch is walked, to count its lookups."""
        if domain.lower() in self.seen:
            raise BrokenRecord(f"SPFの include が {domain} に戻ってきて、終わりません。")
        record = self.record_of(domain)
        if not record:
            return "none"
        self.seen.append(domain.lower())
        redirect = ""
        for term in record.split()[1:]:
            if term.lower().startswith("redirect="):
                redirect = term.partition("=")[2]
            elif "=" in term.split(":")[0]:
                continue
            elif self._matches(term, domain, address):
                return RESULTS.get(term[0], "pass")
        if redirect:
            self.count()
            return self._included(redirect, address)
        return "neutral"

    def _matches(self, term: str, domain: str, address: Address | None) -> bool:
        name, _, value = term.lstrip("+-~?").partition(":")
        name, _, prefix = name.partition("/")
        name = name.lower()
        if name == "all":
            return True
        if name in COUNTED:
            self.count()
        if name in ("ip4", "ip6"):
            try:
                network = ip_network(value, strict=False)
            except ValueError:
                raise BrokenRecord(f"SPFの「{term}」が読めません。") from None
            return address is not None and address in network
        target, _, length = value.partition("/")
        target, length = target or domain, length or prefix
        if name == "include":
            result = self._included(target, address)
            if result == "none":
                raise BrokenRecord(f"SPFの include 先 {target} に記録がありません。")
            return address is not None and result == "pass"
        if name == "a":
            return address is not None and _covers(self.names.addresses(target), address, length)
        if name == "mx":
            hosts = self.names.mx(target) if address is not None else []
            return any(_covers(self.names.addresses(host), address, length) for host in hosts[:MOST_LOOKUPS] if host)
        if name in ("exists", "ptr"):
            return False
        raise BrokenRecord(f"SPFの「{term}」は知られていない書き方です。")

    def _included(self, domain: str, address: Address | None) -> str:
        try:
            return self.result_for(domain, address)
        finally:
            if domain.lower() in self.seen:
                self.seen.remove(domain.lower())


def check_spf(names: Names, domain: str, *, relay: str, addresses: list[Address]) -> list[Found]:
    """What is wrong with the record, and whether the relay's addresses are in it. Raises NameTrouble."""
    wanted = f"a:{relay}" if relay else "（配信サービスが示す include:…）"
    line = f'{domain}. IN TXT "v=spf1 {wanted} ~all"'
    try:
        walk = Evaluation(names)
        record = walk.record_of(domain)
        if not record:
            words = "SPFの記録がありません。送信元を確かめられないため、迷惑メールにされやすくなります。"
            return [error("SPF", words, "ネームサーバーに次の行を加えてください。", line)]
        walk.result_for(domain, None)
    except BrokenRecord as broken:
        return [error("SPF", f"{broken} 受け取る側は、SPFがないのと同じに扱います。")]
    found = []
    if walk.lookups > MOST_LOOKUPS:
        found.append(
            error(
                "SPF",
                f"SPFの問い合わせが{walk.lookups}回です。{MOST_LOOKUPS}回を超えると、SPFがないのと同じに扱われます。",
                "使っていない include・a・mx を除くか、ip4: に書き換えてください。",
            )
        )
    found += _ending(domain, record)
    for address in addresses:
        result = Evaluation(names).result_for(domain, address)
        if result != "pass":
            found.append(_not_named(domain, record, relay, address, result))
    return found or [ok("SPF", f"SPFの記録に送信元があります（問い合わせ{walk.lookups}回）。")]


def _ending(domain: str, record: str) -> list[Found]:
    terms = [term.lower() for term in record.split()[1:]]
    if any(term in ("all", "+all") for term in terms):
        words = "SPFが「だれが送ってもよい」（+all）になっています。なりすましを防げません。"
        return [error("SPF", words, "最後を ~all か -all にしてください。", f'{domain}. IN TXT "{_ended(record)}"')]
    if not any(term.lstrip("-~?") == "all" or term.startswith("redirect=") for term in terms):
        line = f'{domain}. IN TXT "{_ended(record)}"'
        return [warn("SPF", "SPFの最後に all がありません。", "最後に ~all を加えてください。", line)]
    if "?all" in terms:
        line = f'{domain}. IN TXT "{_ended(record)}"'
        return [warn("SPF", "SPFの最後が ?all です。何も約束していません。", "~all にしてください。", line)]
    return []


def _not_named(domain: str, record: str, relay: str, address: Address, result: str) -> Found:
    level = error if result == "fail" else warn
    terms = record.split()
    line = f'{domain}. IN TXT "{" ".join([terms[0], f"ip{address.version}:{address}", *terms[1:]])}"'
    verdict = NAMES_BY_RESULT.get(result, result)
    words = f"中継サーバー {relay}（{address}）がSPFにありません。受け取る側の扱い：{verdict}。"
    fix = (
        "次の行に書き換えてください（別のアドレスから送り出す中継サーバーなら、そのアドレスを担当者に聞いてください）。"
    )
    return level("SPF", words, fix, line)


def _ended(record: str) -> str:
    kept = [term for term in record.split() if term.lower().lstrip("+-~?") != "all"]
    return " ".join([*kept, "~all"])


def _covers(hosts: list[Address], address: Address, length: str) -> bool:
    bits = length.split("/")[0] if length.isascii() and length.split("/")[0].isdigit() else ""
    for host in hosts:
        if host.version == address.version:
            widest = host.max_prefixlen
            if address in ip_network(f"{host}/{min(int(bits or widest), widest)}", strict=False):
                return True
    return False
