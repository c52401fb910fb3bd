"""`manage.py checkup`: name servers, relay, mailbox and settings, and what to set."""

import base64
import io
import json

import pytest
from aiosmtpd.smtp import AuthResult
from django.core.management import call_command

from center.outbox import enqueue
from newsletter.checkup import check_mailbox, check_sending, check_site_url
from newsletter.checkup_domain import check_dkim, check_dmarc, check_domain, check_mx, check_pointers
from newsletter.checkup_names import Names
from newsletter.checkup_relay import check_relay
from newsletter.checkup_spf import check_spf
from newsletter.models import Instance
from newsletter.sending.transport import transport_from_url
from tests.newsletter.sending.imap_server import ImapServer
from tests.newsletter.sending.name_server import NameServer

DOMAIN, RELAY = "centre.city.jp", "relay.provider.jp"
ADDRESS = "8.8.4.4"
KEY_2048 = base64.b64encode(b"k" * 294).decode()


def good_zone() -> dict:
    """Everything as it should be."""
    return {
        DOMAIN: {
            "SOA": ["ns.city.jp. root.city.jp. 1 2 3 4 5"],
            "TXT": ['"v=spf1 include:spf.provider.jp -all"', '"something else"'],
            "MX": [f"10 {RELAY}."],
        },
        "spf.provider.jp": {"TXT": ['"v=spf1 ip4:8.8.4.0/24 " "-all"']},
        f"mail._domainkey.{DOMAIN}": {
            "TXT": [" ".join(f'"{part}"' for part in ("v=DKIM1; k=rsa; p=", KEY_2048[:200], KEY_2048[200:]))]
        },
        f"_dmarc.{DOMAIN}": {"TXT": ['"v=DMARC1; p=quarantine; rua=mailto:a@centre.city.jp"']},
        RELAY: {"A": [ADDRESS]},
        "4.4.8.8.in-addr.arpa": {"PTR": [f"{RELAY}."]},
    }


@pytest.fixture
def server():
    server = NameServer(good_zone())
    yield server
    server.stop()


@pytest.fixture
def names(server):
    return Names(server.address, lifetime=1.0)


def levels(found) -> list[tuple[str, str]]:
    return [(one.area, str(one.level)) for one in found]


def spf(names, server, record: str, **zone):
    """What is found with this record; one string, or several with |."""
    server.zone[DOMAIN]["TXT"] = [f'"{one}"' for one in record.split("|") if one] or ['"x"']
    server.zone |= {name: {"TXT": [f'"{text}"']} for name, text in zone.pop("records", {}).items()}
    return check_spf(names, DOMAIN, relay=RELAY, addresses=names.addresses(RELAY))


def test_a_domain_with_everything_in_order_is_fine(names):
    found = check_domain(names, DOMAIN, relay=RELAY, selector="mail")
    assert levels(found) == [(area, "ok") for area in ("SPF", "DKIM", "DMARC", "MX", "PTR")]


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 ip4:8.8.4.4 -all",
        f"v=spf1 a:{RELAY} ~all",
        "v=spf1 mx -all",
        "v=spf1 a:relay.provider.jp/24 -all",
        "v=spf1 redirect=spf.provider.jp",
        "V=SPF1 +ip4:8.8.0.0/16 -all",
        "v=spf1 ip6:2001:db8::/32 include:spf.provider.jp ~all",
    ],
)
def test_records_that_name_the_relay(names, server, record):
    assert levels(spf(names, server, record)) == [("SPF", "ok")]


@pytest.mark.parametrize(
    ("record", "level", "words"),
    [
        ("", "error", "SPFの記録がありません"),
        ("v=spf1 -all|v=spf1 ip4:8.8.4.4 -all", "error", "2つあります"),
        ("v=spf1 -all", "error", "拒否"),
        ("v=spf1 ip4:9.9.9.9 ~all", "warn", "疑わしい"),
        ("v=spf1 ip4:8.8.4.4 +all", "error", "だれが送ってもよい"),
        ("v=spf1 ip4:8.8.4.4 ?all", "warn", "?all"),
        ("v=spf1 ip4:8.8.4.4", "warn", "all がありません"),
        ("v=spf1 include:nowhere.jp -all", "error", "nowhere.jp"),
        (f"v=spf1 include:{DOMAIN} -all", "error", "終わりません"),
        ("v=spf1 ip4:8.8.4.x -all", "error", "読めません"),
        ("v=spf1 foo:bar -all", "error", "知られていない"),
    ],
)
def test_what_is_wrong_with_an_spf_record_is_said(names, server, record, level, words):
    (found,) = spf(names, server, record)
    assert found.level == level and words in found.words


