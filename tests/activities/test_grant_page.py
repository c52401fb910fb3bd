"""The page of one grant, as a citizen reads it."""

from datetime import date, time

import pytest

from activities.models import GrantApplicant
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
    ],
)
def test_the_state_of_the_applications_is_said_in_words(tree, morning, centre, client, fields, word):
    html = client.get(add_grant(tree, "助成", **fields).get_url()).content.decode()
    assert f"<strong>{word}</strong>" in html


def test_an_amount_or_deadline_that_nobody_told_is_unknown(tree, morning, centre, client):
    html = client.get(add_grant(tree, "助成").get_url()).content.decode()
    assert html.count("stamp--unknown") >= 3  # deadline, amount, who may apply
