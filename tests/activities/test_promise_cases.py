"""Cases of the promise that no other file holds: answers that are not enough, translations, courses, coming years."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse

from activities import services
from activities.models import EventPage, EventSession
from activities.notices.queries import settlement_rows
from center.models import ConfirmedYear
from tests.activities.notice_builders import day, make_and_publish, receive, tree_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tree(db):
    return tree_of(2026)


def test_an_incomplete_answer_is_sent_back_again_and_each_answer_counts_anew():
    notice = receive(day(2026, 11, 17, 16, 50))
    for returned_on, answered_on in ((18, 19), (19, 24)):
        at = day(2026, 11, returned_on, 15)
        services.return_notice(notice=notice, reason="facts_missing", message="会場は", by=None, now=at)
        notice.refresh_from_db()
        assert (notice.state, notice.due_on, notice.clock_started_at) == ("returned", None, None)
        at = day(2026, 11, answered_on, 9, 5)
        services.answer_notice(notice=notice, text="追ってお知らせします", files=[], now=at)
        notice.refresh_from_db()
        assert (notice.clock_started_at, notice.due_on) == (at, date(2026, 11, answered_on + 3))
    assert (notice.return_count, notice.late_return) == (2, False)


def test_a_translation_alone_is_not_published(translated):
    notice = receive(day(2026, 11, 18, 9))
    page = services.make_page(notice=notice, by=None, now=day(2026, 11, 18, 10))
    with time_machine.travel(day(2026, 11, 19, 9), tick=False):
        assert translated(page, "en", "Rice cakes").live
    services.tick_notices(now=day(2026, 11, 19, 10))
    notice.refresh_from_db()
    assert (notice.state, notice.public_since) == ("reviewing", None)
    with time_machine.travel(day(2026, 11, 20, 9), tick=False):
        page.get_latest_revision().publish()
    notice.refresh_from_db()
    assert (notice.state, notice.public_since) == ("published", day(2026, 11, 20, 9))


def test_a_month_ends_at_midnight_in_tokyo_for_the_figures():
    for second in (day(2027, 3, 31, 23, 59, 59), day(2027, 4, 1, 0, 0, 0)):
        make_and_publish(receive(second), second)
    (before,) = settlement_rows(date(2027, 3, 1), date(2027, 3, 31))
    (after,) = settlement_rows(date(2027, 4, 1), date(2027, 4, 30))
    assert (before.due_on, after.due_on) == (date(2027, 4, 3), date(2027, 4, 4))


@pytest.mark.parametrize(
    ("starts", "is_useful"),
    [
        ([(2026, 11, 7), (2026, 11, 21), (2026, 12, 5)], True),  # the early ones are over, one is still to come
        ([(2026, 11, 7), (2026, 11, 21)], False),
    ],
)
def test_a_course_can_be_mailed_as_long_as_one_session_is_to_come(tree, starts, is_useful):
    page = EventPage(title="朗読講座", summary="三回つづき。", slug="rodoku", venue_name="大槻", is_free=True)
    page.sessions = [EventSession(starts_at=day(*one, 10), ends_at=day(*one, 12)) for one in starts]
    tree.events.add_child(instance=page)
    found = page.usefulness(day(2026, 12, 1, 10), first_public_at=day(2026, 11, 1), previous_cutoff_at=None)
    assert found.is_useful == is_useful


def first_screen(admin_client, *moment: int) -> str:
    with time_machine.travel(day(*moment), tick=False):
        return admin_client.get(reverse("wagtailadmin_home")).content.decode()


def test_from_october_staff_are_asked_to_look_at_the_closed_days_of_the_coming_year(admin_client, admin_user):
    ConfirmedYear.objects.create(year=2026, confirmed_by=admin_user, confirmed_at=day(2026, 1, 5))
    assert "休館日の確認" not in first_screen(admin_client, 2026, 9, 30, 23, 59)
    words = first_screen(admin_client, 2026, 10, 1)
    assert "2027年の休館日" in words
    assert "2026年の休館日" not in words
    link = reverse("confirmed_years:add") + "?year=2027"
    assert link in words
    assert 'value="2027"' in admin_client.get(link).content.decode()
    admin_client.post(link, {"year": "2027"})
    assert "休館日の確認" not in first_screen(admin_client, 2026, 10, 1, 0, 5)
