"""What might be the same thing told twice; pages made, published, taken back; notices written anew."""

from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import Permission
from wagtail.models import Page

from activities import services
from activities.models import EventPage, Notice
from activities.notices.duplicates import Facts, duplicates_of, likeness
from center.models import CentreImage
from config.builders import add_group
from tests.activities.notice_builders import day, make_and_publish, photo, receive, tree_of, words_of

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 20, 9)
DAY = frozenset({date(2026, 12, 12)})
OTHER = frozenset({date(2026, 12, 13)})


@pytest.fixture(autouse=True)
def tree(db):
    site = tree_of(2026)
    with time_machine.travel(NOW, tick=False):
        yield site


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (Facts("もちつき大会", "餅の会", DAY), Facts("モチツキ大会", "餅の会", DAY), True),
        (Facts("もちつき大会", "餅の会", DAY), Facts("もちつき大会", "別の会", DAY), True),
        (Facts("もちつき大会", "餅の会", DAY), Facts("もちつき大会", "餅の会", OTHER), False),
        (Facts("もちつき大会", "餅の会", DAY), Facts("読書の夕べ", "餅の会", DAY), False),
        (Facts("会員募集", "山の会"), Facts("会員募集", "川の会"), True),
        (Facts("読書会", "本の会"), Facts("登山", "本の会"), False),
        (Facts("", "", DAY), Facts("", "", DAY), False),
    ],
)
def test_title_group_and_day_decide_together(one, other, is_same):
    assert (likeness(one, other)[0] > 0) == is_same


def test_the_same_notice_twice_is_pointed_out_before_the_page_is_made(desk):
    first = receive(day(2026, 11, 18, 9))
    second = receive(day(2026, 11, 19, 9), title="昔の道具でもちをつく", channel="phone")
    words = words_of(desk.get(f"/admin/notices/{second.pk}/"))
    assert "同じお知らせかもしれません" in words and first.number in words and "同じ団体、同じ日" in words
    services.withdraw_notice(notice=first, now=NOW)
    assert "同じお知らせかもしれません" not in words_of(desk.get(f"/admin/notices/{second.pk}/"))


def test_a_public_page_of_the_same_day_is_linked_with_one_click(desk):
    page = make_and_publish(receive(day(2026, 11, 1, 9)), day(2026, 11, 2, 9))
    notice = receive(day(2026, 11, 19, 9))
    pages = {one.page.pk for one in duplicates_of(notice, now=NOW) if one.page}
    assert pages == {page.pk}
    desk.post(f"/admin/notices/{notice.pk}/link/", {"page": page.pk})
    notice.refresh_from_db()
    assert notice.state == "published"


def test_looking_for_duplicates_costs_the_same_however_many_there_are(django_assert_max_num_queries):
    for number in range(12):
        receive(day(2026, 11, 18, 9), title=f"もちつき{number}")
    notice = Notice.objects.get(pk=receive(NOW, title="もちつき").pk)
    with django_assert_max_num_queries(9):
        assert duplicates_of(notice, now=NOW)


# From the notice to the public page, and back


def test_four_clicks_lead_from_the_board_to_the_public_page(desk, client):
    notice = receive(day(2026, 11, 18, 9))
    board = desk.get("/admin/notices/").content.decode()
    assert f'href="/admin/notices/{notice.pk}/"' in board  # 1: open it
    desk.get(f"/admin/notices/{notice.pk}/")
    made = desk.post(f"/admin/notices/{notice.pk}/page/", follow=True)  # 2: make the page
    assert f"/admin/notices/{notice.pk}/publish/" in made.content.decode()
    preview = desk.get(f"/admin/notices/{notice.pk}/preview/")
    assert notice.title in words_of(preview) and "no-store" in preview["Cache-Control"]
    said = desk.post(f"/admin/notices/{notice.pk}/publish/", follow=True)  # 3: publish it
    assert "公開しました" in words_of(said)
    notice.refresh_from_db()
    assert notice.state == "published"
    client.logout()
    assert client.get(f"/events/{EventPage.objects.get().slug}/").status_code == 200


def test_the_desk_does_not_publish_before_the_wished_day_or_without_the_right(desk, client, django_user_model):
    notice = receive(day(2026, 11, 18, 9), not_before_on=date(2026, 12, 1))
    page = services.make_page(notice=notice, by=None, now=NOW)
    page.go_live_at = None
    page.save_revision()
    words = words_of(desk.post(f"/admin/notices/{notice.pk}/publish/", follow=True))
    assert "より前に出さないよう希望しています。" in words
    looker = django_user_model.objects.create_user(username="n", password="x", is_staff=True)
    from_notices = ["access_admin", "view_notice", "change_notice"]
    looker.user_permissions.set(Permission.objects.filter(codename__in=from_notices))
    client.force_login(looker)
    client.post(f"/admin/notices/{notice.pk}/publish/")
    assert not Page.objects.get(pk=page.pk).live


def test_the_making_is_taken_back_with_its_copies_and_can_be_done_again(desk):
    notice = receive(day(2026, 11, 18, 9), files=[photo()])
    due_on = notice.due_on
    services.make_page(notice=notice, by=None, now=NOW)
    assert CentreImage.objects.count() == 1
    desk.post(f"/admin/notices/{notice.pk}/unmake/")
    notice.refresh_from_db()
    assert (EventPage.objects.count(), CentreImage.objects.count()) == (0, 0)
    assert (notice.state, notice.due_on) == ("reviewing", due_on)
    assert notice.attachments.get().file.storage.exists(notice.attachments.get().file.name)
    services.make_page(notice=notice, by=None, now=NOW)
    assert (EventPage.objects.count(), CentreImage.objects.count()) == (1, 1)