def test_more_than_ten_lookups_are_counted_through_all_includes(names, server):
    chain = {f"s{n}.jp": f"v=spf1 include:s{n + 1}.jp -all" for n in range(10)} | {"s10.jp": "v=spf1 ip4:8.8.4.4 -all"}
    (found,) = spf(names, server, "v=spf1 include:s0.jp ip4:8.8.4.4 -all", records=chain)
    assert found.level == "error" and "11回" in found.words
    chain["s9.jp"] = "v=spf1 ip4:8.8.4.4 -all"
    assert levels(spf(names, server, "v=spf1 include:s0.jp -all", records=chain)) == [("SPF", "ok")]


def test_the_record_to_paste_is_the_old_one_with_the_relay_in_it(names, server):
    (found,) = spf(names, server, "v=spf1 include:spf.provider.jp ~all", records={"spf.provider.jp": "v=spf1 -all"})
    assert found.record == f'{DOMAIN}. IN TXT "v=spf1 ip4:{ADDRESS} include:spf.provider.jp ~all"'
    (missing,) = spf(names, server, "")
    assert missing.record == f'{DOMAIN}. IN TXT "v=spf1 a:{RELAY} ~all"'


@pytest.mark.parametrize(
    ("record", "level", "words"),
    [
        (None, "error", "署名の鍵がありません"),
        ("v=DKIM1; p=", "error", "取り消され"),
        ("v=DKIM1; p=***", "error", "壊れて"),
        ("v=DKIM1; p=" + base64.b64encode(b"k" * 94).decode(), "error", "短すぎ"),
        ("v=DKIM1; p=" + base64.b64encode(b"k" * 162).decode(), "hint", "2048"),
        ("v=DKIM1; k=ed25519; p=" + base64.b64encode(b"k" * 32).decode(), "ok", "鍵があります"),
        (f"v=DKIM1; t=y:s; p={KEY_2048[:240]}==", "hint", "2048"),
    ],
)
def test_what_is_wrong_with_the_key_is_said(names, server, record, level, words):
    name = f"mail._domainkey.{DOMAIN}"
    server.zone.pop(name)
    if record:
        parts = [record[at : at + 200] for at in range(0, len(record), 200)]
        server.zone[name] = {"TXT": [" ".join(f'"{part}"' for part in parts)]}
    found = check_dkim(names, DOMAIN, "mail")[0]
    assert found.level == level and words in found.words


def test_a_key_on_trial_is_told(names, server):
    name = f"mail._domainkey.{DOMAIN}"
    server.zone[name] = {"TXT": [f'"v=DKIM1; t=y; p=" "{KEY_2048[:200]}" "{KEY_2048[200:]}"']}
    (found,) = check_dkim(names, DOMAIN, "mail")
    assert found.level == "warn" and "t=y" in found.words


def test_where_a_mail_service_sends_its_addresses_are_not_asked_for(names, server):
    found = check_domain(names, DOMAIN, relay="", selector="mail")
    assert levels(found) == [(area, "ok") for area in ("SPF", "DKIM", "DMARC", "MX")]
    assert not [name for name, kind in server.asked if kind == "PTR"]


def test_without_a_selector_the_checkup_says_what_to_ask_for(names):
    (found,) = check_dkim(names, DOMAIN, "")
    assert found.level == "warn" and "DKIM_SELECTOR" in found.record


