"""DKIM, DMARC, MX of the sender's domain, and the way back from the relay's address to its name."""

import base64
import binascii

from newsletter.checkup_names import Address, Names, NameTrouble
from newsletter.checkup_spf import check_spf
from newsletter.checkup_words import Found, error, hint, ok, warn

RESERVED = ("example", "test", "invalid", "localhost", "local", "example.com", "example.net", "example.org")
"""Names for samples. Source: RFC 2606, RFC 6762."""
SHORT_KEY, GOOD_KEY = 160, 290
"""Octets of a public key: an RSA key of 1024 bits has 162, one of 2048 has 294."""
POLICIES = ("none", "quarantine", "reject")


def check_domain(names: Names, domain: str, *, relay: str, selector: str) -> list[Found]:
    """Everything that name servers know about mail from this domain. `relay` is "" where a mail service sends."""
    if is_reserved(domain):
        words = f"差出人のドメイン {domain} は見本です。このままでは、どこにも届きません。"
        return [error("差出人", words, "管理画面の「設定」→「センター」で、差出人のメールアドレスを決めてください。")]
    try:
        if not names.exists(domain):
            return [error("差出人", f"差出人のドメイン {domain} がありません。", "綴りを確かめてください。")]
    except NameTrouble as trouble:
        return [_unknown("DNS", trouble)]
    found, addresses = _relay_addresses(names, relay)
    outside = [address for address in addresses if address.is_global]
    checks = (
        ("SPF", lambda: check_spf(names, domain, relay=relay, addresses=outside)),
        ("DKIM", lambda: check_dkim(names, domain, selector)),
        ("DMARC", lambda: check_dmarc(names, domain)),
        ("MX", lambda: check_mx(names, domain)),
        ("PTR", lambda: check_pointers(names, relay, addresses) if relay else []),
    )
    for area, check in checks:
        try:
            found += check()
        except NameTrouble as trouble:
            found.append(_unknown(area, trouble))
    return found


def is_reserved(domain: str) -> bool:
    """Whether a domain is one of those that stand in examples."""
    return any(domain == name or domain.endswith(f".{name}") for name in RESERVED)


def _relay_addresses(names: Names, relay: str) -> tuple[list[Found], list[Address]]:
    if not relay:
        return [], []
    try:
        addresses = names.addresses(relay)
    except NameTrouble as trouble:
        return [_unknown("中継サーバー", trouble)], []
    if not addresses:
        return [error("中継サーバー", f"EMAIL_URL のホスト {relay} が見つかりません。", "綴りを確かめてください。")], []
    return [], addresses


def check_dkim(names: Names, domain: str, selector: str) -> list[Found]:
    """The key under the selector that the relay or mail service signs with. Source: RFC 6376."""
    if not selector:
        fix = "中継サーバー（または配信サービス）の担当者に、署名の「セレクター」を聞いて設定してください。"
        return [
            warn("DKIM", "DKIM_SELECTOR がないため、署名の鍵を調べていません。", fix, "DKIM_SELECTOR=（セレクター）")
        ]
    name = f"{selector}._domainkey.{domain}"
    line = f'{name}. IN TXT "v=DKIM1; k=rsa; p=（中継サーバーの公開鍵）"'
    fix = "署名は中継サーバー（または配信サービス）が行います。担当者から公開鍵をもらい、次の行を加えてください。"
    records = [one for one in names.txt(name) if "p=" in one]
    if not records:
        return [error("DKIM", f"{name} に署名の鍵がありません。", fix, line)]
    if len(records) > 1:
        return [error("DKIM", f"{name} に鍵が{len(records)}つあります。", "1つだけ残してください。")]
    tags = _tags(records[0])
    try:
        key = base64.b64decode("".join(tags.get("p", "").split()), validate=True)
    except (binascii.Error, ValueError):
        return [error("DKIM", f"{name} の鍵（p=）が壊れています。", fix, line)]
    if not key:
        return [error("DKIM", f"{name} の鍵は取り消されています（p= が空です）。", fix, line)]
    found = []
    if tags.get("k", "rsa") == "rsa" and len(key) < SHORT_KEY:
        found.append(
            error("DKIM", "署名の鍵が短すぎます（1024ビット未満）。", "2048ビットの鍵を作り直してもらってください。")
        )
    elif tags.get("k", "rsa") == "rsa" and len(key) < GOOD_KEY:
        found.append(
            hint("DKIM", "署名の鍵が2048ビットより短いものです。", "次に鍵を替えるとき、2048ビットにしてください。")
        )
    if "y" in tags.get("t", "").split(":"):
        found.append(warn("DKIM", "署名が「試験中」（t=y）です。", "確かめ終わったら t=y を除いてください。"))
    return found or [ok("DKIM", f"署名の鍵があります（{selector}）。")]


