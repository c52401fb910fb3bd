"""The page of one grant, as a citizen reads it."""

from datetime import date, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from icalendar import Calendar

from activities.models import GrantApplicant
from center.content_checks import findings
from config.builders import add_grant


def test_a_grant_says_who_can_apply_for_how_much_until_when(tree, morning, centre, seen):
    page = add_grant(
        tree,
        "地域のつながり助成",
        funder="見本財団",
        amount_upper=300_000,
        rate="費用の4分の3まで",
        opens_on=date(2026, 11, 1),
        closes_on=date(2026, 11, 30),
        closes_time=time(17, 0),
        applicants_text="1年以上続いている団体",
    )
    GrantApplicant.objects.create(page=page, kind="npo")
    words = seen(page)
    for expected in (
        "見本財団",
        "30万円",
        "費用の4分の3まで",
        "11月30日（月）17時",
        "あと6日",
        "1年以上続いている団体",
    ):
        assert expected in words


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"closes_on": date(2026, 11, 24)}, "受付中"),
        ({"closes_on": date(2026, 11, 23)}, "締切"),
        ({"opens_on": date(2026, 12, 1), "closes_on": date(2026, 12, 31)}, "受付前"),
        ({"closes_on": date(2026, 12, 31), "is_cancelled": True}, "中止"),
        ({"is_always_open": True}, "いつでも"),
    ],
)
def test_the_state_of_the_applications_is_said_in_words(tree, morning, centre, client, fields, word):
    html = client.get(add_grant(tree, "助成", **fields).get_url()).content.decode()
    assert f"<strong>{word}</strong>" in html


def test_an_amount_or_deadline_that_nobody_told_is_unknown(tree, morning, centre, client):
    html = client.get(add_grant(tree, "助成").get_url()).content.decode()
    assert html.count("stamp--unknown") >= 3  # deadline, amount, who may apply


def test_a_grant_that_opens_later_says_from_when_and_a_closed_one_that_it_may_come_again(tree, morning, centre, seen):
    later = seen(add_grant(tree, "春の助成", opens_on=date(2026, 12, 1), closes_on=date(2026, 12, 20)))
    assert "受付前 12月1日（火）から募集" in later and "あと26日" not in later
    assert "受付は終わりました。" in seen(add_grant(tree, "秋の助成", closes_on=date(2026, 11, 1)))


def test_the_centres_advice_stands_beside_every_grant(tree, morning, centre, client):
    html = client.get(add_grant(tree, "助成").get_url()).content.decode()
    assert 'href="/services/request/?kind=grants"' in html and "024-924-3352" in html


def test_the_deadline_goes_into_ones_own_calendar_as_a_whole_day(tree, morning, centre, client):
    page = add_grant(
        tree, "地域のつながり助成", closes_on=date(2026, 11, 30), closes_time=time(17, 0), slug="tsunagari"
    )
    assert 'href="/grants/tsunagari/deadline.ics"' in client.get(page.get_url()).content.decode()
    response = client.get("/grants/tsunagari/deadline.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    (entry,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert entry["SUMMARY"] == "【締切】地域のつながり助成"
    assert entry["DTSTART"].dt == date(2026, 11, 30) and entry["DTEND"].dt == date(2026, 12, 1)
    assert "11月30日（月）17時" in entry["DESCRIPTION"]
    (alarm,) = entry.walk("VALARM")
    assert alarm["TRIGGER"].dt == timedelta(days=-7)


def test_there_is_no_calendar_entry_for_what_has_no_deadline_or_is_not_public(tree, morning, centre, client):
    always = add_grant(tree, "いつでも助成", is_always_open=True, slug="always")
    add_grant(tree, "下書き", closes_on=date(2026, 12, 1), slug="draft", live=False)
    over = add_grant(tree, "終わった助成", closes_on=date(2026, 11, 1), slug="over")
    for page in (always, over):
        assert "deadline.ics" not in client.get(page.get_url()).content.decode()
    for slug in ("always", "draft", "nothing"):
        assert client.get(f"/grants/{slug}/deadline.ics").status_code == 404


def test_a_grant_cannot_close_before_it_opens(tree, morning):
    page = add_grant(tree, "助成")
    page.opens_on, page.closes_on = date(2026, 12, 2), date(2026, 12, 1)
    with pytest.raises(ValidationError, match="募集開始より前"):
        page.full_clean()


def test_what_applicants_would_miss_is_told_to_staff(tree, morning):
    told = " ".join(found.words for found in findings(add_grant(tree, "助成", summary="一文")))
    for words in ("締切を書くか", "上限額か補助率", "申請できる人を選んで", "募集要項のPDFか"):
        assert words in told
