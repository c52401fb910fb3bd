"""The three-day rule: due days, days to prepare by, wishes, returns, and how often the promise was kept."""

import json
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.deadlines import (
    DeadlinePolicy,
    Outcome,
    PolicyError,
    Rate,
    Settlement,
    countdown_words,
    due_on,
    is_before_not_before,
    is_not_before_too_late,
    is_on_time,
    on_time_rate,
    prepare_by,
    prepare_by_fallback,
    recompute_due,
    within_literal_days,
)
from center.opening import TOKYO, OpeningCalendar

USUAL = OpeningCalendar()
KEEP = DeadlinePolicy()
MOVE = DeadlinePolicy(closed_due="next_open_day")
BUSINESS = DeadlinePolicy(unit="business")


def at(text: str) -> datetime:
    """'2026-11-18 09:00' as an aware moment in Tokyo."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


def day(text: str) -> date:
    return date.fromisoformat(text)


# received, calendar and keep, its prepare_by, calendar and next open day, business
TABLE = [
    ("2026-11-18 09:00", "2026-11-21", "2026-11-20", "2026-11-24", "2026-11-24"),
    ("2026-11-19 18:05", "2026-11-22", "2026-11-20", "2026-11-24", "2026-11-26"),
    ("2026-11-20 15:00", "2026-11-23", "2026-11-20", "2026-11-24", "2026-11-26"),
    ("2026-11-21 21:15", "2026-11-24", "2026-11-24", "2026-11-24", "2026-11-27"),
    ("2026-11-23 09:00", "2026-11-26", "2026-11-26", "2026-11-26", "2026-11-27"),
    ("2026-11-17 17:30", "2026-11-20", "2026-11-20", "2026-11-20", "2026-11-24"),
    ("2026-09-18 10:00", "2026-09-21", "2026-09-18", "2026-09-24", "2026-09-28"),
    ("2026-05-01 10:00", "2026-05-04", "2026-05-01", "2026-05-07", "2026-05-11"),
    ("2026-12-28 10:00", "2026-12-31", "2026-12-28", "2027-01-04", "2027-01-06"),
    ("2026-12-29 10:00", "2027-01-01", None, "2027-01-04", "2027-01-07"),
]


@pytest.mark.parametrize(("received", "keep", "prepare", "move", "business"), TABLE)
def test_the_table_of_the_three_day_rule(
    received: str, keep: str, prepare: str | None, move: str, business: str
) -> None:
    start = at(received)
    assert due_on(start, KEEP, USUAL) == day(keep)
    assert prepare_by(start, day(keep), USUAL) == (day(prepare) if prepare else None)
    assert due_on(start, MOVE, USUAL) == day(move)
    assert due_on(start, BUSINESS, USUAL) == day(business)
    assert due_on(start.astimezone(UTC), KEEP, USUAL) == day(keep)  # the database gives moments in UTC
    assert due_on(start.astimezone(UTC), BUSINESS, USUAL) == day(business)


def test_a_due_day_inside_the_closed_days_tells_the_first_open_day_after_it() -> None:
    start = at("2026-12-29 10:00")
    assert prepare_by(start, day("2027-01-01"), USUAL) is None
    assert prepare_by_fallback(day("2027-01-01"), USUAL) == day("2027-01-04")
    assert prepare_by_fallback(day("2027-01-04"), USUAL) == day("2027-01-05")  # after it, never the day itself


def test_a_centre_that_never_opens_has_no_day_to_prepare() -> None:
    never = OpeningCalendar(frozenset(day("2026-01-01") + timedelta(days=n) for n in range(700)))
    assert prepare_by(at("2026-11-18 09:00"), day("2026-11-21"), never) is None


def test_the_day_of_the_start_is_a_day_to_prepare_even_late_in_the_evening() -> None:
    assert prepare_by(at("2026-11-20 23:00"), day("2026-11-23"), USUAL) == day("2026-11-20")


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2026, 11, 18, 14, 59, 59, tzinfo=UTC), "2026-11-21"),  # 23:59:59 on the 18th in Tokyo
        (datetime(2026, 11, 18, 15, 0, 0, tzinfo=UTC), "2026-11-22"),  # 00:00 on the 19th
        (datetime(2026, 12, 31, 14, 59, 59, tzinfo=UTC), "2027-01-03"),
        (datetime(2026, 12, 31, 15, 0, 0, tzinfo=UTC), "2027-01-04"),
        (datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC), "2027-04-03"),
        (datetime(2027, 3, 31, 15, 0, 0, tzinfo=UTC), "2027-04-04"),
    ],
)
def test_days_change_at_midnight_in_tokyo(moment: datetime, expected: str) -> None:
    assert due_on(moment, KEEP, USUAL) == day(expected)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-11-17 17:15:00", "2026-11-20"),
        ("2026-11-17 17:15:01", "2026-11-24"),
        ("2026-11-20 17:15:01", "2026-11-27"),  # a Friday: Tuesday counts as the start, as for a Saturday
        ("2026-11-21 17:15:01", "2026-11-27"),  # late on a closed day waits for one open day, not for two
    ],
)
def test_a_start_after_the_cutoff_counts_as_the_next_open_day(start: str, expected: str) -> None:
    assert due_on(at(start), BUSINESS, USUAL) == day(expected)


def test_the_cutoff_matters_for_open_days_only() -> None:
    early = time(9, 0)
    assert due_on(at("2026-11-17 12:00"), DeadlinePolicy(cutoff=early), USUAL) == day("2026-11-20")
    assert due_on(at("2026-11-17 12:00"), DeadlinePolicy(unit="business", cutoff=early), USUAL) == day("2026-11-24")


def test_the_number_of_days_is_the_policys() -> None:
    assert due_on(at("2026-11-17 09:00"), DeadlinePolicy(days=1), USUAL) == day("2026-11-18")
    assert due_on(at("2026-11-17 09:00"), DeadlinePolicy(days=30), USUAL) == day("2026-12-17")
    assert due_on(at("2026-11-17 09:00"), DeadlinePolicy(days=5, unit="business"), USUAL) == day("2026-11-25")


@pytest.mark.parametrize(
    ("policy", "wish", "expected"),
    [
        (KEEP, "2026-11-19", "2026-11-21"),  # earlier than the rule: the rule
        (KEEP, "2026-12-04", "2026-12-04"),
        (KEEP, "2026-12-05", "2026-12-05"),  # a Saturday stays under keep
        (MOVE, "2026-11-21", "2026-11-24"),
        (MOVE, "2026-12-05", "2026-12-07"),
        (BUSINESS, "2026-11-20", "2026-11-24"),
        (BUSINESS, "2026-12-05", "2026-12-07"),
        (BUSINESS, "2026-12-30", "2027-01-04"),
    ],
)
def test_a_day_that_the_group_asks_for_is_due_when_it_is_later(
    policy: DeadlinePolicy, wish: str, expected: str
) -> None:
    assert due_on(at("2026-11-18 09:00"), policy, USUAL, day(wish)) == day(expected)


def test_a_days_own_promise_ends_at_midnight() -> None:
    due = day("2026-11-21")
    assert is_on_time(datetime(2026, 11, 21, 14, 59, 59, tzinfo=UTC), due)
    assert not is_on_time(datetime(2026, 11, 21, 15, 0, 0, tzinfo=UTC), due)
    assert not is_on_time(None, due)


def test_publishing_before_the_day_asked_for_is_early() -> None:
    wish = day("2026-12-01")
    assert is_before_not_before(at("2026-11-30 23:59:59"), wish)
    assert not is_before_not_before(at("2026-12-01 00:00"), wish)
    assert not is_before_not_before(at("2026-11-01 00:00"), None)


def test_a_day_asked_for_must_not_begin_after_the_events_end() -> None:
    assert not is_not_before_too_late(day("2026-12-05"), at("2026-12-05 12:00"))
    assert is_not_before_too_late(day("2026-12-06"), at("2026-12-05 12:00"))
    assert is_not_before_too_late(day("2026-12-06"), at("2026-12-06 00:00"))  # over at 24:00 of the 5th
    assert not is_not_before_too_late(day("2026-12-06"), None)
    assert not is_not_before_too_late(None, at("2026-12-05 12:00"))


def test_a_day_closed_later_moves_the_due_day_and_brings_the_preparing_forward() -> None:
    start = at("2026-11-17 10:00")
    closed = OpeningCalendar(closed=frozenset({day("2026-11-20")}))
    assert recompute_due(day("2026-11-20"), start, KEEP, closed, day("2026-11-18")) == day("2026-11-20")
    assert prepare_by(start, day("2026-11-20"), closed) == day("2026-11-19")
    assert recompute_due(day("2026-11-20"), start, MOVE, closed, day("2026-11-18")) == day("2026-11-24")
    assert recompute_due(day("2026-11-20"), start, BUSINESS, closed, day("2026-11-20")) == day("2026-11-24")


def test_a_due_day_never_moves_earlier() -> None:
    opened = OpeningCalendar(opened=frozenset({day("2026-11-21"), day("2026-11-22")}))
    start = at("2026-11-18 09:00")
    assert due_on(start, MOVE, opened) == day("2026-11-21")
    assert recompute_due(day("2026-11-24"), start, MOVE, opened, day("2026-11-19")) == day("2026-11-24")
    assert recompute_due(day("2026-11-24"), start, BUSINESS, opened, day("2026-11-19")) == day("2026-11-24")


def test_a_due_day_that_has_passed_stays() -> None:
    start = at("2026-11-17 10:00")
    closed = OpeningCalendar(closed=frozenset({day("2026-11-20")}))
    assert recompute_due(day("2026-11-20"), start, BUSINESS, closed, day("2026-11-21")) == day("2026-11-20")


def test_a_wish_is_kept_when_the_due_day_is_counted_anew() -> None:
    closed = OpeningCalendar(closed=frozenset({day("2026-12-07")}))
    start, wish = at("2026-11-18 09:00"), day("2026-12-05")
    assert recompute_due(day("2026-12-07"), start, MOVE, closed, day("2026-11-20"), wish) == day("2026-12-08")


def test_a_notice_keeps_the_policy_of_its_receipt() -> None:
    kept = json.loads(json.dumps(BUSINESS.as_json()))
    assert kept == {"days": 3, "unit": "business", "closed_due": "keep", "cutoff": "17:15:00"}
    assert DeadlinePolicy.from_json(kept) == BUSINESS != KEEP
    answer = at("2026-11-24 09:05")  # long after the site has gone back to calendar days
    assert due_on(answer, DeadlinePolicy.from_json(kept), USUAL) == day("2026-11-27")
    odd = DeadlinePolicy(days=7, closed_due="next_open_day", cutoff=time(16, 30, 15))
    assert DeadlinePolicy.from_json(odd.as_json()) == odd
    assert DeadlinePolicy.from_json({"days": 5}) == DeadlinePolicy(days=5)


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"days": 0}, "days"),
        ({"days": 31}, "days"),
        ({"days": True}, "days"),
        ({"days": "3"}, "days"),
        ({"days": 2.5}, "days"),
        ({"unit": "weeks"}, "unit"),
        ({"closed_due": "earlier"}, "closed_due"),
        ({"unit": "business", "closed_due": "next_open_day"}, "closed_due"),
        ({"cutoff": "25:00"}, "cutoff"),
        ({"cutoff": None}, "cutoff"),
        ({"cutoff": "17:15+09:00"}, "cutoff"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_policy_that_cannot_be_meant_is_turned_away_with_its_wrong_part(parts: dict, field: str) -> None:
    with pytest.raises(PolicyError) as caught:
        DeadlinePolicy.from_json(parts)
    assert isinstance(caught.value, ValueError)
    assert caught.value.field == field


def test_a_wrong_policy_says_in_words_what_is_wrong() -> None:
    with translation.override("en"):
        with pytest.raises(ValueError, match="from 1 to 30"):
            DeadlinePolicy(days=31)
        with pytest.raises(ValueError, match="Only calendar days"):
            DeadlinePolicy(unit="business", closed_due="next_open_day")


def test_the_literal_promise_counts_days_from_the_receipt() -> None:
    received = at("2026-11-18 23:59:59")
    assert within_literal_days(received, at("2026-11-21 23:59:59"))
    assert not within_literal_days(received, at("2026-11-22 00:00"))
    assert not within_literal_days(received, None)
    assert within_literal_days(received, at("2026-11-01 00:00"))  # public before the notice was written down


TODAY = day("2026-12-01")
FACTS = {
    "received_at": at("2026-11-18 09:00"),
    "outcome": Outcome.PUBLISHED,
    "due_on": day("2026-11-21"),
    "prepare_by": day("2026-11-20"),
    "public_since": at("2026-11-20 10:00"),
}
STILL_OPEN = {"outcome": Outcome.OPEN, "public_since": None}
IN_TIME, LATE = at("2026-11-21 23:59:59"), at("2026-11-22 00:00")
WHILE_RETURNED = {"due_on": None, "prepare_by": None}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, True),
        ({"public_since": IN_TIME}, True),
        ({"public_since": LATE}, False),
        ({"public_since": at("2026-11-01 09:00")}, True),  # public before its notice was written down
        ({**STILL_OPEN}, False),  # open past its due day
        ({**STILL_OPEN, "due_on": TODAY}, None),  # the due day is not over yet
        ({**STILL_OPEN, "due_on": day("2026-11-30")}, False),
        ({**STILL_OPEN, **WHILE_RETURNED}, None),  # returned: no clock runs
        ({**STILL_OPEN, **WHILE_RETURNED, "was_returned_late": True}, False),
        ({**STILL_OPEN, "due_on": day("2026-12-09"), "was_returned_late": True}, False),  # answered since
        ({**WHILE_RETURNED, "public_since": at("2026-11-30 09:00")}, True),  # published while returned
        ({**WHILE_RETURNED, "public_since": at("2026-11-30 09:00"), "was_returned_late": True}, False),
        ({"due_on": day("2026-12-09"), "was_returned_late": True}, False),  # late for good
        ({"outcome": Outcome.DECLINED, "public_since": None, "declined_at": IN_TIME}, True),
        ({"outcome": Outcome.DECLINED, "public_since": None, "declined_at": LATE}, False),
        ({"outcome": Outcome.DECLINED, "declined_at": LATE}, False),  # declined: the page of old counts for nothing
        ({"outcome": Outcome.WITHDRAWN}, None),
        ({"outcome": Outcome.WITHDRAWN, "was_returned_late": True}, None),
        ({"changes_published": True, "applied_at": IN_TIME}, True),
        ({"changes_published": True, "applied_at": LATE}, False),  # the page had been public long before
        ({"changes_published": True}, False),  # not applied yet, and past its due day
        ({"changes_published": True, "due_on": TODAY}, None),
        ({"changes_published": True, "public_since": None, "applied_at": IN_TIME}, True),  # cancelled, taken down
    ],
)
def test_each_notice_is_judged_by_its_own_facts(facts: dict, expected: bool | None) -> None:
    row = Settlement(**{**FACTS, **facts})
    assert row.on_time(TODAY) is expected
    assert on_time_rate([row], today=TODAY).total == (expected is not None)


def test_the_rate_is_on_time_over_published_declined_and_overdue() -> None:
    new_year = {
        "received_at": at("2026-12-29 10:00"),
        "due_on": day("2027-01-01"),
        "prepare_by": None,
        "public_since": at("2027-01-04 09:00"),
    }
    rows = [
        Settlement(**FACTS),
        Settlement(**{**FACTS, "public_since": LATE}),
        Settlement(**{**FACTS, **STILL_OPEN}),
        Settlement(**{**FACTS, **STILL_OPEN, "due_on": day("2027-02-01")}),
        Settlement(**{**FACTS, "outcome": Outcome.WITHDRAWN}),
        Settlement(**{**FACTS, "outcome": Outcome.DECLINED, "declined_at": IN_TIME}),
        Settlement(**{**FACTS, **new_year}),
        Settlement(**{**FACTS, **WHILE_RETURNED, "public_since": at("2026-11-30 09:00")}),
    ]
    rate = on_time_rate(iter(rows), today=day("2027-01-10"))
    # withdrawn and open-in-time leave it; returned is on time, though not within the literal three days
    assert rate == Rate(on_time=3, total=6, literal=2, unprepared=1)
    assert rate.share == 0.5
    assert rate.literal_share == pytest.approx(1 / 3)


def test_a_month_without_notices_has_no_rate() -> None:
    rate = on_time_rate([], today=TODAY)
    assert rate == Rate(0, 0, 0, 0)
    assert rate.share is None
    assert rate.literal_share is None


@pytest.mark.parametrize(
    ("due", "ja", "en"),
    [
        ("2026-12-01", "本日", "today"),
        ("2026-12-02", "あと1日", "1 day left"),
        ("2026-12-04", "あと3日", "3 days left"),
        ("2026-11-30", "1日超過", "1 day overdue"),
        ("2026-11-29", "2日超過", "2 days overdue"),
    ],
)
def test_the_days_left_are_words_of_the_readers_language(due: str, ja: str, en: str) -> None:
    words = countdown_words(day(due), TODAY)
    with translation.override("en"):
        assert str(words) == en
    with translation.override("ja"):
        assert str(words) == ja


# 国民の祝日 of 2026 and 2027, as month and day, for a model that shares nothing with the code under test.
HOLIDAYS = {
    2026: "0101 0112 0211 0223 0320 0429 0503 0504 0505 0506 0720 0811 0921 0922 0923 1012 1103 1123",
    2027: "0101 0111 0211 0223 0321 0322 0429 0503 0504 0505 0719 0811 0920 0923 1011 1103 1123",
}


def walk(start: datetime, policy: DeadlinePolicy, closed: set[date], opened: set[date], wish: date | None) -> date:
    """The rule once more, slowly: one day after another, with arithmetic of its own (Tokyo is UTC + 9, always)."""

    def is_closed(on: date) -> bool:
        if on in closed or on in opened:
            return on in closed
        month_day = on.strftime("%m%d")
        return on.isoweekday() > 5 or month_day > "1228" or month_day < "0104" or month_day in HOLIDAYS[on.year]

    def open_from(on: date) -> date:
        while is_closed(on):
            on += timedelta(days=1)
        return on

    local = start.replace(tzinfo=None) + timedelta(hours=9)
    current = local.date()
    if policy.unit == "business":
        if is_closed(current):
            current = open_from(current)
        elif local.time() > policy.cutoff:
            current = open_from(current + timedelta(days=1))
        for _ in range(policy.days):
            current = open_from(current + timedelta(days=1))
        return max(current, open_from(wish)) if wish else current
    current += timedelta(days=policy.days)
    if policy.closed_due == "next_open_day":
        current, wish = open_from(current), wish and open_from(wish)
    return max(current, wish) if wish else current


POLICIES = st.one_of(
    st.builds(
        DeadlinePolicy,
        days=st.integers(1, 30),
        closed_due=st.sampled_from(["keep", "next_open_day"]),
    ),
    st.builds(
        DeadlinePolicy,
        days=st.integers(1, 30),
        unit=st.just("business"),
        cutoff=st.times(time(9), time(18)),
    ),
)
OFFSETS = st.sets(st.integers(-1, 60), max_size=12)
STARTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 8, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


@settings(max_examples=200, derandomize=True, deadline=None)
@given(STARTS, POLICIES, OFFSETS, OFFSETS, st.none() | st.integers(-3, 60))
def test_the_due_day_is_the_one_found_by_walking_day_by_day(
    start: datetime, policy: DeadlinePolicy, closed_in: set[int], opened_in: set[int], wish_in: int | None
) -> None:
    closed = {start.date() + timedelta(days=n) for n in closed_in}
    opened = {start.date() + timedelta(days=n) for n in opened_in - closed_in}
    wish = None if wish_in is None else start.date() + timedelta(days=wish_in)
    calendar = OpeningCalendar(frozenset(closed), frozenset(opened))
    assert due_on(start, policy, calendar, wish) == walk(start, policy, closed, opened, wish)