def check_dmarc(names: Names, domain: str) -> list[Found]:
    """The policy of the domain, or of one above it. Source: RFC 7489."""
    line = f'_dmarc.{domain}. IN TXT "v=DMARC1; p=none; rua=mailto:postmaster@{domain}"'
    labels = domain.split(".")
    for start in range(max(len(labels) - 1, 1)):
        above = ".".join(labels[start:])
        records = [one for one in names.txt(f"_dmarc.{above}") if one.replace(" ", "").lower().startswith("v=dmarc1")]
        if len(records) > 1:
            return [error("DMARC", f"_dmarc.{above} に行が{len(records)}つあります。", "1つだけ残してください。")]
        if records:
            return _dmarc_policy(records[0], above, domain)
    words = "DMARCの記録がありません。Gmailなどは、まとめて送るメールにこれを求めています。"
    return [error("DMARC", words, "ネームサーバーに次の行を加えてください。", line)]


def _dmarc_policy(record: str, above: str, domain: str) -> list[Found]:
    tags = _tags(record)
    policy = (tags.get("sp") if above != domain and "sp" in tags else tags.get("p", "")).lower()
    if policy not in POLICIES:
        fix = "p= は none、quarantine、reject のどれかです。"
        return [error("DMARC", f"_dmarc.{above} の p= が読めません（{policy or 'なし'}）。", fix)]
    found = []
    if policy == "none":
        line = f'_dmarc.{above}. IN TXT "{record.replace("p=none", "p=quarantine", 1)}"'
        fix = "SPFとDKIMがそろい、報告に問題がなければ、次の行に替えてください。"
        found.append(hint("DMARC", "DMARCが p=none です。見ているだけで、なりすましは止まりません。", fix, line))
    if "rua" not in tags:
        fix = f"rua=mailto:postmaster@{above} を加えると、受け取った側の報告が届きます。"
        found.append(hint("DMARC", "DMARCの報告の送り先（rua）がありません。", fix))
    return found or [ok("DMARC", f"DMARCの記録があります（p={policy}）。")]


def check_mx(names: Names, domain: str) -> list[Found]:
    """Whether what comes back can arrive: the sender's address has to take mail."""
    hosts = names.mx(domain)
    if hosts == [""]:
        words = f"{domain} は「メールを受け取らない」と書いてあります（MX 0 .）。断られることがあり、不達も戻りません。"
        return [error("MX", words, "差出人のアドレスで受け取れるようにしてください。")]
    if not hosts and not names.addresses(domain):
        line = f"{domain}. IN MX 10 （受け取るサーバーの名前）."
        return [
            error(
                "MX", f"{domain} はメールを受け取れません。不達の知らせが戻りません。", "次の行を加えてください。", line
            )
        ]
    if not hosts:
        line = f"{domain}. IN MX 10 {domain}."
        return [
            hint("MX", "MXがなく、サイトと同じサーバーで受け取ることになります。", "それでよければ、次の行を。", line)
        ]
    lost = [host for host in hosts if not names.addresses(host)]
    if lost:
        return [warn("MX", f"受け取るサーバー {'、'.join(lost)} が見つかりません。", "名前を確かめてください。")]
    return [ok("MX", f"戻ってきたメールを受け取れます（{hosts[0]}）。")]


def check_pointers(names: Names, relay: str, addresses: list[Address]) -> list[Found]:
    """Each public address leads to a name that leads back to it; many servers in Japan refuse mail without."""
    found = []
    for address in addresses:
        if not address.is_global:
            continue
        back = names.pointers(address)
        if not back:
            fix = "その回線やサーバーの会社に、逆引きの設定を頼んでください。"
            line = f"{address.reverse_pointer}. IN PTR {relay}."
            found.append(warn("PTR", f"{address} に逆引き（PTR）がありません。断られることがあります。", fix, line))
        elif not any(address in names.addresses(name) for name in back):
            fix = f"{back[0]} のA（AAAA）を {address} にしてください。"
            found.append(warn("PTR", f"{address} の逆引き {back[0]} が、元のアドレスに戻りません。", fix))
    if found:
        return found
    if not any(address.is_global for address in addresses):
        return [hint("PTR", "中継サーバーが内部のアドレスのため、逆引きは調べていません。", "担当者に聞いてください。")]
    return [ok("PTR", "中継サーバーのアドレスと名前が、互いに合っています。")]


def _unknown(area: str, trouble: NameTrouble) -> Found:
    return error(
        area, f"ネームサーバーが答えないため、調べられませんでした（{trouble}）。", "あとで、もう一度試してください。"
    )


def _tags(record: str) -> dict[str, str]:
    parts = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in parts if name.strip()}