def test_a_picture_that_another_draft_uses_stays(tree):
    notice = receive(day(2026, 11, 18, 9), files=[photo()])
    image = services.make_page(notice=notice, by=None, now=NOW).image
    other = EventPage(title="別の催し", slug="betsu")
    tree.events.add_child(instance=other)
    other.image = image
    other.save_revision()
    services.unmake_page(notice=notice, by=None, now=NOW)
    assert CentreImage.objects.filter(pk=image.pk).exists()


def test_an_edited_draft_is_not_lost_without_asking(desk):
    notice = receive(day(2026, 11, 18, 9))
    page = services.make_page(notice=notice, by=None, now=NOW)
    page.target = "小学生"
    page.save_revision()
    words = words_of(desk.post(f"/admin/notices/{notice.pk}/unmake/"))
    assert "このページは編集されています。" in words and "対象" in words
    assert "作り直しませんでした" in words_of(desk.post(f"/admin/notices/{notice.pk}/remake/", follow=True))
    assert EventPage.objects.count() == 1
    desk.post(f"/admin/notices/{notice.pk}/unmake/", {"sure": "1"})
    assert EventPage.objects.count() == 0


def test_what_was_public_is_never_undone(desk):
    notice = receive(day(2026, 11, 18, 9))
    page = make_and_publish(notice, NOW)
    page.refresh_from_db()
    page.unpublish()
    words = words_of(desk.post(f"/admin/notices/{notice.pk}/unmake/", {"sure": "1"}, follow=True))
    assert "編集画面で非公開にしてください" in words
    assert EventPage.objects.count() == 1


# Written anew


def test_staff_write_anew_what_the_notice_says_and_the_history_keeps_both(desk, staff):
    notice = receive(day(2026, 11, 18, 9), capacity=None)
    before = (notice.clock_started_at, notice.due_on)
    html = desk.get(f"/admin/notices/{notice.pk}/edit/").content.decode()
    assert "大槻ふれあいセンター" in html and 'value="10:00"' in html
    typed = {
        **{"kind": "event", "group_name": "大槻もちつきの会", "contact_name": "佐藤花子", "rows": "1", "send": "1"},
        **{"contact_email": "mochi@example.jp", "contact_phone": "024-900-0000", "title": notice.title},
        **{"text": notice.text, "venue_name": "中央公民館", "fee_way": "free", "application_way": "none"},
        **{"has_photo_consent": "on", "s1-year": "2026", "s1-month": "12", "s1-day": "13", "s1-starts": "10:00"},
    }
    words = words_of(desk.post(f"/admin/notices/{notice.pk}/edit/", typed, follow=True))
    assert "直しました：会場、日時" in words
    notice.refresh_from_db()
    assert (notice.venue_name, (notice.clock_started_at, notice.due_on)) == ("中央公民館", before)
    assert [session.starts_at for session in notice.sessions.all()] == [day(2026, 12, 13, 10)]
    line = notice.entries.get(data__field="fields")
    assert (line.by, line.is_public) == (staff, False)
    assert ["venue_name", "大槻ふれあいセンター", "中央公民館"] in line.data["changes"]
    desk.post(f"/admin/notices/{notice.pk}/edit/", typed)
    assert notice.entries.filter(data__field="fields").count() == 1


def test_a_later_wish_moves_the_due_day_and_a_settled_notice_stays(desk):
    notice = receive(day(2026, 11, 18, 9))
    wish = {"not_before_on": date(2026, 12, 1)}
    sessions = [(row.starts_at, row.ends_at) for row in notice.sessions.all()]
    services.edit_notice(notice=notice, data=wish, sessions=sessions, by=None, now=NOW)
    assert notice.due_on == date(2026, 12, 1)
    services.withdraw_notice(notice=notice, now=NOW)
    with pytest.raises(services.AlreadySettled):
        services.edit_notice(notice=notice, data={"title": "x"}, sessions=sessions, by=None, now=NOW)


# On the phone


def test_the_contact_of_a_chosen_group_is_filled_in(desk, tree):
    group = add_group(tree, "大槻もちつきの会")
    receive(day(2026, 11, 1, 9), group=group)
    found = desk.get("/admin/notices/add/contact/", {"group": group.pk})
    assert found.json()["contact_phone"] == "024-900-0000" and "no-store" in found["Cache-Control"]
    html = desk.post(
        "/admin/notices/add/", {"fill": "1", "group": group.pk, "kind": "call", "rows": "1"}
    ).content.decode()
    assert 'value="024-900-0000"' in html and 'value="佐藤花子"' in html


def test_the_mail_is_shown_before_it_goes_out(desk):
    notice = receive(day(2026, 11, 18, 9))
    address = f"/admin/notices/{notice.pk}/return/"
    first = desk.get(address + "?reason=no_text")
    assert "2〜3行で十分です" in words_of(first) and "団体に届くメール" in words_of(first)
    looked = desk.post(address, {"look": "1", "reason": "other", "message": "雨のときは。"})
    assert "雨のときは。" in words_of(looked) and "mochi@example.jp" in words_of(looked)
    notice.refresh_from_db()
    assert notice.state == "received"
