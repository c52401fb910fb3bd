"""Honest people and machines before the public form: everybody is heard, no machine reaches the board or a mailbox."""

import json
import os
import re
from base64 import b64decode, b64encode
from collections import Counter
from datetime import datetime, timedelta
from html.parser import HTMLParser

import pytest
import time_machine
from django.test import Client

from activities.models import Notice
from activities.notices.board import board
from activities.notices.forms import new_submission
from activities.notices.limits import MAILS_WITHOUT_PROOF_A_DAY
from center.intake.guard import signed_render_time
from center.intake.proof_of_work import new_challenge
from center.models import OutgoingMail
from tests.activities.notice_builders import TEXT, day, words_of
from tests.center.test_proof_of_work import asked_in, solve

pytestmark = pytest.mark.django_db
IS_FULL = os.environ.get("FULL") == "1"
PEOPLE = 100 if IS_FULL else 12
POSTS = 1_000 if IS_FULL else 60
NOW = day(2026, 11, 18, 9)
PATH = "/notices/new/"
PROOF = "sum_done"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def guarded(settings, monkeypatch, tree):
    """The guard as it stands in front of citizens; only the sum is a short one."""
    settings.FORM_NEEDS_PROOF, settings.FORM_MIN_SECONDS = True, 3
    monkeypatch.setattr("center.intake.proof_of_work.MOST_TRIES", 500)


