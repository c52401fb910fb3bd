"""昨年の内容から作る: last year's days in the year to come, and the form filled with last year's words."""

from datetime import date

import pytest

from activities.notices.last_year import moved_days, moved_deadline, nth_weekday, same_weekday_in, years_ahead
from activities.notices.refill import as_typed, as_typed_again
from tests.activities.notice_builders import day, receive, tree_of

TODAY = date(2026, 11, 24)


def on(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("held", "year", "moved"),
    [
        ("2026-05-10", 2027, "2027-05-09"),  # the second Sunday of May
        ("2025-12-14", 2026, "2026-12-13"),  # the second Sunday of December
        ("2026-05-01", 2027, "2027-05-07"),  # the first Friday
        ("2024-02-29", 2025, None),  # a fifth Thursday; February 2025 has four
        ("2026-05-31", 2027, "2027-05-30"),  # a fifth Sunday in a month that has one again
        ("2026-08-31", 2027, "2027-08-30"),  # a fifth Monday
        ("2026-03-30", 2027, "2027-03-29"),
        ("2026-06-30", 2027, "2027-06-29"),  # a fifth Tuesday
        ("2026-01-31", 2027, "2027-01-30"),  # a fifth Saturday
        ("2026-12-31", 2027, "2027-12-30"),  # a fifth Thursday
        ("2026-10-31", 2027, "2027-10-30"),
        ("2026-11-29", 2027, None),  # a fifth Sunday; November 2027 has four
        ("2025-12-28", 2026, "2026-12-27"),
    ],
)
def test_a_day_goes_to_the_same_weekday_of_the_same_week_of_its_month(held, year, moved):
    found = same_weekday_in(year, on(held))
    assert found == (on(moved) if moved else None)
    if found:
        assert (found.month, found.weekday(), nth_weekday(found)) == (
            on(held).month,
            on(held).weekday(),
            nth_weekday(on(held)),
        )


def test_every_day_of_four_years_moves_by_rule_or_not_at_all():
    first = date(2024, 1, 1).toordinal()
    for number in range(first, first + 4 * 365):
        held = date.fromordinal(number)
        found = same_weekday_in(held.year + 1, held)
        assert found is None or (found.month, found.weekday(), nth_weekday(found)) == (
            held.month,
            held.weekday(),
            nth_weekday(held),
        )
        assert found is not None or nth_weekday(held) == 5


@pytest.mark.parametrize(
    ("held", "today", "years"),
    [
        ("2025-12-14", "2026-11-24", 1),  # still ahead this year
        ("2025-05-11", "2026-11-24", 2),  # this year's has passed: next year's
        ("2026-05-10", "2026-11-24", 1),
        ("2025-11-24", "2026-11-23", 1),  # the fourth Monday is today: still good
        ("2025-11-24", "2026-11-24", 2),  # it was yesterday
        ("2026-12-13", "2026-11-24", 1),  # never to its own year
        ("2024-02-29", "2025-02-28", 1),  # no such day this year, but the month is not over
        ("2024-02-29", "2025-03-01", 2),
    ],
)
def test_the_year_is_the_next_in_which_the_first_day_comes_again(held, today, years):
    assert years_ahead(on(held), on(today)) == years


@pytest.mark.parametrize(
    ("held", "moved"),
    [
        (["2025-12-14"], ["2026-12-13"]),
        # a weekend stays a weekend, also where Saturday is the first and Sunday the second of the month
        (["2025-12-06", "2025-12-07"], ["2026-12-05", "2026-12-06"]),
        (["2026-03-07", "2026-03-08"], ["2027-03-06", "2027-03-07"]),
        # a weekly course stays weekly
        (
            ["2026-01-07", "2026-01-14", "2026-01-21", "2026-01-28"],
            ["2027-01-06", "2027-01-13", "2027-01-20", "2027-01-27"],
        ),
        # a monthly one goes by the second Saturday of each month, over the end of the year too
        (["2025-12-13", "2026-01-10", "2026-02-14"], ["2026-12-12", "2027-01-09", "2027-02-13"]),
        # of a monthly one, the fifth Saturday is left to the group
        (["2026-01-03", "2026-01-31", "2026-02-28"], ["2027-01-02", "2027-01-30", "2027-02-27"]),
        (["2025-12-06", "2026-05-30"], ["2026-12-05", "2027-05-29"]),
        (["2025-12-06", "2026-08-29"], ["2026-12-05", None]),
        # in the order in which they were given
        (["2026-02-14", "2026-01-10"], ["2027-02-13", "2027-01-09"]),
        ([], []),
    ],
)
def test_days_move_together_where_they_belong_together(held, moved):
    assert moved_days([on(one) for one in held], today=TODAY) == [on(one) if one else None for one in moved]


