"""Pausing for issues, until a day, or without an end."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from newsletter.models import ConsentEvent, Issue, Subscriber, Topic
from newsletter.subscriber_pauses import skipped_until
from newsletter.subscribers import end_pauses, pause, resume, subscribe_by_staff
from newsletter.tokens import personal_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanako(tree, staff):
    topic = Topic.objects.create(slug="monthly", name="毎月")
    values = {"locale": "ja", "format": "html", "topics": [topic], "channel": "paper", "by": staff}
    return subscribe_by_staff(email="hanako@example.jp", now=timezone.now(), **values)


@pytest.fixture
def page(hanako):
    return f"/u/{personal_token(hanako.pk)}/"


def add_issue(tokyo, year: int, month: int, number: int = 1) -> Issue:
    send_at = tokyo(year, month, 1, 10)
    dates = {
        "created_at": send_at - timedelta(days=20),
        "send_at": send_at,
        "cutoff_at": send_at - timedelta(days=4),
        "not_after": send_at + timedelta(days=20),
    }
    return Issue.objects.create(
        year=year, month=month, number=number, slug=f"{year}-{month:02}", subject=f"{month}月号", **dates
    )


@pytest.mark.parametrize(("count", "day"), [(1, date(2027, 1, 1)), (3, date(2027, 3, 1))])
def test_who_skips_issues_gets_the_first_one_after_them(tokyo, count, day):
    add_issue(tokyo, 2026, 12)
    assert skipped_until(count, now=tokyo(2026, 11, 24, 9)) == day


def test_without_a_draft_the_next_month_counts(tokyo):
    assert skipped_until(1, now=tokyo(2026, 11, 24, 9)) == date(2027, 1, 1)


def test_a_pause_ends_by_itself_on_its_day_in_tokyo_and_the_ledger_says_so(hanako, tokyo):
    pause(subscriber=hanako, until_on=date(2027, 1, 1), now=tokyo(2026, 11, 24, 9))
    assert end_pauses(now=tokyo(2026, 12, 31, 23, 59)) == 0
    assert end_pauses(now=tokyo(2027, 1, 1, 0, 0)) == 1
    assert end_pauses(now=tokyo(2027, 1, 1, 0, 1)) == 0
    hanako.refresh_from_db()
    assert (hanako.state, hanako.paused_until_on) == ("active", None)
    assert list(ConsentEvent.objects.filter(action="changed").values_list("note", flat=True)) == ["pause", "resume"]


def test_a_pause_without_an_end_stays(hanako, tokyo):
    pause(subscriber=hanako, now=tokyo(2026, 11, 24, 9))
    assert end_pauses(now=tokyo(2030, 1, 1)) == 0


def test_a_pause_is_made_longer_and_resuming_forgets_its_day(hanako, tokyo):
    now = tokyo(2026, 11, 24, 9)
    assert pause(subscriber=hanako, until_on=date(2027, 1, 1), now=now)
    assert not pause(subscriber=hanako, until_on=date(2027, 1, 1), now=now)
    assert pause(subscriber=hanako, until_on=date(2027, 3, 1), now=now)
    assert resume(subscriber=hanako, now=now)
    hanako.refresh_from_db()
    assert hanako.paused_until_on is None


@pytest.mark.parametrize(
    ("fields", "until_in_days"), [({"how_long": "open"}, None), ({"how_long": "day"}, 40), ({"how_long": "one"}, 0)]
)
def test_the_page_pauses_as_chosen_and_says_until_when(page, fields, until_in_days):
    today = timezone.localdate()
    until_on = today + timedelta(days=until_in_days) if until_in_days else None
    if until_on:
        fields = fields | {"until_on": until_on.isoformat()}
    text = Client().post(page, {"action": "pause"} | fields, follow=True).text
    hanako = Subscriber.objects.get()
    assert hanako.state == "paused"
    if until_in_days == 0:
        assert hanako.paused_until_on.day == 1 and hanako.paused_until_on > today
        assert f"{hanako.paused_until_on.month}月1日" in text
    else:
        assert hanako.paused_until_on == until_on


@pytest.mark.parametrize("day", ["", "2020-01-01", "2999-01-01", "あした"])
def test_a_day_that_cannot_be_is_told_and_nothing_changes(page, day):
    response = Client().post(page, {"action": "pause", "how_long": "day", "until_on": day})
    assert response.status_code == 422
    assert Subscriber.objects.get().state == "active"
