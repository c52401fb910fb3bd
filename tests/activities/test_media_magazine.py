"""The candidates for the magazine: proposed, chosen, passed over, printed, and given to its editors."""

from io import BytesIO

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from activities.notices import magazine_candidates as magazine
from activities.notices.errors import ReasonMissing
from activities.notices.magazine_candidates import Stage
from activities.notices.queries import public_history
from config.builders import add_news
from tests.activities.notice_builders import day, receive, words_of

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 20, 9)
INDEX = "/admin/magazine-candidates/"


@pytest.fixture(autouse=True)
def on_that_morning(tree):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def call(**data):
    facts = {"kind": "call", "sessions": [], "media": ["web", "magazine"], "title": "ボランティアを募集します"}
    return receive(day(2026, 11, 18, 9), **(facts | data))


def stages() -> list[tuple[str, str]]:
    return [(row.notice.title, row.stage.value) for row in magazine.candidates(now=NOW)]


def act(name: str, notice) -> str:
    return reverse(f"magazine_candidates:{name}", args=[notice.pk])


def test_what_is_wished_or_proposed_is_a_candidate_and_the_rest_is_not():
    call()
    call(title="希望していない募集", media=["web"])
    call(kind="cancellation", title="中止")
    call(kind="other", title="その他", media=["web"])
    receive(day(2026, 3, 1, 9), kind="call", sessions=[], media=["web", "magazine"], title="去年度の募集")
    assert stages() == [
        ("ボランティアを募集します", "candidate"),
        ("希望していない募集", "candidate"),
        ("その他", "candidate"),
    ]


def test_a_public_page_with_the_tag_stands_in_the_list_and_in_both_exports(desk, tree):
    add_news(tree, "掲示板の使い方", tags=("広報誌に載せる",))
    add_news(tree, "タグのないお知らせ")
    hidden = add_news(tree, "下書きのお知らせ", tags=("広報誌に載せる",))
    hidden.unpublish()
    text = words_of(desk.get(INDEX))
    assert "掲示板の使い方" in text
    assert "タグのないお知らせ" not in text and "下書きのお知らせ" not in text
    assert "掲示板の使い方" not in words_of(desk.get(INDEX, {"stage": "printed"}))
    plain = desk.get(INDEX, {"export": "text"}).content.decode()
    assert "掲示板の使い方" in plain and f"{settings.SITE_URL}/" in plain
    answer = desk.get(INDEX, {"export": "xlsx"})
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content)).active
    assert "掲示板の使い方" in [cell.value for row in sheet.iter_rows() for cell in row]


def test_more_tagged_pages_cost_no_more_queries(desk, tree):
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            desk.get(INDEX)
        return len(found)

    add_news(tree, "はじめのお知らせ", tags=("広報誌に載せる",))
    cost()
    before = cost()
    for number in range(5):
        add_news(tree, f"お知らせ{number}", tags=("広報誌に載せる",))
    cost()
    assert cost() == before


def test_chosen_printed_and_back():
    notice = call()
    magazine.choose_candidate(notice=notice, by=None, now=NOW)
    assert stages() == [(notice.title, "chosen")]
    magazine.release_candidate(notice=notice, by=None, now=NOW)
    assert stages() == [(notice.title, "candidate")]


def test_choosing_what_nobody_wished_takes_it_in():
    notice = call(media=["web"])
    magazine.choose_candidate(notice=notice, by=None, now=NOW)
    assert notice.media == ["web", "magazine"]
    assert stages() == [(notice.title, "chosen")]


def test_passing_over_needs_a_reason_that_the_group_reads():
    notice = call()
    with pytest.raises(ReasonMissing):
        magazine.pass_over(notice=notice, reason=" ", by=None, now=NOW)
    magazine.pass_over(notice=notice, reason="紙面が足りないため。", by=None, now=NOW)
    (row,) = magazine.candidates(now=NOW)
    assert (row.stage, row.reason, notice.media) == (Stage.PASSED, "紙面が足りないため。", ["web"])
    assert public_history(notice)[0].text == "紙面が足りないため。"
    magazine.release_candidate(notice=notice, by=None, now=NOW)
    assert (stages(), notice.media) == ([(notice.title, "candidate")], ["web", "magazine"])


def test_what_nobody_wished_is_passed_over_without_a_word_to_the_group():
    notice = call(media=["web"])
    before = len(public_history(notice))
    magazine.pass_over(notice=notice, reason="前の号に載せたため。", by=None, now=NOW)
    assert (stages(), len(public_history(notice))) == ([(notice.title, "passed")], before)
    magazine.release_candidate(notice=notice, by=None, now=NOW)
    assert (stages(), notice.media) == ([(notice.title, "candidate")], ["web"])


def test_the_list_is_worked_with_buttons(desk):
    notice = call()
    assert "次の号の発行日は決まっていません" in words_of(desk.get(INDEX))
    desk.post(act("choose", notice))
    assert "掲載済にする" in words_of(desk.get(INDEX + "?stage=chosen"))
    assert notice.title not in words_of(desk.get(INDEX + "?stage=printed"))
    told = {"told-year": "2026", "told-month": "11", "told-day": "20", "told-time": "9:00", "place": "第87号 4ページ"}
    desk.post(act("printed", notice), told)
    words = words_of(desk.get(INDEX))
    assert "掲載済 " in words and "第87号 4ページ" in words


def test_an_empty_list_says_what_will_stand_here(desk):
    assert "広報誌の候補は、今はありません" in words_of(desk.get(INDEX))


def test_the_editors_get_text_and_a_spreadsheet_without_formulas(desk):
    call(title='=HYPERLINK("https://x.example","a")', group_name="+81の会", text="@SUM(1)")
    magazine.choose_candidate(notice=call(), by=None, now=NOW)
    text = desk.get(INDEX + "?export=text")
    assert text["Content-Type"].startswith("text/plain")
    assert "ボランティアを募集します" in text.content.decode()
    answer = desk.get(INDEX + "?export=xlsx")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content) if answer.streaming else answer.content)).active
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert '=HYPERLINK("https://x.example","a")' in [cell.value for cell in cells]
    only = desk.get(INDEX + "?export=text&stage=chosen").content.decode()
    assert "HYPERLINK" not in only and "ボランティアを募集します" in only


def test_only_whoever_may_change_decides(client, django_user_model):
    user = django_user_model.objects.create_user(username="mirudake", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_notice"]))
    client.force_login(user)
    notice = call()
    assert "採用する" not in words_of(client.get(INDEX))
    for name in ("choose", "release", "pass", "printed"):
        assert client.post(act(name, notice), {"reason": "x"}).status_code == 302
    assert stages() == [(notice.title, "candidate")]


def test_the_queries_do_not_grow_with_the_list(django_assert_max_num_queries):
    call()
    with django_assert_max_num_queries(30) as few:
        magazine.candidates(now=NOW)
    for number in range(8):
        call(title=f"募集{number}")
    with django_assert_max_num_queries(30) as many:
        magazine.candidates(now=NOW)
    assert len(many) <= len(few) + 1