@pytest.mark.parametrize(
    ("deadline", "sessions", "moved"),
    [
        ("2025-12-04", ["2025-12-14"], "2026-12-03"),  # ten days before, as it was
        ("2026-05-08", ["2026-05-10"], "2027-05-07"),  # never behind the event, though the second Friday is the 14th
        ("2026-06-30", [], "2027-06-29"),  # a call without sessions
        ("2025-12-20", ["2025-12-14"], "2026-12-19"),  # later than the event: by its own weekday
        ("2025-11-20", ["2025-12-14"], None),  # would be past
        ("2025-11-29", [], None),  # a fifth Saturday; November 2026 has four
    ],
)
def test_a_deadline_keeps_its_distance_to_the_event(deadline, sessions, moved):
    found = moved_deadline(on(deadline), [on(one) for one in sessions], today=TODAY)
    assert found == (on(moved) if moved else None)


@pytest.fixture
def notice(db):
    tree_of(2025)
    return receive(
        day(2025, 11, 20, 9),
        sessions=[
            (day(2025, 12, 14, 10), day(2025, 12, 14, 12)),
            (day(2025, 12, 19), day(2025, 12, 21), True),
            (day(2025, 12, 23, 18), day(2025, 12, 24)),
        ],
        target="どなたでも",
        is_free=False,
        fee="500円",
        deadline_on=date(2025, 12, 10),
        application_way="centre",
    )


def test_the_form_is_filled_with_last_years_words_and_this_years_days(notice):
    typed = as_typed_again(notice, today=TODAY)
    assert typed["title"] == ["昔の道具で、もちをつく"]
    assert (typed["fee_way"], typed["fee"]) == (["paid"], ["500円"])
    assert [typed[f"s1-{name}"] for name in ("year", "month", "day", "starts", "ends")] == [
        ["2026"],
        ["12"],
        ["13"],
        ["10:00"],
        ["12:00"],
    ]
    assert (typed["s2-day"], typed["s2-last_month"], typed["s2-last_day"]) == (["18"], ["12"], ["20"])
    assert (typed["s3-day"], typed["s3-starts"], typed["s3-ends"]) == (["22"], ["18:00"], ["24:00"])
    assert (typed["deadline-month"], typed["deadline-day"]) == (["12"], ["9"])


def test_every_moved_day_is_marked_to_be_checked(notice):
    assert as_typed_again(notice, today=TODAY)["check_days"] == ["s1", "s2", "s3", "deadline"]
    assert "check_days" not in as_typed(notice)


def test_consent_media_and_files_are_never_taken_over(notice):
    typed = as_typed_again(notice, today=TODAY)
    assert not {"has_photo_consent", "media", "criteria", "copies_given"} & typed.keys()


def test_a_day_that_cannot_be_moved_stays_empty_but_keeps_its_hours(db):
    tree_of(2025)
    notice = receive(day(2025, 11, 20, 9), sessions=[(day(2025, 11, 29, 10), day(2025, 11, 29, 12))])
    typed = as_typed_again(notice, today=date(2026, 11, 2))
    assert "s1-day" not in typed
    assert "s1-month" not in typed
    assert (typed["s1-starts"], typed["rows"], typed["check_days"]) == (["10:00"], ["1"], ["s1"])