@pytest.mark.parametrize(
    ("record", "level", "words"),
    [
        (None, "error", "DMARCの記録がありません"),
        ("v=DMARC1; p=none; rua=mailto:a@b.jp", "hint", "p=none"),
        ("v=DMARC1; p=reject", "hint", "rua"),
        ("v=DMARC1; p=perhaps", "error", "読めません"),
        ("v=DMARC1; p=reject; rua=mailto:a@b.jp", "ok", "p=reject"),
    ],
)
def test_what_the_policy_says(names, server, record, level, words):
    server.zone.pop(f"_dmarc.{DOMAIN}")
    if record:
        server.zone[f"_dmarc.{DOMAIN}"] = {"TXT": [f'"{record}"']}
    (found,) = check_dmarc(names, DOMAIN)
    assert found.level == level and words in found.words


def test_the_policy_of_the_domain_above_counts_with_its_word_for_subdomains(names, server):
    server.zone.pop(f"_dmarc.{DOMAIN}")
    server.zone["_dmarc.city.jp"] = {"TXT": ['"v=DMARC1; p=reject; sp=none; rua=mailto:a@city.jp"']}
    assert "p=none" in check_dmarc(names, DOMAIN)[0].words
    server.zone[f"_dmarc.{DOMAIN}"] = {"TXT": ['"v=DMARC1; p=reject"', '"v=DMARC1; p=none"']}
    assert check_dmarc(names, DOMAIN)[0].level == "error"


def test_whether_mail_can_come_back(names, server):
    server.zone[DOMAIN]["MX"] = ["0 ."]
    assert "受け取らない" in check_mx(names, DOMAIN)[0].words
    server.zone[DOMAIN]["MX"] = ["10 gone.jp."]
    assert levels(check_mx(names, DOMAIN)) == [("MX", "warn")]
    del server.zone[DOMAIN]["MX"]
    assert levels(check_mx(names, DOMAIN)) == [("MX", "error")]


def test_an_address_without_a_name_or_with_one_that_leads_elsewhere(names, server):
    addresses = names.addresses(RELAY)
    server.zone[RELAY]["A"] = ["8.8.8.8"]
    assert "戻りません" in check_pointers(names, RELAY, addresses)[0].words
    del server.zone["4.4.8.8.in-addr.arpa"]
    (found,) = check_pointers(names, RELAY, addresses)
    assert found.level == "warn" and found.record == f"4.4.8.8.in-addr.arpa. IN PTR {RELAY}."
    (inside,) = check_pointers(names, "10.0.0.5", names.addresses("10.0.0.5"))
    assert inside.level == "hint"


def test_a_name_server_that_is_silent_or_broken_is_told_and_the_rest_is_checked(server):
    names = Names(server.address, lifetime=0.2)
    server.silent.add(f"_dmarc.{DOMAIN}")
    server.broken.add(f"mail._domainkey.{DOMAIN}")
    found = dict(levels(check_domain(names, DOMAIN, relay=RELAY, selector="mail")))
    assert found == {"SPF": "ok", "DKIM": "error", "DMARC": "error", "MX": "ok", "PTR": "ok"}
    server.silent.add(DOMAIN)
    (one,) = check_domain(names, DOMAIN, relay=RELAY, selector="mail")
    assert "答えない" in one.words


def test_a_domain_that_does_not_exist_or_is_a_sample(names, server):
    (found,) = check_domain(names, "mistyped.city.jp", relay=RELAY, selector="")
    assert found.level == "error" and "ありません" in found.words
    server.asked.clear()
    (sample,) = check_domain(names, "assist-park.example", relay=RELAY, selector="")
    assert "見本" in sample.words and not server.asked


def relay_of(url: str):
    return transport_from_url(url).address


def test_the_relay_is_talked_to_and_gets_no_mail(relay):
    found = check_relay(relay_of(relay.url), ehlo_name="centre.city.jp")
    assert levels(found) == [("中継サーバー", "ok")] and "SIZE" in found[0].words
    assert relay.raw == [] and not [line for line in relay.said if line.startswith("MAIL")]


