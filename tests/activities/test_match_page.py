"""The page of one matching post and its list, as a citizen reads them: contact goes through the centre only."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.http import QueryDict

from activities import lists
from activities.models import Area, GroupContact, MatchPage, MatchStage
from center.content_checks import findings
from config.builders import add_group, add_match


def words_of_stamps(client, address: str) -> list[str]:
    page = BeautifulSoup(client.get(address).content, "html.parser")
    return [tag.get_text(strip=True) for tag in page.select("main .rows .stamp")]


def test_a_post_says_what_is_wanted_and_that_the_centre_brings_people_together(tree, morning, centre, client, seen):
    group = add_group(tree, "おはなしの木")
    GroupContact.objects.create(page=group, kind="phone", value="024-000-3333", publicity="public")
    page = add_match(tree, "絵本がほしい", resource="things", open_until_on=date(2026, 11, 30), group=group)
    words = seen(page)
    for expected in (
        "絵本がほしい",
        "物",
        "任意団体",
        "あと6日",
        "おはなしの木",
        "024-924-3352",
        "連絡を受け付けています",
    ):
        assert expected in words
    assert "相手の方へ直接は連絡しないでください" in words
    assert f"/matching/contact/{page.pk}/" in client.get(page.get_url()).content.decode()
    assert "024-000-3333" not in client.get(page.get_url()).content.decode()


@pytest.mark.parametrize(
    ("state", "until", "stamp", "sentence"),
    [
        ("open", date(2026, 11, 23), "終了", "日にちを過ぎたので、終わりました。"),
        ("arranging", date(2026, 11, 30), "調整中", "いま、新しい連絡はお受けしていません。"),
        ("arranging", date(2026, 11, 1), "調整中", "センターが間に入って話を進めています。"),
        ("matched", None, "成立", "相手が見つかりました。"),
        ("ended", None, "終了", "終わりました。"),
    ],
)
def test_a_post_that_is_not_open_says_so_and_takes_no_contact(
    tree, morning, centre, client, seen, state, until, stamp, sentence
):
    page = add_match(tree, "机がほしい", state=state, open_until_on=until)
    words = seen(page)
    assert stamp in words and sentence in words
    assert "あと" not in words
    assert f"/matching/contact/{page.pk}/" not in client.get(page.get_url()).content.decode()


@pytest.mark.parametrize(
    ("live", "state", "until", "stage"),
    [
        (False, "open", None, MatchStage.RECEIVED),
        (True, "open", None, MatchStage.OPEN),
        (True, "open", date(2026, 11, 24), MatchStage.OPEN),
        (True, "open", date(2026, 11, 23), MatchStage.ENDED),
        (True, "matched", date(2026, 11, 1), MatchStage.MATCHED),
    ],
)
def test_the_stage_follows_state_and_day(live, state, until, stage):
    post = MatchPage(live=live, state=state, open_until_on=until)
    assert post.stage_on(date(2026, 11, 24)) == stage


def test_the_words_of_the_stages_are_the_centres_own():
    assert [str(stage.label) for stage in MatchStage] == ["受付", "公開", "調整中", "成立", "終了"]


def test_open_posts_of_the_other_direction_are_suggested_with_reasons(tree, morning, centre, seen):
    area = Area.objects.create(slug="otsuki", name="大槻")
    page = add_match(tree, "机がほしい", resource="things", area=area)
    add_match(tree, "机をゆずります", direction="offered", actor="company", resource="things", area=area)
    add_match(tree, "いすもほしい", resource="things", area=area)
    add_match(tree, "人手があります", direction="offered", resource="people", area=area)
    add_match(tree, "机は出ました", direction="offered", resource="things", state="matched")
    words = seen(page)
    assert "机をゆずります" in words
    assert "どちらも「物」、同じ地域（大槻）、団体と会社の組み合わせ" in words
    for left_out in ("いすもほしい", "人手があります", "机は出ました"):
        assert left_out not in words


def test_a_post_past_its_day_is_never_shown_as_open_in_a_list(tree, morning, client):
    add_match(tree, "机がほしい", open_until_on=date(2026, 11, 24))
    assert words_of_stamps(client, "/matching/") == ["公開"]
    with time_machine.travel(morning + timedelta(days=1), tick=False):
        assert words_of_stamps(client, "/matching/") == []
        assert words_of_stamps(client, "/matching/?closed=1") == ["終了"]


def test_what_was_matched_stays_in_the_archive_for_half_a_year(tree, morning, client):
    add_match(tree, "机がほしい", state="matched")
    add_match(tree, "いすがほしい", state="arranging")
    add_match(tree, "本がほしい", open_until_on=date(2026, 11, 23))
    assert sorted(words_of_stamps(client, "/matching/?closed=1")) == ["成立", "終了", "調整中"]
    with time_machine.travel(morning + timedelta(days=170), tick=False):
        assert len(words_of_stamps(client, "/matching/?closed=1")) == 3
    with time_machine.travel(morning + timedelta(days=181), tick=False):
        assert words_of_stamps(client, "/matching/?closed=1") == ["調整中"]


def test_the_list_is_narrowed_by_who_and_where_and_says_how_many(tree, morning, seen):
    area = Area.objects.create(slug="otsuki", name="大槻")
    add_match(tree, "机がほしい", actor="npo", area=area)
    add_match(tree, "部屋がほしい", actor="company")
    add_match(tree, "本がほしい", actor="npo", state="arranging")
    assert "公開中 2件" in seen("/matching/").replace("\u3000", " ")
    words = seen("/matching/", actor="npo", area="otsuki").replace("\u3000", " ")
    assert "公開中 1件" in words and "机がほしい" in words and "部屋がほしい" not in words
    assert "調整中・成立・終了のものを見る（1件）" in seen("/matching/", actor="npo")
    assert "公開中 2件" in seen("/matching/", actor="king", area="moon").replace("\u3000", " ")


def test_the_form_to_post_opens_with_kind_and_direction(client, tree, morning):
    html = client.get("/notices/new/?kind=match&match_direction=offered").content.decode()
    assert re.search(r'value="match"[^>]*checked', html)
    assert re.search(r'value="offered"[^>]*checked', html)


def test_twenty_posts_cost_few_queries(client, tree, morning, django_assert_max_num_queries, rf):
    area = Area.objects.create(slug="otsuki", name="大槻")
    for number in range(20):
        group = add_group(tree, f"会{number}")
        add_match(tree, f"ほしい{number}", group=group, area=area)
    request = rf.get("/matching/")
    request.GET = QueryDict("")
    with django_assert_max_num_queries(12):
        context = lists.matches_at(morning, page=tree.matching, request=request)
        assert len([(post.group.title, post.area.name) for post in context["page_obj"]]) == 20


def test_an_editor_is_warned_of_a_contact_in_the_words(tree, morning, centre):
    page = add_match(tree, "机がほしい", summary="電話 024-900-1234 へ", open_until_on=date(2026, 11, 1))
    sentences = " ".join(found.words for found in findings(page))
    assert "024-900-1234" in sentences and "センターを通す" in sentences
    assert "日にちを過ぎた" in sentences
