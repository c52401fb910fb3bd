"""Somebody signs up one address again and again to bury its owner: few mails come, and no answer tells who is known."""

import os
import random
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client

from center.intake.guard import signed_render_time
from center.models import OutgoingMail
from center.opening import TOKYO, tokyo_date
from newsletter.models import Subscriber, SubscriberState, Topic
from newsletter.subscribers import MAILS_A_DAY, confirm_subscription, suppress_address

pytestmark = pytest.mark.django_db
SIGN_UPS = 10_000 if os.environ.get("FULL") else 60
DAYS = 10 if os.environ.get("FULL") else 3
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=TOKYO)
VICTIMS = {
    "plain": "Hanako.Sato@Example.jp",
    "carrier": "ichi..ban.@docomo.ne.jp",
}
KNOWN = ("new", "pending", "active", "paused", "left", "suspended", "suppressed")


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    """Answers come without their pause; that it is there has a test of its own."""
    monkeypatch.setattr("newsletter.views.ANSWER_AFTER_SECONDS", 0)


@pytest.fixture
def topics(tree) -> list[Topic]:
    return [Topic.objects.create(slug=slug, name=name) for slug, name in (("monthly", "毎月"), ("extra", "臨時号"))]


def full_width(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def spelling(address: str, chance: random.Random) -> str:
    """The same mailbox, written otherwise: case, width, spaces around it, something after +, quotes, unseen marks."""
    local, _, domain = address.rpartition("@")
    if chance.random() < 0.3:
        local += f"+{chance.randrange(10**6)}"
    local = "".join(chance.choice((letter.lower(), letter.upper())) for letter in local)
    if chance.random() < 0.2:
        local = f'"{local}"'
    domain = chance.choice((domain, domain.upper(), domain.title()))
    whole = f"{local}@{domain}"
    if chance.random() < 0.3:
        whole = full_width(whole)
    if chance.random() < 0.2:
        whole = whole[:3] + "\u200b" + whole[3:]
    return chance.choice(("", " ", "　", "\t")) + whole + chance.choice(("", " ", "　"))


def somewhere(chance: random.Random) -> str:
    """An internet address that was hardly seen before."""
    return f"2001:db8::{chance.randrange(1, 65_536):x}:{chance.randrange(1, 65_536):x}"


def sign_up(client: Client, topics: list[Topic], email: str, now: datetime, remote: str = "192.0.2.7"):
    shown = signed_render_time(now=now - timedelta(minutes=5))
    data = {
        "email": email,
        "rendered_at": shown,
        "memo_2": "",
        "topics": [topic.pk for topic in topics],
        "locale": "ja",
        "format": "html",
    }
    return client.post("/mail/", data, REMOTE_ADDR=remote)


@pytest.mark.parametrize("victim", VICTIMS)
def test_however_often_one_mailbox_is_signed_up_it_gets_three_mails_a_day(client, topics, victim) -> None:
    chance = random.Random(victim)
    answers, spellings = set(), set()
    count = SIGN_UPS // len(VICTIMS)
    for number in range(count):
        now = NOON.replace(hour=0) + timedelta(seconds=number * DAYS * 86_400 / count)
        typed = spelling(VICTIMS[victim], chance)
        with time_machine.travel(now, tick=False):
            answer = sign_up(client, topics, typed, now, somewhere(chance))
        answers.add((answer.status_code, answer["Location"], answer.content))
        spellings.add(typed)
    assert len(answers) == 1 and len(spellings) > count / 2
    assert MAILS_A_DAY <= 3
    by_day: dict = {}
    for mail in OutgoingMail.objects.all():
        day = tokyo_date(mail.created_at)
        by_day[day] = by_day.get(day, 0) + 1
    assert len(by_day) == DAYS and set(by_day.values()) == {3}


def make_known(client: Client, topics: list[Topic], who: str) -> str:
    """Somebody in that state; returns the address."""
    address = f"{who}@example.jp"
    if who == "suppressed":
        suppress_address(email_norm=address, reason="complaint", source="", now=NOON)
    elif who != "new":
        sign_up(client, topics, address, NOON)
        if who != "pending":
            text = OutgoingMail.objects.get(kind="mail-confirm", to=address).text
            confirm_subscription(token=text.split("/confirm/")[1].split("/")[0], now=NOON)
            state = getattr(SubscriberState, who.upper())
            left_at = NOON if who == "left" else None
            Subscriber.objects.filter(email=address).update(state=state, left_at=left_at)
    return address


def seen(response) -> tuple:
    """What somebody outside sees of an answer, without its date."""
    headers = sorted((name, value) for name, value in response.items() if name != "Date")
    return response.status_code, headers, dict(response.cookies), response.content


@time_machine.travel(NOON, tick=False)
def test_new_pending_active_left_and_suppressed_get_the_same_answer_byte_for_byte(client, topics) -> None:
    answers = {}
    for who in KNOWN:
        address = make_known(client, topics, who)
        for spelled in (address, address.upper(), full_width(address)):
            posted = sign_up(client, topics, spelled, NOON)
            followed = client.get(posted["Location"])
            answers[who, spelled] = (seen(posted), seen(followed))
            assert address.encode() not in followed.content
    assert len(answers) == 3 * len(KNOWN)
    assert len({str(answer) for answer in answers.values()}) == 1