def test_what_is_wrong_with_the_relay_is_said(relay, start_relay):
    def words(url: str) -> str:
        (found,) = [one for one in check_relay(relay_of(url), ehlo_name="x.jp") if one.level in ("error", "warn")][:1]
        return found.words

    assert "STARTTLS" in words(f"smtp+tls://127.0.0.1:{relay.port}")
    assert "暗号化せずに" in words(f"smtp://a:b@127.0.0.1:{relay.port}")
    assert "50,000バイト" in words(start_relay(data_size_limit=50_000).url)
    port = relay.port
    relay.stop()
    assert "つながりません" in words(f"smtp://127.0.0.1:{port}")


def test_a_login_that_is_not_offered_or_refused(relay, start_relay):
    def every(url: str) -> str:
        return " ".join(one.words for one in check_relay(relay_of(url), ehlo_name="x.jp"))

    assert "AUTHがありません" in every(f"smtp://a:b@127.0.0.1:{relay.port}")
    strict = start_relay(auth_require_tls=False, authenticator=lambda *_: AuthResult(success=False, handled=False))
    assert "ログインできません" in every(f"smtp://a:b@127.0.0.1:{strict.port}")


@pytest.mark.parametrize(
    ("url", "level"),
    [("https://centre.city.jp", "ok"), ("http://centre.city.jp", "error"), ("https://127.0.0.1", "error")],
)
def test_the_address_in_the_links(settings, url, level):
    settings.SITE_URL = url
    assert check_site_url()[0].level == level


def test_whether_returned_mails_are_known_of(settings, db):
    (found,) = check_mailbox()
    assert "不達は把握していません" in found.words and "MAILBOX_URL=" in found.record
    box = ImapServer()
    settings.MAILBOX_URL, settings.LIST_UNSUBSCRIBE_MAILTO = box.url, "modori@assist-park.example"
    assert levels(check_mailbox()) == [("受信箱", "ok")]
    box.add("Subject: ?\n\n").flags.add("\\Flagged")
    settings.LIST_UNSUBSCRIBE_MAILTO = ""
    found = check_mailbox()
    assert "1通" in found[0].words and "LIST_UNSUBSCRIBE_MAILTO" in found[1].record
    settings.MAILBOX_URL = box.url.replace("himitsu", "chigau")
    assert levels(check_mailbox()) == [("受信箱", "error")]
    assert not [line for line in box.said if "STORE" in line]
    box.stop()


def test_a_loop_that_does_not_run_and_a_copied_database(db, clock):
    assert levels(check_sending(now=clock())) == [("送信", "warn")]
    assert not Instance.objects.exists()
    enqueue(kind="x", to="a@b.jp", subject="s", text="t", now=clock())
    Instance.objects.create(identity="from-elsewhere")
    found = check_sending(now=clock())
    assert levels(found) == [("送信", "error"), ("送信", "error")]


def test_the_command_prints_what_to_do_and_ends_with_one_where_something_is_wrong(server, centre, relay, settings):
    settings.EMAIL_URL, settings.DKIM_SELECTOR, settings.SITE_URL = relay.url, "mail", "https://centre.city.jp"
    centre.sender_email = f"mail@{DOMAIN}"
    centre.save()
    del server.zone[f"_dmarc.{DOMAIN}"]
    out = io.StringIO()
    with pytest.raises(SystemExit) as end:
        call_command("checkup", nameserver=server.address, stdout=out)
    assert end.value.code == 1
    assert "× 直す　DMARC" in out.getvalue() and f'_dmarc.{DOMAIN}. IN TXT "v=DMARC1; p=none' in out.getvalue()

    server.zone[f"_dmarc.{DOMAIN}"] = {"TXT": ['"v=DMARC1; p=reject; rua=mailto:a@b.jp"']}
    out = io.StringIO()
    call_command("checkup", nameserver=server.address, json=True, stdout=out)
    answer = json.loads(out.getvalue())
    assert answer["errors"] == 0 and {one["area"] for one in answer["found"]} >= {"SPF", "DKIM", "不達"}


def test_files_instead_of_mail_are_an_error(server, centre, settings):
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("checkup", nameserver=server.address, stdout=out)
    assert "ファイルに書き出されます" in out.getvalue()
