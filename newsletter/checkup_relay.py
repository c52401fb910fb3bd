"""Whether the relay that EMAIL_URL names can be talked to: connection, TLS, login, size. No mail is sent."""

import smtplib
import ssl
from contextlib import suppress

from newsletter.checkup_words import Found, error, hint, ok, warn
from newsletter.sending.smtp import SmtpAddress

AREA = "中継サーバー"
MAIL_SIZE = 200_000
"""Octets that the largest issue may have, base64 included."""
TIMEOUT = 10.0


def check_relay(address: SmtpAddress, *, ehlo_name: str, context: ssl.SSLContext | None = None) -> list[Found]:
    """Connect, greet, encrypt and log in as the sender would. `context` is for tests with their own certificate."""
    context = context or ssl.create_default_context()
    where = f"{address.host}:{address.port}"
    try:
        smtp = _connect(address, ehlo_name, context)
    except ssl.SSLError as trouble:
        return [_bad_certificate(where, trouble)]
    except (OSError, smtplib.SMTPException) as trouble:
        fix = "ホストとポート、このサーバーからの通信が許されているかを確かめてください。"
        return [error(AREA, f"{where} につながりません（{_words(trouble)}）。", fix)]
    try:
        return _conversation(smtp, address, where, context)
    except ssl.SSLError as trouble:
        return [_bad_certificate(where, trouble)]
    except (OSError, smtplib.SMTPException) as trouble:
        return [error(AREA, f"{where} との通信が途中で切れました（{_words(trouble)}）。")]
    finally:
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()


def _connect(address: SmtpAddress, ehlo_name: str, context: ssl.SSLContext) -> smtplib.SMTP:
    options = {"local_hostname": ehlo_name, "timeout": min(address.timeout, TIMEOUT)}
    if address.implicit_tls:
        return smtplib.SMTP_SSL(address.host, address.port, context=context, **options)
    return smtplib.SMTP(address.host, address.port, **options)


def _conversation(smtp: smtplib.SMTP, address: SmtpAddress, where: str, context: ssl.SSLContext) -> list[Found]:
    found = []
    smtp.ehlo_or_helo_if_needed()
    offers_tls = smtp.has_extn("starttls")
    if address.starttls:
        if not offers_tls:
            fix = "ポートを確かめてください（多くは587）。465なら smtps:// です。"
            return [error(AREA, f"{where} は暗号化（STARTTLS）を使えません。", fix)]
        smtp.starttls(context=context)
        smtp.ehlo_or_helo_if_needed()
    elif not address.implicit_tls:
        found += _unencrypted(address, where, offers_tls)
    if address.user:
        found += _login(smtp, address, where)
    if smtp.has_extn("size") and (size := smtp.esmtp_features["size"]).isdigit() and 0 < int(size) < MAIL_SIZE:
        words = f"{where} が受け取る大きさは{int(size):,}バイトまでです。毎月のメールが断られるおそれがあります。"
        found.append(warn(AREA, words, f"{MAIL_SIZE:,}バイト以上にしてもらってください。"))
    if any(one.level != "hint" for one in found):
        return found
    offered = "、".join(name.upper() for name in ("starttls", "auth", "size", "pipelining") if smtp.has_extn(name))
    return [*found, ok(AREA, f"{where} につながりました（{offered or '拡張なし'}）。")]


def _unencrypted(address: SmtpAddress, where: str, offers_tls: bool) -> list[Found]:
    if address.user:
        fix = "smtp:// を smtp+tls:// か smtps:// に替えてください。"
        return [error(AREA, f"{where} に、パスワードを暗号化せずに送る設定です。", fix)]
    if offers_tls:
        return [hint(AREA, f"{where} は暗号化できます。", "smtp:// を smtp+tls:// に替えてください。")]
    return []


def _login(smtp: smtplib.SMTP, address: SmtpAddress, where: str) -> list[Found]:
    if not smtp.has_extn("auth"):
        return [
            error(AREA, f"{where} はログインを受け付けていません（AUTHがありません）。", "ポートを確かめてください。")
        ]
    try:
        smtp.login(address.user, address.password)
    except smtplib.SMTPAuthenticationError as refused:
        fix = "EMAIL_URL の名前とパスワードを確かめてください（記号は %40 のように書きます）。"
        return [error(AREA, f"{where} にログインできません（{refused.smtp_code}）。", fix)]
    except smtplib.SMTPNotSupportedError:
        return [error(AREA, f"{where} のログインの方式に対応していません。")]
    return []


def _bad_certificate(where: str, trouble: ssl.SSLError) -> Found:
    fix = "証明書の名前と期限を確かめ、EMAIL_URL のホストを証明書の名前にしてください。"
    return error(AREA, f"{where} の証明書を確かめられません（{_words(trouble)}）。", fix)


def _words(trouble: Exception) -> str:
    return " ".join(str(trouble).split())[:200] or type(trouble).__name__
