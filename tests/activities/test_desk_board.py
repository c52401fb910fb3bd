"""The board: what it says of each notice, how it is narrowed, and many moved at once."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from activities import services
from activities.inquiries.receiving import receive_consultation, receive_contact
from activities.models import Notice, NoticePage
from config.builders import add_match
from config.roles import EDITOR, VIEWER, make_roles
from tests.activities.notice_builders import day, receive, tree_of, words_of

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 20, 9)
BOARD = "/admin/notices/"


@pytest.fixture(autouse=True)
def tree(db):
    site = tree_of(2026)
    with time_machine.travel(NOW, tick=False):
        yield site


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def person(tree, django_user_model):
    """Somebody with one of the four roles."""
    make_roles(tree.home)

    def make(role: str):
        user = django_user_model.objects.create_user(username=f"u-{role}", password="x", last_name=role)
        user.groups.add(Group.objects.get(name=role))
        return user

    return make


def shown(desk, query: str) -> set[str]:
    html = desk.get(BOARD + query).content.decode()
    return {notice.title for notice in Notice.objects.all() if f"<b>{notice.title}</b>" in html}


def test_every_choice_of_the_board_stands_in_its_address(desk, staff, django_user_model):
    other = django_user_model.objects.create_superuser(username="taro", last_name="見本", first_name="太郎")
    late = receive(day(2026, 11, 15, 9), title="遅れた", media=["web", "mail"], channel="phone")
    today = receive(day(2026, 11, 17, 9), title="本日の", kind="call", sessions=[], media=["web", "magazine"])
    receive(day(2026, 11, 18, 9), title="明日の", media=["web"], channel="fax")
    services.assign_notice(notice=late, to=staff, by=None, now=NOW)
    services.assign_notice(notice=today, to=other, by=None, now=NOW)
    services.start_review(notice=late, by=None, now=NOW)
    assert shown(desk, "?due=overdue") == {"遅れた"}
    assert shown(desk, "?due=today") == {"本日の"}
    assert shown(desk, "?due=tomorrow") == {"明日の"}
    assert shown(desk, "?due=week") == {"本日の", "明日の"}
    assert shown(desk, "?charge=me") == {"遅れた"}
    assert shown(desk, f"?charge={other.pk}") == {"本日の"}
    assert shown(desk, "?charge=nobody") == {"明日の"}
    assert shown(desk, "?medium=magazine") == {"本日の"}
    assert shown(desk, "?channel=fax") == {"明日の"}
    assert shown(desk, "?waits=page") == {"遅れた"}
    assert shown(desk, "?waits=read") == {"本日の", "明日の"}
    assert shown(desk, "?due=x&charge=x&medium=x&channel=x&waits=x") == {"遅れた", "本日の", "明日の"}
    chosen = desk.get(BOARD + "?due=overdue&charge=me")
    assert "期限：期限超過" in words_of(chosen) and "担当：自分" in words_of(chosen)
    assert 'href="?charge=me"' in chosen.content.decode()


@pytest.mark.parametrize(
    "words", ["ﾓﾁﾂｷ", "もちつき", "２０２６－０００１", "0249000000", "024-900", "大槻の会", "山田ＴＡＲＯ"]
)
def test_the_search_finds_whatever_the_width_and_kana(desk, words):
    data = {"group_name": "大槻の会", "contact_name": "山田taro", "contact_phone": "024-900-0000"}
    receive(day(2026, 11, 18, 9), title="モチツキ大会", **data)
    receive(day(2026, 11, 18, 9), title="読書会", group_name="本の会", contact_phone="", contact_name="x", text="本")
    assert shown(desk, f"?q={words}") == {"モチツキ大会"}


def test_words_of_the_group_wait_until_staff_answer_or_say_that_none_is_needed(desk, staff):
    asked = receive(day(2026, 11, 18, 9), title="質問つき")
    services.add_group_message(notice=asked, text="駐車場は?", now=NOW)
    thanked = receive(day(2026, 11, 18, 9), title="お礼つき")
    services.add_group_message(notice=thanked, text="どうも", now=NOW)
    assert "未回答のメッセージ" in words_of(desk.get(f"{BOARD}{asked.pk}/"))
    assert shown(desk, "?waits=message") == {"質問つき", "お礼つき"}
    desk.post(f"{BOARD}{asked.pk}/message/", {"words": "あります。"})
    desk.post(f"{BOARD}{thanked.pk}/read/")
    assert shown(desk, "?waits=message") == set()
    services.add_group_message(notice=asked, text="もうひとつ", now=NOW)
    assert shown(desk, "?waits=message") == {"質問つき"}


def test_an_answered_return_stands_out_until_somebody_goes_on(desk):
    notice = receive(day(2026, 11, 16, 9), title="戻ってきた")
    services.return_notice(notice=notice, reason="no_text", message="", by=None, now=day(2026, 11, 17, 9))
    assert shown(desk, "?waits=answer") == set()
    services.answer_notice(notice=notice, text="書きました", now=day(2026, 11, 19, 9))
    assert shown(desk, "?waits=answer") == {"戻ってきた"}
    services.make_page(notice=notice, by=None, now=NOW)
    assert shown(desk, "?waits=answer") == set()


def test_a_page_that_goes_live_after_the_due_day_is_pointed_out(desk):
    notice = receive(day(2026, 11, 18, 9))
    page = services.make_page(notice=notice, by=None, now=NOW)
    type(page).objects.filter(pk=page.pk).update(go_live_at=day(2026, 11, 21, 23))
    assert "公開の予約が期限より後" not in words_of(desk.get(BOARD))
    type(page).objects.filter(pk=page.pk).update(go_live_at=day(2026, 11, 22, 9))
    assert "公開の予約が期限より後" in words_of(desk.get(BOARD))


def test_many_are_moved_at_once_and_what_is_refused_is_named(desk, staff):
    new, gone = receive(day(2026, 11, 18, 9)), receive(day(2026, 11, 18, 9))
    services.withdraw_notice(notice=gone, now=NOW)
    words = words_of(
        desk.post(f"{BOARD}bulk/", {"pick": [new.pk, gone.pk], "do": "review", "back": "due=tomorrow"}, follow=True)
    )
    assert "1件を変更しました。" in words
    assert f"1件は、そのままにしました。 {gone.number}：" in words
    new.refresh_from_db()
    assert (new.state, new.assigned_to) == ("reviewing", staff)
    answer = desk.post(f"{BOARD}bulk/", {"pick": [new.pk], "do": "assign", "to": "nobody", "back": "due=tomorrow"})
    assert answer["Location"] == f"{BOARD}?due=tomorrow"
    new.refresh_from_db()
    assert new.assigned_to is None
    assert "選ばれた依頼がありません" in words_of(desk.post(f"{BOARD}bulk/", {"do": "take"}, follow=True))
    words = words_of(desk.post(f"{BOARD}bulk/", {"pick": [new.pk], "do": "assign", "to": "999"}, follow=True))
    assert "担当になる人を選んでください" in words


def test_whoever_may_only_look_sees_the_board_without_ticks(client, person):
    notice = receive(day(2026, 11, 18, 9))
    client.force_login(person(VIEWER))
    html = client.get(BOARD).content.decode()
    assert notice.title in html and 'name="pick"' not in html
    assert "/admin/notices/consultations/" not in html
    answer = client.post(f"{BOARD}bulk/", {"pick": [notice.pk], "do": "take"})
    assert answer.status_code == 302 and answer["Location"] == reverse("wagtailadmin_home")
    notice.refresh_from_db()
    assert notice.assigned_to is None
    for tab in ("consultations", "contacts", "posts"):
        assert client.get(f"{BOARD}{tab}/")["Location"] == reverse("wagtailadmin_home")


def test_what_may_come_from_a_machine_waits_in_a_tab_of_its_own(desk):
    notice = receive(day(2026, 11, 18, 9), title="あやしい")
    Notice.objects.filter(pk=notice.pk).update(held_at=NOW, held_reason="no_proof")
    assert shown(desk, "") == set()
    html = desk.get(f"{BOARD}held/").content.decode()
    assert "あやしい" in html and 'value="release"' in html
    desk.post(f"{BOARD}bulk/", {"pick": [notice.pk], "do": "release", "tab": "held"})
    assert shown(desk, "") == {"あやしい"}


def test_consultations_contacts_and_posts_come_to_the_same_desk(desk, tree, staff):
    who = {"contact_name": "佐藤", "contact_email": "a@example.jp", "contact_phone": "024-900-1234"}
    three = NOW - timedelta(days=3)
    asked = receive_consultation(data=who | {"kind": "grants", "text": "x"}, channel="form", received_at=three, now=NOW)
    post = add_match(tree, "絵本がほしい", resource="things", open_until_on=day(2026, 12, 20).date())
    contact = receive_contact(post=post, data=who | {"text": "あります"}, now=NOW)
    words = words_of(desk.get(f"{BOARD}consultations/"))
    assert "3日前" in words and "最初の返事を待っています" in words and asked.number in words
    assert "絵本がほしい" in words_of(desk.get(f"{BOARD}contacts/"))
    assert "届いた連絡に返事をする" in words_of(desk.get(f"{BOARD}posts/"))
    desk.post(f"{BOARD}contacts/?charge=nobody", {"pick": [contact.pk], "do": "take"})
    contact.refresh_from_db()
    assert contact.assigned_to == staff
    assert contact.number not in words_of(desk.get(f"{BOARD}contacts/?charge=nobody"))
    home = words_of(desk.get(reverse("wagtailadmin_home")))
    assert "1 相談" in home and "1 マッチングの連絡" in home


def test_the_first_screen_says_calmly_that_nothing_waits(desk):
    words = words_of(desk.get(reverse("wagtailadmin_home")))
    assert "待っているものはありません。" in words
    receive(day(2026, 11, 15, 9))
    html = desk.get(reverse("wagtailadmin_home")).content.decode()
    assert "/admin/notices/?due=overdue" in html


def test_the_board_costs_the_same_for_few_and_for_many(desk):
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(BOARD).status_code == 200
        return len(caught)

    for number in range(25):
        receive(day(2026, 11, 18, 9), title=f"催し{number}", contact_email="")
    desk.get(BOARD)
    few = cost()
    copies = [Notice.objects.get(pk=pk) for pk in Notice.objects.values_list("pk", flat=True)]
    for number in range(175):
        copy = copies[number % 25]
        copy.pk, copy.number, copy.status_token_hash = None, f"2026-{1000 + number}", f"h{number}"
        copy._state.adding = True
        copy.save(force_insert=True)
    assert Notice.objects.count() == 200
    assert cost() == few <= 15
    assert "4" in words_of(desk.get(BOARD + "?p=4")) and desk.get(BOARD + "?p=999").status_code == 200


def test_staff_without_the_permission_see_no_tab(client, django_user_model):
    user = django_user_model.objects.create_user(username="guest", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename="access_admin"))
    client.force_login(user)
    for tab in ("", "held/", "consultations/", "contacts/", "posts/"):
        assert client.get(BOARD + tab).status_code == 302


def test_an_editor_may_work_at_every_tab(client, person):
    client.force_login(person(EDITOR))
    for tab in ("", "held/", "consultations/", "contacts/", "posts/", "add/"):
        assert client.get(BOARD + tab).status_code == 200, tab


def test_the_board_costs_the_same_where_every_notice_has_its_page(desk):
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            html = desk.get(BOARD).content.decode()
        assert html.count("公開を待っています") >= 25
        return len(caught)

    def link(notices: list[Notice]) -> None:
        NoticePage.objects.bulk_create(
            NoticePage(notice=notice, page=made, is_main=False, linked_at=NOW) for notice in notices
        )

    first = receive(day(2026, 11, 18, 9), contact_email="")
    made = services.make_page(notice=first, by=None, now=NOW)
    services.start_review(notice=first, by=None, now=NOW)

    link(copies_of(first, 24))
    desk.get(BOARD)
    few = cost()
    link(copies_of(first, 175))
    assert NoticePage.objects.count() == 200
    assert cost() == few <= 15


def copies_of(notice: Notice, count: int) -> list[Notice]:
    rows = []
    for _ in range(count):
        row = Notice.objects.get(pk=notice.pk)
        row.pk, row.number, row.status_token_hash = None, f"2026-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
        rows.append(row)
    return Notice.objects.bulk_create(rows)


def test_everything_that_came_in_stands_in_one_list_by_the_day_it_is_due(desk, tree, staff):
    who = {"contact_name": "佐藤", "contact_email": "a@example.jp", "contact_phone": "024-900-1234"}
    receive(day(2026, 11, 18, 9), title="あす期限のもの")
    receive(day(2026, 11, 15, 9), title="遅れたもの")
    old = NOW - timedelta(days=4)
    asked = receive_consultation(data=who | {"kind": "grants", "text": "x"}, channel="form", received_at=old, now=NOW)
    post = add_match(tree, "絵本がほしい", resource="things", open_until_on=day(2026, 12, 20).date())
    contact = receive_contact(post=post, data=who | {"text": "モリノ本屋です"}, now=NOW)
    words = words_of(desk.get(f"{BOARD}all/"))
    places = [words.index(text) for text in (asked.number, "遅れたもの", contact.number, "あす期限のもの")]
    assert places == sorted(places)
    assert "すべて 4" in words and "最初の返事を待っています" in words and "読むのを待っています" in words
    found = words_of(desk.get(f"{BOARD}all/?q=もりの"))
    assert contact.number in found and asked.number not in found and "遅れたもの" not in found
    services.withdraw_notice(notice=Notice.objects.get(title="遅れたもの"), now=NOW)
    assert "遅れたもの" not in words_of(desk.get(f"{BOARD}all/"))
    assert "遅れたもの" in words_of(desk.get(f"{BOARD}all/?state=all"))
    services.assign_notice(notice=Notice.objects.get(title="あす期限のもの"), to=staff, by=None, now=NOW)
    mine = words_of(desk.get(f"{BOARD}all/?charge=me"))
    assert "あす期限のもの" in mine and asked.number not in mine


def test_the_list_of_everything_costs_the_same_for_few_and_for_many(desk, tree):
    def cost() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert desk.get(f"{BOARD}all/").status_code == 200
        return len(caught)

    who = {"contact_name": "佐藤", "contact_email": "", "contact_phone": "024-900-1234", "kind": "grants", "text": "x"}
    first = receive(day(2026, 11, 18, 9), contact_email="")
    for _ in range(3):
        receive_consultation(data=who, channel="form", received_at=NOW, now=NOW)
    desk.get(f"{BOARD}all/")
    few = cost()
    copies_of(first, 60)
    for _ in range(10):
        receive_consultation(data=who, channel="form", received_at=NOW - timedelta(days=1), now=NOW)
    assert cost() == few <= 20


def test_whoever_may_see_one_kind_alone_has_no_list_of_everything(client, django_user_model):
    user = django_user_model.objects.create_user(username="guest", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=("access_admin", "view_notice")))
    client.force_login(user)
    who = {"contact_name": "佐藤", "contact_email": "a@example.jp", "contact_phone": "", "kind": "grants", "text": "x"}
    asked = receive_consultation(data=who, channel="form", received_at=NOW, now=NOW)
    assert f"{BOARD}all/" not in client.get(BOARD).content.decode()
    assert asked.number not in words_of(client.get(f"{BOARD}all/"))