class _Fields(HTMLParser):
    """What a browser would send of the form in a page, before anybody types."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._text = None
        self._is_inside = False
        self.feed(page)

    def handle_starttag(self, tag, attrs) -> None:
        told = dict(attrs)
        self._is_inside = self._is_inside or (tag == "form" and told.get("id") == "form")
        if not self._is_inside or not told.get("name"):
            return
        if tag == "textarea":
            self._text = self.values[told["name"]] = [""]
        elif tag == "input" and (told.get("type") not in ("checkbox", "radio", "file") or "checked" in told):
            self.values.setdefault(told["name"], []).append(told.get("value") or "")

    def handle_data(self, data) -> None:
        if self._text:
            self._text[0] += data

    def handle_endtag(self, tag) -> None:
        if tag == "textarea":
            self._text = None
        self._is_inside = self._is_inside and tag != "form"


def fields_of(response) -> dict[str, list[str]]:
    assert response.status_code == 200, response.status_code
    return _Fields(response.content.decode()).values


def get(client: Client, at: datetime, path: str = PATH):
    with time_machine.travel(at, tick=False):
        return client.get(path)


def post(client: Client, at: datetime, fields: dict, path: str = PATH):
    with time_machine.travel(at, tick=False):
        return client.post(path, fields)


def proof_for(response) -> dict[str, str]:
    """What the script of the page adds."""
    return {PROOF: solve(asked_in(response.content.decode()))}


# Honest people

NEWS = {"title": "昔の道具で、もちをつく", "text": TEXT, "media": ["web", "facebook", "mail"]}
EVENT = NEWS | {
    **{"s1-year": "2026", "s1-month": "１２", "s1-day": "12", "s1-starts": "10:00", "s1-ends": "１２時"},
    **{"venue_name": "大槻ふれあいセンター", "fee_way": "free", "application_way": "none"},
}
ABOUT = {"about_text": "昔の道具で、もちをつく", "text": "雨のため、場所が変わります。"}
ANSWERS = {
    "event": EVENT,
    "call": NEWS | {"deadline-year": "2026", "deadline-month": "12", "deadline-day": "20"},
    "grant": NEWS | {"funder": "見本財団", "amount_upper": "３０万円"},
    "report": NEWS,
    "match": NEWS | {"match_direction": "wanted", "match_actor": "voluntary", "match_resource": "people"},
    "change": ABOUT,
    "cancellation": ABOUT,
    "other": NEWS,
}


class Person:
    """Somebody with a browser, at a city hall that has one address for all."""

    def __init__(self, number: int) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.at = NOW + 10 * number * MINUTE
        self.kind = list(ANSWERS)[number % len(ANSWERS)]
        self.address = f"kai{number}@example.jp"
        self.typed = ANSWERS[self.kind] | {
            **{"group_name": f"第{number}の会", "contact_name": "佐藤花子", "contact_email": self.address},
        }
        self.page = get(self.client, self.at, f"{PATH}?kind={self.kind}")

    def filled(self, **changes) -> dict:
        return fields_of(self.page) | self.typed | changes

    def send(self, fields: dict, *, after: timedelta = 5 * MINUTE, path: str = PATH):
        self.at += after
        self.page = post(self.client, self.at, fields | {"send": "1"}, path)
        return self.page


def with_script(person: Person):
    return person.send(person.filled(**proof_for(person.page)))


def without_script(person: Person):
    return person.send(person.filled())


def sent_twice(person: Person):
    fields = person.filled(**proof_for(person.page))
    first = person.send(fields)
    second = person.send(fields, after=timedelta(seconds=1))
    assert first.url == second.url
    return second


def after_a_mistake(person: Person):
    person.send(person.filled(text="", **proof_for(person.page)))
    return person.send(person.filled())  # the proof came back with the page


def without_script_after_a_mistake(person: Person):
    person.send(person.filled(text=""))
    return person.send(person.filled())


def quicker_than_three_seconds(person: Person):
    person.send(person.filled(**proof_for(person.page)), after=timedelta(seconds=1))
    return person.send(person.filled(), after=timedelta(seconds=9))


def twenty_hours_later(person: Person):
    return person.send(person.filled(**proof_for(person.page)), after=timedelta(hours=20))


def thirty_hours_later(person: Person):
    person.send(person.filled(**proof_for(person.page)), after=timedelta(hours=30))
    return person.send(person.filled(**proof_for(person.page)), after=timedelta(seconds=9))


def by_the_link_to_go_on(person: Person):
    told = post(person.client, person.at + MINUTE, person.filled(), "/notices/new/save/").json()
    person.at += timedelta(days=3)
    person.page = get(Client(), person.at, told["path"])  # on another machine
    return person.send(fields_of(person.page) | proof_for(person.page), path=told["path"])


def without_script_by_the_link_to_go_on(person: Person):
    saved = post(person.client, person.at + MINUTE, person.filled(save="1"))
    person.at += timedelta(days=3)
    path = saved.url.partition("?")[0]
    person.page = get(person.client, person.at, path)
    return person.send(fields_of(person.page), path=path)


WAYS = [
    *(with_script, without_script, sent_twice, after_a_mistake, without_script_after_a_mistake),
    *(quicker_than_three_seconds, twenty_hours_later, thirty_hours_later, by_the_link_to_go_on),
    *(without_script_by_the_link_to_go_on, with_script),
]


def test_every_honest_person_is_accepted_and_told_number_and_due_day():
    results, browsers = Counter(), set()
    for number in range(PEOPLE):
        person, way = Person(number), WAYS[number % len(WAYS)]
        answer = way(person)
        assert answer.status_code == 302, (way.__name__, person.kind, words_of(answer))
        notice = Notice.objects.get(contact_email=person.address)
        words = words_of(get(person.client, person.at + MINUTE, answer.url))
        assert notice.number in words
        assert re.search(rf"{notice.due_on.day}日 \S*期限", words), (way.__name__, person.kind)
        assert notice.kind == person.kind
        assert notice.is_held == way.__name__.startswith("without_script"), (way.__name__, notice.held_reason)
        results[way.__name__, "held" if notice.is_held else "on the board"] += 1
        if not notice.is_held:
            browsers.add(person.address)
    assert Notice.objects.count() == PEOPLE
    assert {notice.contact_email for notice in board()} == browsers
    assert board(held=True).count() == PEOPLE - len(browsers)
    assert sorted(OutgoingMail.objects.values_list("to", flat=True)) == sorted(browsers)
    if IS_FULL:
        print(f"\n{PEOPLE} honest: {len(browsers)} on the board, {PEOPLE - len(browsers)} held")
        for (way, result), count in results.items():
            print(f"  {way}: {count} {result}")


# Machines

LONG = "買" * 20_000
JUNK = [
    LONG,
    "\x00\x01\x07\x1b[31m\u202e\ufeff",
    "<script>alert(1)</script>\" onload='x' {{ 7|add:7 }}",
    "'; DROP TABLE activities_notice; --",
    "-1",
    "９" * 400,
    "\ud83d".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
    "../../../../etc/passwd%00",
]


class Machine:
    """A script that reads the form (or has it in `page`) and posts it; `number` makes each of its texts a new one."""

    def __init__(self, number: int, stolen: dict, page=None) -> None:
        self.client, self.number, self.stolen = Client(), number, stolen
        self.at = NOW + timedelta(hours=1)
        self.page = page or get(self.client, self.at)
        self.fields = fields_of(self.page) | EVENT | {"send": "1"}
        if page:
            self.fields["submission"] = new_submission()
        self.fields |= {"group_name": f"社{number}", "contact_name": "業者", "contact_email": f"v{number}@example.com"}
        self.fields |= {"title": f"もうかる話 {number}", "text": f"いますぐ http://spam{number}.example/ をみる"}

    def post(self, after: float = 30, **changes):
        sent = {name: value for name, value in (self.fields | changes).items() if value is not None}
        return post(self.client, self.at + timedelta(seconds=after), sent)


def posts_at_once(machine: Machine):
    return [machine.post(after=0.2, **proof_for(machine.page))]


def keeps_one_stamp_for_new_texts(machine: Machine):
    return [machine.post(rendered_at=machine.stolen["rendered_at"], submission=None)]


def uses_a_proof_again(machine: Machine):
    return [machine.post(**{PROOF: machine.stolen[PROOF]})]


def forges_the_stamp(machine: Machine):
    stamp = machine.fields["rendered_at"][0]
    moment, _colon, signature = stamp.partition(":")
    later = [f"{int(moment) - 60_000}:{signature}", moment, "", None, f"{moment}:{'A' * len(signature)}"]
    later.append(signed_render_time(now=machine.at + timedelta(days=1)))
    return [machine.post(rendered_at=later[machine.number % len(later)], **proof_for(machine.page))]


def fills_in_every_field(machine: Machine):
    return [machine.post(memo_2="http://spam.example/", **proof_for(machine.page))]


def leaves_the_fields_empty(machine: Machine):
    empty = dict.fromkeys((*EVENT, "group_name", "contact_name", "contact_email", "title", "text"), "")
    return [machine.post(**empty, **proof_for(machine.page))]


def writes_garbage(machine: Machine):
    number, junk = machine.number, JUNK[machine.number % len(JUNK)]
    junked = dict.fromkeys(machine.fields, junk)
    if number % 3 == 1:  # the guard is left alone, and nothing is asked that junk could not answer
        words = ("group_name", "contact_name", "title", "text", PROOF, "draft", "resume", "version")
        junked = dict.fromkeys(words, junk) | {"kind": "report", "shown": "report"}
    elif number % 3 == 2:  # every button at once
        buttons = ("add", "remove", "drop", "keep", "narrow", "save", "mail_link", "preview", "other_group")
        junked = {"title": junk} | dict.fromkeys(buttons, "1")
    answer = machine.post(**junked)
    if answer.status_code == 302:
        assert get(machine.client, machine.at + MINUTE, answer.url).status_code == 200
    return [answer]


def sends_one_form_many_times(machine: Machine):
    return [machine.post(title=f"もうかる話 {part}") for part in range(5)]


def waits_and_fills_in_well(machine: Machine):
    return [machine.post(after=3)]


def brings_a_proof_of_another_form(machine: Machine):
    solution = proof_for(machine.page)[PROOF]
    answer = json.loads(b64decode(solution))
    at = machine.at
    others = [
        solve(new_challenge("SignUpForm", now=at)),
        solve(new_challenge("ConsultationForm", now=at)),
        b64encode(json.dumps(answer | {"number": answer["number"] + 1}).encode()).decode(),
        b64encode(json.dumps(answer | {"signature": "0" * 64}).encode()).decode(),
        solve(new_challenge("NoticeForm", now=at - timedelta(hours=25))),
        solution[:-8],
    ]
    return [machine.post(**{PROOF: others[machine.number % len(others)]})]


REFUSED, HELD, TOO_LARGE = "form shown again", "held", "too large, not read"
RESULTS = {200: REFUSED, 302: HELD, 400: TOO_LARGE}
MACHINES = {
    posts_at_once: {REFUSED},
    keeps_one_stamp_for_new_texts: {HELD},
    uses_a_proof_again: {HELD},
    forges_the_stamp: {REFUSED},
    fills_in_every_field: {REFUSED},
    leaves_the_fields_empty: {REFUSED},
    writes_garbage: {REFUSED, HELD, TOO_LARGE},
    sends_one_form_many_times: {HELD},
    waits_and_fills_in_well: {HELD},
    brings_a_proof_of_another_form: {HELD},
}


def test_no_machine_reaches_the_board_or_a_mailbox():
    person = Person(0)
    stolen = person.filled(**proof_for(person.page))
    assert person.send(stolen).status_code == 302
    honest = Notice.objects.get()

    results = {way: Counter() for way in MACHINES}
    for way, count in results.items():
        number, page = 0, None
        while count.total() < POSTS // len(MACHINES):
            machine, before = Machine(number, stolen, page), Notice.objects.count()
            page = None if IS_FULL else machine.page
            answers = way(machine)
            count.update(RESULTS[answer.status_code] for answer in answers)
            came = Notice.objects.count() - before
            assert came == int(answers[0].status_code == 302), way.__name__
            number += 1

    if IS_FULL:
        held = board(held=True).count()
        new, mails = board().count() - 1, OutgoingMail.objects.count() - 1
        print(f"\n{POSTS} posts of machines: {held} notices held, {new} on the board as new, {mails} mails")
        for way, counted in results.items():
            print(f"  {way.__name__}: {dict(counted)}")
    assert list(board(state="all")) == [honest]
    assert [mail.to for mail in OutgoingMail.objects.all()] == [person.address]
    for way, expected in MACHINES.items():
        assert set(results[way]) <= expected, (way.__name__, results[way])
        assert results[way]
    honest.refresh_from_db()
    assert honest.title == NEWS["title"]


def test_whoever_steals_a_whole_form_gets_no_more_than_its_notice():
    person = Person(0)
    stolen = person.filled(**proof_for(person.page))
    person.send(stolen)
    answer = post(Client(), person.at + MINUTE, stolen | {"send": "1", "title": "もうかる話"})
    assert answer.status_code == 302
    assert [notice.title for notice in board()] == [NEWS["title"]]
    assert OutgoingMail.objects.count() == 1


def test_the_button_that_mails_the_link_mails_few_without_a_proof():
    """It has its honest use without a script; a machine that presses it alone gets no further than that."""
    page = None
    for number in range(MAILS_WITHOUT_PROOF_A_DAY + 2):
        machine = Machine(number, {}, page)
        page = machine.page
        answer = machine.post(send=None, mail_link="1")
    assert OutgoingMail.objects.count() == MAILS_WITHOUT_PROOF_A_DAY
    assert "ページのアドレスをひかえて" in words_of(answer)
    person = Person(0)
    post(person.client, person.at + MINUTE, person.filled(mail_link="1", **proof_for(person.page)))
    assert OutgoingMail.objects.last().to == person.address
