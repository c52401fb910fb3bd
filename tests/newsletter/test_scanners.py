"""Mail scanners open every address of every mail, by GET, HEAD and OPTIONS: nothing changes by it, anywhere."""

import hashlib
import os
import re
from datetime import date, datetime
from urllib.parse import unquote, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client

from center.models import CentreSettings, OutgoingMail
from center.opening import TOKYO
from center.queries import centre_settings
from config.builders import add_grant
from newsletter import services, staff_mails
from newsletter.issue_release import gather, holds_as_json
from newsletter.models import Delivery, Issue, Rendering, Subscriber, SubscriberState, Suppression, Topic
from newsletter.sending.message import compose_issue_mail
from newsletter.slots import TOKEN_SLOT
from newsletter.subscribers import confirm_subscription, erase, request_subscription, subscribe_by_staff
from newsletter.tokens import address_hash, personal_token
from tests.activities.notice_builders import receive

pytestmark = pytest.mark.django_db
REQUESTS = 10_000 if os.environ.get("FULL") else 150
METHODS = ("get", "head", "options")
ADDRESS = re.compile(rf'{re.escape(settings.SITE_URL)}[^\s"<>）]*')
EDITIONS = (("ja", "html"), ("en", "html"), ("ja-x-easy", "text"))
AGENTS = ("Mozilla/5.0 (SafeLinks)", "Barracuda Sentinel (EE)", "Google-Safety", "")
TAILS = ("", "", "?List-Unsubscribe=One-Click", "?action=leave", "?utm_source=x&action=erase&sure=yes")
NOT_OURS = re.compile(r"django_session|logentry|_fts|sqlite_")
"""Sessions and logs may grow; the full-text tables follow the rows that are looked at."""
NOW = datetime(2026, 12, 1, 9, 0, tzinfo=TOKYO)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TOKYO)


def everything() -> str:
    """One hash of every row of every table."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for name in sorted(connection.introspection.table_names(cursor)):
            if NOT_OURS.search(name):
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
            digest.update("\n".join([name, *rows]).encode())
    return digest.hexdigest()


@pytest.fixture
def mails(world) -> list[str]:
    """Every mail that this system writes, as its text: issue in each edition, subscribers', staff's, groups'."""
    CentreSettings.objects.update(sender_email="mail@assist-park.example", email="madoguchi@assist-park.example")
    world.event("音楽会", (2026, 11, 18, 9), (2026, 12, 20, 14), (2026, 12, 20, 16))
    with world.travel(2026, 11, 18, 9):
        add_grant(world.tree, "地域の助成", closes_on=date(2026, 12, 25))
    issue = services.draft_issue(year=2026, month=12, now=at(2026, 11, 10, 9))
    with world.travel(2026, 11, 26, 17, 30):
        services.freeze_issue(issue=issue, by=world.editor, now=at(2026, 11, 26, 17, 30))
        services.approve_issue(issue=issue, by=world.approver, now=at(2026, 11, 27, 9))
    texts = issue_mails(world, issue)
    Issue.objects.filter(pk=issue.pk).update(state="sent", sent_at=NOW)
    subscriber_mails(issue.topic)
    all_staff_mails(issue)
    receive(at(2026, 11, 20, 9))
    rows = list(OutgoingMail.objects.all())
    kinds = {row.kind for row in rows}
    assert {"mail-confirm", "mail-welcome", "mail-already", "issue-held", "issue-not-sent", "issue-paused"} <= kinds
    assert any(kind.startswith("notice-") for kind in kinds)
    return [*texts, *(row.text + row.html for row in rows)]


def issue_mails(world, issue: Issue) -> list[str]:
    found = []
    for number, (locale, form) in enumerate(EDITIONS):
        reader = subscribe_by_staff(
            email=f"reader{number}@example.jp",
            locale=locale,
            format=form,
            topics=[issue.topic],
            channel="paper",
            by=world.editor,
            now=at(2026, 11, 1, 9),
        )
        delivery = Delivery.objects.create(
            issue=issue,
            subscriber=reader,
            email=reader.email,
            email_norm=reader.email_norm,
            locale=locale,
            format=form,
            message_id=f"<{number}@assist-park.example>",
        )
        rendering = Rendering.objects.get(issue=issue, locale=locale)
        mail = compose_issue_mail(rendering, delivery, centre=centre_settings(), now=NOW)
        headers = mail.partition(b"\r\n\r\n")[0].decode()
        token = personal_token(reader.pk)
        found.append("\n".join([headers, *parts(rendering)]).replace(TOKEN_SLOT, token))
    return found


