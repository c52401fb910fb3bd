"""The dates of the monthly mail, as a table."""

from datetime import date, datetime, time

import pytest

from center.opening import TOKYO, OpeningCalendar
from newsletter.schedule import (
    MailRule,
    Schedule,
    SendDayLeavesMonth,
    is_short,
    open_days_to_prepare,
)

USUAL = Schedule(MailRule(), OpeningCalendar())


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("year", "month", "cutoff", "send"),
    [
        (2026, 12, at(2026, 11, 26, 17, 15), at(2026, 12, 1, 10)),
        (2027, 1, at(2026, 12, 25, 17, 15), at(2027, 1, 5, 10)),
        (2027, 2, at(2027, 1, 28, 17, 15), at(2027, 2, 2, 10)),
        # the first Tuesday is a holiday (文化の日): the next open day
        (2026, 11, at(2026, 10, 29, 17, 15), at(2026, 11, 4, 10)),
        # Golden Week: Tuesday 5 May and Wednesday 6 May (振替休日) are closed
        (2026, 5, at(2026, 4, 28, 17, 15), at(2026, 5, 7, 10)),
        (2026, 10, at(2026, 10, 1, 17, 15), at(2026, 10, 6, 10)),
    ],
)
def test_an_issue_leaves_on_the_first_open_tuesday_and_is_cut_off_three_open_days_before(year, month, cutoff, send):
    dates = USUAL.dates(year, month)
    assert dates.send_at == send
    assert dates.cutoff_at == cutoff


def test_the_issue_waits_until_midnight_of_its_send_day_and_no_longer():
    assert USUAL.not_after(at(2026, 12, 1, 10)) == at(2026, 12, 2, 0)


def test_the_issue_is_drafted_on_the_tenth_of_the_month_before():
    assert USUAL.draft_on(2026, 12) == date(2026, 11, 10)
    assert USUAL.draft_on(2027, 1) == date(2026, 12, 10)


def test_the_alarm_for_a_missing_issue_rings_on_the_25th_or_the_open_day_before():
    assert USUAL.alarm_at(2026, 12) == at(2026, 11, 25, 9)
    assert USUAL.alarm_at(2026, 11) == at(2026, 10, 23, 9)  # 25 October is a Sunday
    assert USUAL.alarm_at(2027, 1) == at(2026, 12, 25, 9)


def test_an_extra_closed_day_moves_the_mail_and_its_cutoff():
    closed = Schedule(MailRule(), OpeningCalendar(closed=frozenset({date(2026, 12, 1)})))
    assert closed.dates(2026, 12).send_at == at(2026, 12, 2, 10)
    assert closed.dates(2026, 12).cutoff_at == at(2026, 11, 26, 17, 15)
    earlier = Schedule(MailRule(), OpeningCalendar(closed=frozenset({date(2026, 11, 30)})))
    assert earlier.dates(2026, 12).cutoff_at == at(2026, 11, 25, 17, 15)


def test_the_next_three_issues_begin_with_the_first_that_is_still_to_be_sent():
    def months(now):
        return [dates.key for dates in USUAL.next_issues(now)]

    assert months(at(2026, 11, 10, 9)) == [(2026, 12), (2027, 1), (2027, 2)]
    assert months(at(2026, 12, 1, 9, 59)) == [(2026, 12), (2027, 1), (2027, 2)]
    assert months(at(2026, 12, 1, 10)) == [(2027, 1), (2027, 2), (2027, 3)]


def test_midnight_in_tokyo_not_in_greenwich_begins_the_month():
    just_december_in_tokyo = datetime.fromisoformat("2026-11-30T15:00:00+00:00")
    assert USUAL.next_issues(just_december_in_tokyo, 1)[0].send_at == at(2026, 12, 1, 10)


def test_a_cutoff_without_two_open_days_before_the_send_is_short():
    calendar = OpeningCalendar()
    assert open_days_to_prepare(at(2026, 11, 26, 17, 15), at(2026, 12, 1, 10), calendar) == 3
    assert not is_short(at(2026, 11, 27, 17, 15), at(2026, 12, 1, 10), calendar)
    assert is_short(at(2026, 11, 30, 9), at(2026, 12, 1, 10), calendar)
    assert is_short(at(2026, 12, 1, 9), at(2026, 12, 1, 10), calendar)


def test_another_rule_gives_another_day():
    rule = MailRule(send_weekday=3, send_time=time(8, 30), cutoff_open_days=1, cutoff_time=time(12))
    dates = Schedule(rule, OpeningCalendar()).dates(2026, 12)
    assert dates.send_at == at(2026, 12, 3, 8, 30)
    assert dates.cutoff_at == at(2026, 12, 2, 12)


def test_a_month_that_is_closed_to_its_end_has_no_send_day():
    closed = frozenset(date(2026, 12, day) for day in range(1, 32))
    schedule = Schedule(MailRule(), OpeningCalendar(closed=closed))
    with pytest.raises(SendDayLeavesMonth):
        schedule.dates(2026, 12)
    assert [dates.key for dates in schedule.next_issues(at(2026, 11, 20, 9), 2)] == [(2027, 1), (2027, 2)]
