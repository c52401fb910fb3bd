"""Which posts are suggested to each other, in which order, and why."""

from datetime import date

import pytest

from activities.match_checks import contacts_in
from activities.match_suggestions import PostFacts, Reason, counterparts

WANTED = PostFacts(1, "wanted", "voluntary", "things", area=7, group=3)


def other(key: int, **changes) -> PostFacts:
    facts = {"direction": "offered", "actor": "company", "resource": "things"} | changes
    return PostFacts(key, **facts)


def keys(*others: PostFacts, most: int = 10) -> list[int]:
    return [found.key for found in counterparts(WANTED, others, most=most)]


def test_only_the_other_direction_and_the_same_thing_fit():
    assert keys(other(2), other(3, direction="wanted"), other(4, resource="place")) == [2]


def test_the_same_area_comes_first_then_a_company_or_citizen_then_the_nearest_end():
    found = keys(
        other(2, ends_on=None),
        other(3, ends_on=date(2026, 12, 20)),
        other(4, ends_on=date(2026, 12, 1)),
        other(5, actor="npo", ends_on=date(2026, 11, 30)),
        other(6, area=7, actor="npo"),
        other(7, area=7),
    )
    assert found == [7, 6, 4, 3, 2, 5]


def test_a_group_is_not_led_to_its_own_post_nor_a_post_to_itself():
    assert keys(other(2, group=3), other(1), other(4, group=9)) == [4]
    without_group = PostFacts(1, "wanted", "citizen", "things")
    assert [found.key for found in counterparts(without_group, [other(2)], most=3)] == [2]


def test_no_more_than_asked_for():
    assert len(keys(*(other(number) for number in range(2, 9)), most=3)) == 3


def test_the_reasons_are_told():
    best, worst = counterparts(WANTED, [other(2, actor="npo"), other(3, area=7)], most=2)
    assert best.reasons == (Reason.RESOURCE, Reason.AREA, Reason.PAIR)
    assert worst.reasons == (Reason.RESOURCE,)


def test_an_unknown_area_is_no_shared_area():
    nowhere = PostFacts(1, "wanted", "voluntary", "things")
    assert counterparts(nowhere, [other(2)], most=1)[0].reasons == (Reason.RESOURCE, Reason.PAIR)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("電話は024-900-1234まで", ["024-900-1234"]),
        ("電話は０２４－９００－１２３４", ["024-900-1234"]),
        ("09012345678にどうぞ", ["09012345678"]),
        ("mochi@example.jp へ", ["mochi@example.jp"]),
        ("センター 024-924-3352", []),
        ("2026年12月5日、10時から12時、20人", []),
        ("1,000円、机10台", []),
    ],
)
def test_contacts_in_a_text_are_found(words, found):
    assert contacts_in(words, known=("024-924-3352",)) == found