def parts(rendering: Rendering) -> list[str]:
    return [rendering.html, rendering.text, rendering.web_html]


def subscriber_mails(topic: Topic) -> None:
    for number, locale in enumerate(("ja", "en", "ja-x-easy", "ja")):
        address = f"new{number}@example.jp"
        ask(address, locale, topic)
        if number < 3:  # the fourth stays unconfirmed, so that its button is there to be opened
            token = OutgoingMail.objects.filter(kind="mail-confirm").last().text.split("/confirm/")[1].split("/")[0]
            confirm_subscription(token=token, now=NOW)
            ask(address, locale, topic)


def ask(address: str, locale: str, topic: Topic) -> None:
    request_subscription(
        email=address, locale=locale, format="html", topics=[topic], words_version="2026-11", page="/mail/", now=NOW
    )


def all_staff_mails(issue: Issue) -> None:
    holds = holds_as_json(gather(issue, now=NOW)[1].holds) or [{"subject": "音楽会", "label": "変更", "detail": ""}]
    for tell in (staff_mails.tell_held, staff_mails.tell_coming_hold, staff_mails.tell_paused):
        tell(issue, holds, now=NOW, key=tell.__name__)
    staff_mails.tell_not_sent(issue, now=NOW)
    staff_mails.tell_missing(2027, 1, now=NOW)
    staff_mails.tell_drafted(issue, now=NOW)
    staff_mails.tell_change_after_mail("音楽会", "変わりました。", now=NOW, key="changed")


def paths_of(mails: list[str]) -> list[str]:
    found = {address for mail in mails for address in ADDRESS.findall(mail)}
    return sorted(unquote(urlsplit(address).path) or "/" for address in found)


def test_opening_every_address_of_every_mail_changes_nothing(mails) -> None:
    paths = sorted(set(paths_of(mails)))
    personal = [path for path in paths if path.startswith("/u/")]
    confirming = [path for path in paths if "/confirm/" in path]
    assert len(personal) >= len(EDITIONS) and confirming and any(path.startswith("/admin/") for path in paths)
    assert any("/mail/2026-12/" in path for path in paths) and any("/notices/" in path for path in paths)
    with time_machine.travel(NOW, tick=False):
        before = everything()
        answers = [visit(number, paths) for number in range(REQUESTS)]
        assert everything() == before
    assert max(answers) < 500
    assert len(answers) == REQUESTS >= len(paths) * len(METHODS), "each address was opened by each method"


def visit(number: int, paths: list[str]) -> int:
    """One request of the scanner: the paths in turn, with each method, agent and tail."""
    method = METHODS[number // len(paths) % len(METHODS)]
    turn = number // (len(paths) * len(METHODS))
    path = paths[number % len(paths)] + TAILS[turn % len(TAILS)]
    response = getattr(Client(enforce_csrf_checks=True), method)(path, headers={"user-agent": AGENTS[turn % 4]})
    assert "sessionid" not in response.cookies or path.startswith("/admin/"), path
    return response.status_code


BODIES = {
    "urlencoded": {"data": "List-Unsubscribe=One-Click", "content_type": "application/x-www-form-urlencoded"},
    "multipart": {"data": {"List-Unsubscribe": "One-Click"}},
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("who", ["active", "paused", "suspended", "left", "suppressed", "erased", "nobody"])
def test_one_click_answers_200_without_redirect_twice_whoever_it_was(world, body, who) -> None:
    topic = Topic.objects.create(slug="one", name="毎月")
    reader = subscribe_by_staff(
        email="a@example.jp", locale="ja", format="html", topics=[topic], channel="paper", by=world.editor, now=NOW
    )
    token = personal_token(reader.pk) if who != "nobody" else "A" * 22
    if who == "erased":
        erase(subscriber=reader, by=None, now=NOW)
    elif who == "suppressed":
        Suppression.objects.create(email_hash=address_hash("a@example.jp"), reason="asked", source="", at=NOW)
    elif who != "nobody":
        Subscriber.objects.filter(pk=reader.pk).update(state=who)
    answers = [Client(enforce_csrf_checks=True).post(f"/u/{token}/", **BODIES[body]) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].content == answers[1].content
    assert not any(answer.cookies or answer.has_header("Location") for answer in answers)
    gone = {"erased": SubscriberState.ERASED, "nobody": SubscriberState.ACTIVE}
    assert Subscriber.objects.get(pk=reader.pk).state == gone.get(who, SubscriberState.LEFT)
