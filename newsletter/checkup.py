"""Everything that decides whether mail leaves and arrives, looked at once: name servers, relay, mailbox, settings.

Nothing is sent and nothing is written. `now` is an aware moment.
"""

from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings

from center.queries import centre_settings
from newsletter.checkup_domain import check_domain
from newsletter.checkup_names import Names
from newsletter.checkup_relay import check_relay
from newsletter.checkup_words import Found, Level, error, hint, ok, warn
from newsletter.models import Instance
from newsletter.sending.addresses import UnmailableAddress
from newsletter.sending.esp_services import SERVICES, webhooks_are_on
from newsletter.sending.health import health
from newsletter.sending.instance import RefusesToSend, check_instance
from newsletter.sending.mailbox import (
    MailboxSettingsError,
    MailboxTrouble,
    count_waiting,
    mailbox_address,
)
from newsletter.sending.message import sender_address
from newsletter.sending.smtp import SmtpAddress
from newsletter.sending.transport import MailSettingsError, transport_from_settings

ORDER = (Level.ERROR, Level.WARN, Level.HINT, Level.OK)


def checkup(*, names: Names, now: datetime) -> list[Found]:
    """What was found, the worst first."""
    found, relay = check_email_url()
    is_service = urlsplit(settings.EMAIL_URL).scheme in SERVICES
    if relay:
        found += check_relay(relay, ehlo_name=settings.MAIL_DOMAIN)
    try:
        domain = sender_address(centre_settings()).rpartition("@")[2]
    except UnmailableAddress:
        found.append(
            error("差出人", "差出人のメールアドレスがありません。", "管理画面の「設定」→「センター」で決めてください。")
        )
    else:
        if relay or is_service:
            host = relay.host if relay else ""
            found += check_domain(names, domain, relay=host, selector=settings.DKIM_SELECTOR)
    found += [*check_site_url(), *check_mailbox(), *check_sending(now=now)]
    return sorted(found, key=lambda one: ORDER.index(one.level))


def check_email_url() -> tuple[list[Found], SmtpAddress | None]:
    """What EMAIL_URL names; the relay's address where it is one that speaks SMTP."""
    line = "EMAIL_URL=smtp+tls://名前:パスワード@中継サーバー:587"
    scheme = urlsplit(settings.EMAIL_URL).scheme
    if scheme in ("", "filemail"):
        words = "メールは送られず、ファイルに書き出されます。"
        return [error("EMAIL_URL", words, "中継サーバー（または配信サービス）を設定してください。", line)], None
    try:
        transport = transport_from_settings()
    except MailSettingsError as wrong:
        return [error("EMAIL_URL", str(wrong), "次の形にしてください。", line)], None
    if scheme in SERVICES:
        words = f"{SERVICES[scheme].name} から送ります。"
        fix = "差出人のドメインを、サービスの画面で認証してください。示されたSPF・DKIMの行をそのまま加えます。"
        return [hint("EMAIL_URL", words, fix)], None
    return [], transport.address


def check_site_url() -> list[Found]:
    """Links in mails start with it."""
    parts = urlsplit(settings.SITE_URL)
    host = parts.hostname or ""
    line = "SITE_URL=https://（サイトの名前）"
    if _is_local(host):
        words = f"SITE_URL が {settings.SITE_URL} です。メールのリンクが、読者からは開けません。"
        return [error("SITE_URL", words, "公開しているサイトのアドレスにしてください。", line)]
    if parts.scheme != "https":
        words = "SITE_URL が https ではありません。ワンクリックの配信停止が使われません。"
        return [error("SITE_URL", words, "https のアドレスにしてください。", line)]
    return [ok("SITE_URL", f"メールのリンクは {settings.SITE_URL} で始まります。")]


def check_mailbox() -> list[Found]:
    """Whether it is learned of mails that come back, and whether readers may leave by mail."""
    if not settings.MAILBOX_URL:
        if webhooks_are_on():
            return [ok("不達", "不達の知らせは、配信サービスから届きます。")]
        line = "MAILBOX_URL=imaps://名前:パスワード@ホスト/INBOX?done=Done"
        fix = "差出人のアドレスに戻るメールを読める受信箱があれば、設定してください。"
        return [warn("不達", "不達は把握していません。あとから戻ってきたメールが分かりません。", fix, line)]
    try:
        unread = count_waiting(mailbox_address(settings.MAILBOX_URL))
    except MailboxSettingsError as wrong:
        return [error("受信箱", str(wrong))]
    except MailboxTrouble as trouble:
        return [
            error("受信箱", f"MAILBOX_URL の受信箱を読めません（{trouble}）。", "名前とパスワードを確かめてください。")
        ]
    found = []
    if unread:
        words = f"受信箱に、読み取れなかったメールが{unread}通あります（星印）。"
        found.append(hint("受信箱", words, "開いて、不達の知らせや問い合わせでないか見てください。"))
    if not settings.LIST_UNSUBSCRIBE_MAILTO:
        line = "LIST_UNSUBSCRIBE_MAILTO=（その受信箱のアドレス）"
        found.append(
            hint("受信箱", "メールでの配信停止の宛先がありません。", "設定すると、読者はメールでもやめられます。", line)
        )
    return found or [ok("受信箱", "戻ってきたメールの受信箱を読めます。")]


def check_sending(*, now: datetime) -> list[Found]:
    """Whether this database may send from here, and whether the loop runs."""
    found = []
    if Instance.objects.exists():
        try:
            check_instance()
        except RefusesToSend as refusal:
            found.append(error("送信", str(refusal)))
    state = health(now=now)
    if state.is_stopped:
        fix = "send_issues --watch のサービスを動かしてください。"
        found.append(error("送信", f"{state.waiting}通が待っていますが、送信のプログラムが動いていません。", fix))
    elif state.is_silent:
        words = "送信のプログラムが動いていないようです（待っているメールはありません）。"
        found.append(warn("送信", words, "send_issues --watch のサービスを動かしてください。"))
    if state.uncertain:
        found.append(
            hint("送信", f"届いたか分からないメールが{state.uncertain}通あります。", "管理画面で決めてください。")
        )
    return found or [ok("送信", "送信のプログラムが動いています。")]


def _is_local(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost"))
