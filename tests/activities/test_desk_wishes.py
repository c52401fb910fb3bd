"""A group asks for something to be different: staff take it over from a form that is filled in already."""

import pytest
import time_machine
from django.urls import reverse

from activities import services
from activities.models import Notice
from activities.notices.tokens import token_of
from tests.activities.notice_builders import day, receive, tree_of, typed, words_of

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 20, 9)


@pytest.fixture(autouse=True)
def tree(db):
    site = tree_of(2026)
    with time_machine.travel(NOW, tick=False):
        yield site


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def ask(client, notice: Notice, **changes) -> None:
    """What the group sends from its status page: its own words, some of them changed."""
    own = typed(NOW, rows="1", title=notice.title, text=notice.text, venue_name=notice.venue_name)
    address = reverse("notices:edit", args=[token_of(notice)])
    response = client.post(address, own | {"fee_way": "free"} | changes)
    assert response.status_code == 302, words_of(response)


def values(form) -> dict[str, str]:
    """What stands in the form, as a browser would send it back."""
    sent = {}
    for part in [form, *form.parts]:
        for field in part:
            value = field.value()
            if value not in (None, "", False):
                sent[field.html_name] = "on" if value is True else value
    return sent | {"rows": str(len(form.rows)), "send": "1"}


def test_a_wish_is_taken_over_with_one_click_and_one_look(desk):
    notice = receive(day(2026, 11, 18, 9), title="もちつき", venue_name="大槻公民館")
    ask(desk, notice, title="もちつき大会", **{"s1-day": "19", "s1-starts": "13:00", "s1-ends": "15:00"})
    detail = desk.get(f"/admin/notices/{notice.pk}/")
    assert "団体が直したいこと" in words_of(detail)
    entry = notice.entries.get(kind="message_in")
    take = f"/admin/notices/{notice.pk}/edit/?wish={entry.pk}"
    assert f'href="{take}"' in detail.content.decode()

    filled = desk.get(take)
    words = words_of(filled)
    assert "もちつき大会" in words and "12月12日（土）10時〜12時" in words and "12月19日（土）13時〜15時" in words
    form = filled.context["form"]
    assert form["title"].value() == "もちつき大会" and form["venue_name"].value() == "大槻公民館"
    notice.refresh_from_db()
    assert notice.title == "もちつき", "looking at it changes nothing"

    answer = desk.post(take, values(form))
    notice.refresh_from_db()
    session = notice.sessions.get()
    assert (notice.title, session.starts_at, session.ends_at) == (
        "もちつき大会",
        day(2026, 12, 19, 13),
        day(2026, 12, 19, 15),
    )
    assert "ご希望のとおりに直しました" in words_of(desk.get(answer["Location"]))
    assert "団体が直したいこと" not in words_of(desk.get(f"/admin/notices/{notice.pk}/"))


def test_what_the_group_did_not_touch_stays_as_staff_have_it(desk):
    notice = receive(day(2026, 11, 18, 9), title="もちつき", venue_name="大槻公民館")
    ask(desk, notice, title="もちつき大会")
    Notice.objects.filter(pk=notice.pk).update(venue_name="大槻ふれあいセンター", target="小学生")
    entry = notice.entries.get(kind="message_in")
    form = desk.get(f"/admin/notices/{notice.pk}/edit/?wish={entry.pk}").context["form"]
    assert form["title"].value() == "もちつき大会"
    assert (form["venue_name"].value(), form["target"].value()) == ("大槻ふれあいセンター", "小学生")
    assert [row["day"].value() for row in form.rows] in ([12], ["12"])


def test_an_answer_with_changes_is_taken_over_the_same_way(desk):
    notice = receive(day(2026, 11, 18, 9), title="もちつき")
    services.return_notice(notice=notice, reason="facts_missing", message="会場は?", by=None, now=NOW)
    ask(desk, notice, venue_name="中央公民館")
    entry = notice.entries.get(kind="answered")
    form = desk.get(f"/admin/notices/{notice.pk}/edit/?wish={entry.pk}").context["form"]
    assert form["venue_name"].value() == "中央公民館"


def test_a_wish_of_another_notice_fills_nothing_in(desk):
    one, other = receive(day(2026, 11, 18, 9), title="ひとつめ"), receive(day(2026, 11, 18, 9), title="ふたつめ")
    ask(desk, one, title="ひとつめの新しい題名")
    entry = one.entries.get(kind="message_in")
    for pk in (entry.pk, "x", "9" * 30):
        form = desk.get(f"/admin/notices/{other.pk}/edit/?wish={pk}").context["form"]
        assert form["title"].value() == "ふたつめ"
