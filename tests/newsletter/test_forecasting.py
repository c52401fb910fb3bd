"""What a group is told about the mail when it sends a notice, and later."""

from datetime import date, datetime

import pytest

from activities.forecast import ForecastVerdict, forecast
from activities.models import Notice
from center.opening import TOKYO
from newsletter import services
from newsletter.models import Issue, IssueState

pytestmark = pytest.mark.django_db
PLANNED, IF_IN_TIME, ORPHAN, NONE = (
    ForecastVerdict.PLANNED,
    ForecastVerdict.IF_IN_TIME,
    ForecastVerdict.ORPHAN,
    ForecastVerdict.NONE,
)


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TOKYO)


def told(notice: Notice, moment: datetime):
    return forecast([notice], now=moment)[notice.pk or 0]


@pytest.fixture(autouse=True)
def pages_open(monkeypatch):
    monkeypatch.setattr("newsletter.issue_release.ask_pages", lambda ids: dict.fromkeys(ids, 200))


def test_a_notice_that_is_due_by_the_cutoff_is_planned_for_that_issue(world):
    notice = world.notice("音楽会", (2026, 11, 20, 15), start=(2026, 12, 20, 14))
    answer = told(notice, at(2026, 11, 20, 15))
    assert (answer.verdict, answer.cutoff_at, answer.send_at) == (
        PLANNED,
        at(2026, 11, 26, 17, 15),
        at(2026, 12, 1, 10),
    )
    assert "12" in answer.issue


def test_a_notice_that_is_due_after_the_cutoff_is_in_if_in_time(world):
    notice = world.notice("新春の会", (2026, 11, 25, 14), start=(2027, 1, 20, 14))
    assert told(notice, at(2026, 11, 25, 14)).verdict == IF_IN_TIME


def test_a_group_is_told_at_once_when_missing_this_mail_means_missing_all(world):
    late = world.notice("たき火", (2026, 11, 26, 10, 30), start=(2026, 12, 5, 10))
    other = world.notice("新春の会", (2026, 11, 26, 10, 30), start=(2027, 1, 20, 14))
    answer = told(late, at(2026, 11, 26, 10, 30))
    assert answer.verdict == IF_IN_TIME
    assert len(answer.reason) > len(told(other, at(2026, 11, 26, 10, 30)).reason)


def test_after_the_cutoff_what_is_over_before_the_next_mail_is_an_orphan(world):
    notice = world.notice("たき火", (2026, 11, 26, 10, 30), start=(2026, 12, 5, 10))
    answer = told(notice, at(2026, 11, 26, 17, 16))
    assert (answer.verdict, answer.send_at) == (ORPHAN, at(2027, 1, 5, 10))


def test_an_entitled_notice_stays_planned_after_the_cutoff_until_the_approval(world, december):
    services.ensure_drafts(now=december.drafted)
    notice = world.notice("音楽会", (2026, 11, 20, 15), start=(2026, 12, 20, 14))
    assert told(notice, at(2026, 11, 27, 9)).send_at == at(2026, 12, 1, 10)
    issue = Issue.objects.get(slug="2026-12")
    services.carry_over_notice(issue=issue, notice=notice, reason="確認待ち", by=world.editor, now=at(2026, 11, 27, 9))
    answer = told(notice, at(2026, 11, 27, 9))
    assert (answer.verdict, answer.send_at) == (ORPHAN, at(2027, 1, 5, 10))


def test_a_notice_in_a_frozen_issue_names_that_issue(world, december):
    issue = services.draft_issue(year=2026, month=12, now=december.drafted)
    event = world.event("音楽会", (2026, 11, 20, 9), (2026, 12, 20, 14), (2026, 12, 20, 16))
    notice = world.notice("音楽会", (2026, 11, 18, 9), page=event, start=(2026, 12, 20, 14))
    world.settle(notice, (2026, 11, 20, 9))
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    Issue.objects.filter(pk=issue.pk).update(state=IssueState.SENT)
    answer = told(notice, at(2026, 12, 5, 9))
    assert (answer.verdict, answer.send_at) == (PLANNED, at(2026, 12, 1, 10))


def test_a_wish_to_appear_later_means_the_issue_after_it(world):
    notice = world.notice("新春の会", (2026, 11, 20, 15), start=(2027, 1, 20, 14), not_before_on=date(2026, 12, 1))
    assert told(notice, at(2026, 11, 20, 15)).send_at == at(2027, 1, 5, 10)


@pytest.mark.parametrize("fields", [{"media": ["web"]}, {"state": "withdrawn"}, {"state": "declined"}])
def test_a_notice_that_is_not_for_the_mail_is_told_so(world, fields):
    notice = world.notice("音楽会", (2026, 11, 20, 15), start=(2026, 12, 20, 14), **fields)
    assert told(notice, at(2026, 11, 20, 15)).verdict == NONE


def test_a_returned_notice_is_in_only_if_in_time(world):
    notice = world.notice(
        "音楽会", (2026, 11, 18, 9), start=(2026, 12, 20, 14), state="returned", due_on=None, clock_started_at=None
    )
    assert told(notice, at(2026, 11, 19, 9)).verdict == IF_IN_TIME


def test_a_notice_that_nobody_has_sent_yet_is_answered_too(world):
    draft = Notice(pk=0, kind="report", media=["web", "mail"], received_at=at(2026, 11, 20, 9), state="received")
    answer = told(draft, at(2026, 11, 20, 9))
    assert answer.send_at == at(2026, 12, 1, 10)


def test_a_list_costs_no_more_queries_than_one(world, django_assert_max_num_queries):
    def ask(count: int) -> None:
        notices = list(Notice.objects.all()[:count])
        assert len(forecast(notices, now=at(2026, 11, 20, 9))) == count

    for number in range(12):
        event = world.event(f"会{number}", (2026, 11, 18, 9), (2026, 12, 20, 14))
        world.notice(f"会{number}", (2026, 11, 19, 9), page=event, start=(2026, 12, 20, 14))
    with django_assert_max_num_queries(9) as few:
        ask(1)
    with django_assert_max_num_queries(len(few.captured_queries)):
        ask(12)
