"""The desk: who may see it, what it says, what its buttons do."""

import json
from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from activities import services
from activities.models import EventPage, Notice, NoticePolicy
from activities.viewsets import ACTIONS
from center.models import ConfirmedYear, SpecialDay
from config.builders import add_group
from tests.activities.notice_builders import (
    day,
    mails,
    make_and_publish,
    photo,
    publish,
    receive,
    tree_of,
    typed,
    words_of,
)
from tests.center import hostile

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 20, 9)


@pytest.fixture(autouse=True)
def tree(db):
    site = tree_of(2026)
    with time_machine.travel(NOW, tick=False):
        yield site


@pytest.fixture
def desk(client, staff):
    """A browser of somebody who may do everything."""
    client.force_login(staff)
    return client


@pytest.fixture
def person(django_user_model):
    """Make a member of staff with the permissions named ("view", "change", "add") on notices."""

    def make(*actions: str):
        user = django_user_model.objects.create_user(username=f"u{'-'.join(actions)}", password="x", is_staff=True)
        codes = ["access_admin", *(f"{action}_notice" for action in actions)]
        user.user_permissions.set(Permission.objects.filter(codename__in=codes))
        return user

    return make


def url(name: str, notice: Notice | None = None, *more: int) -> str:
    return reverse(f"notice_desk:{name}", args=[notice.pk, *more] if notice else [])


# Who may do what


def test_nobody_gets_in_without_logging_in(client):
    notice = receive(day(2026, 11, 18, 9), files=[photo()])
    for address in (url("index"), url("add"), url("detail", notice), url("file", notice, notice.attachments.get().pk)):
        response = client.get(address)
        assert response.status_code == 302
        assert "login" in response["Location"]


def test_staff_without_the_permission_see_nothing_of_notices(client, person):
    client.force_login(person())
    notice = receive(day(2026, 11, 18, 9))
    for address in (url("index"), url("add"), url("detail", notice)):
        response = client.get(address, follow=True)
        assert "昔の道具" not in words_of(response)
        assert response.redirect_chain
    assert url("index") not in client.get(reverse("wagtailadmin_home")).content.decode()


def test_whoever_may_only_look_sees_no_button_and_cannot_press_one(client, person):
    client.force_login(person("view"))
    notice = receive(day(2026, 11, 18, 9), files=[photo()])
    page = client.get(url("detail", notice))
    assert page.status_code == 200
    assert "昔の道具で、もちをつく" in words_of(page)
    assert "ページを作る" not in words_of(page)
    assert client.get(url("file", notice, notice.attachments.get().pk)).status_code == 200
    for name in ACTIONS:
        for response in (
            client.post(url(name, notice), {"words": "x", "reason": "no_text"}),
            client.get(url(name, notice)),
        ):
            assert response.status_code == 302
            assert response["Location"] == reverse("wagtailadmin_home"), name
    notice.refresh_from_db()
    assert (notice.state, EventPage.objects.count()) == ("received", 0)


def test_whoever_may_change_may_do_everything_at_the_desk(client, person):
    client.force_login(person("change"))
    notice = receive(day(2026, 11, 18, 9))
    assert client.get(url("index")).status_code == 200
    assert client.get(url("add")).status_code == 200
    client.post(url("review", notice))
    notice.refresh_from_db()
    assert notice.state == "reviewing"


def test_every_action_answers_only_to_a_notice_that_exists(desk):
    for name in ACTIONS:
        assert desk.get(f"/admin/notices/999/{name}/").status_code == 404
        assert desk.post(f"/admin/notices/999/{name}/").status_code == 404
    assert desk.get("/admin/notices/999/").status_code == 404


def test_a_file_is_reached_only_through_its_own_notice(desk):
    mine, other = receive(day(2026, 11, 18, 9), files=[photo()]), receive(day(2026, 11, 18, 9))
    file = mine.attachments.get()
    response = desk.get(url("file", mine, file.pk))
    assert b"".join(response.streaming_content)[:2] == b"\xff\xd8"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert desk.get(url("file", other, file.pk)).status_code == 404


# The board


def test_the_board_says_in_words_how_near_the_due_day_is(desk):
    receive(day(2026, 11, 15, 9), title="過ぎた")
    receive(day(2026, 11, 17, 9), title="本日の")
    receive(day(2026, 11, 18, 9), title="明日の")
    returned = receive(day(2026, 11, 18, 9), title="戻した")
    services.return_notice(notice=returned, reason="no_text", message="", by=None, now=NOW)
    page = words_of(desk.get(url("index")))
    words = page[page.index("期限 依頼") :]
    for parts in (("2日超過", "本日", "あと1日", "差戻し中"), ("過ぎた", "本日の", "明日の", "戻した")):
        order = [words.index(part) for part in parts]
        assert order == sorted(order)
    assert "団体の返事を待っています" in words
    assert "読むのを待っています" in words


def test_the_board_names_notices_that_are_due_while_the_centre_is_closed(desk, staff):
    with time_machine.travel(day(2026, 12, 29, 10), tick=False):
        desk.force_login(staff)
        receive(day(2026, 12, 29, 10), sessions=[(day(2027, 3, 1, 10), None)])
        assert "休館中に期限" in words_of(desk.get(url("index")))


def test_an_empty_board_says_what_will_appear_here(desk):
    assert "待っている依頼はありません。" in words_of(desk.get(url("index")))
    assert "この言葉と選びかたに合う依頼はありません。" in words_of(desk.get(url("index") + "?q=ない"))


def test_the_board_can_be_narrowed(desk, staff):
    event = receive(day(2026, 11, 18, 9), title="新年の餅")
    receive(day(2026, 11, 18, 9), kind="call", sessions=[], title="なかま募集", group_name="山の会")
    gone = receive(day(2026, 11, 18, 9), title="やめた催し")
    services.withdraw_notice(notice=gone, now=NOW)
    services.assign_notice(notice=event, to=staff, by=staff, now=NOW)

    def shown(query: str) -> set[str]:
        words = words_of(desk.get(url("index") + query))
        return {title for title in ("新年の餅", "なかま募集", "やめた催し") if title in words}

    assert shown("") == {"新年の餅", "なかま募集"}
    assert shown("?state=all") == {"新年の餅", "なかま募集", "やめた催し"}
    assert shown("?state=withdrawn") == {"やめた催し"}
    assert shown("?kind=call") == {"なかま募集"}
    assert shown("?mine=on") == {"新年の餅"}
    assert shown("?q=山の会") == {"なかま募集"}
    assert shown("?q=2026-0001") == {"新年の餅"}
    assert shown("?state=nonsense&kind=nonsense&p=99") == {"新年の餅", "なかま募集"}


def test_the_board_costs_the_same_for_thirty_rows(desk, django_assert_max_num_queries):
    for number in range(30):
        receive(day(2026, 11, 18, 9), title=f"催し{number}")
    desk.get(url("index"))
    with django_assert_max_num_queries(15):
        words = words_of(desk.get(url("index")))
    assert "催し29" in words


def test_the_first_screen_counts_what_is_due(desk):
    receive(day(2026, 11, 17, 9), title="本日の")
    receive(day(2026, 11, 19, 9), title="まだの")
    words = words_of(desk.get(reverse("wagtailadmin_home")))
    assert "動いている依頼 2件" in words
    assert "1 本日が期限" in words
    panel = words[words.index("期限が近い依頼") :]
    assert "本日の" in panel
    assert "まだの" not in panel


# One notice


def test_the_detail_shows_everything_staff_need(desk, tree):
    add_group(tree, "大槻もちつきの会")
    notice = receive(day(2026, 11, 18, 9), files=[photo("表.jpg")], alts=["うす"], capacity=30, public_contact="佐藤")
    words = words_of(desk.get(url("detail", notice)))
    for expected in (
        *("2026-0001", "昔の道具で、もちをつく", "大槻もちつきの会", "佐藤花子", "024-900-0000", "mochi@example.jp"),
        *("12月12日（土）10時〜12時", "大槻ふれあいセンター", "無料", "30", "表.jpg", "うす", "団体のページ"),
        *("確認を始める", "ページを作る", "差し戻す", "掲載不可にする", "取り下げる", "フォームから受け取りました。"),
    ):
        assert expected in words, expected


def test_pictures_without_consent_are_pointed_out(desk):
    warning = "写っている人の了解が確かめられていません。公開する前に確かめてください。"
    assert warning in words_of(desk.get(url("detail", receive(NOW, files=[photo()], has_photo_consent=False))))
    assert warning not in words_of(desk.get(url("detail", receive(NOW, files=[photo()]))))


def test_what_a_group_wrote_is_never_markup(desk):
    notice = receive(NOW, title="<script>alert(1)</script>", text="<img src=x onerror=alert(1)>", group_name="<b>会")
    for address in (url("detail", notice), url("index"), url("return", notice), reverse("wagtailadmin_home")):
        html = desk.get(address).content.decode()
        assert "<script>alert(1)" not in html
        assert "<img src=x" not in html


def test_one_click_makes_the_page_and_shows_it_beside_the_notice(desk, staff):
    notice = receive(day(2026, 11, 18, 9))
    response = desk.post(url("page", notice), follow=True)
    page = EventPage.objects.get()
    assert "下書きを作りました。" in words_of(response)
    assert "公開する" in words_of(response)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert edit in response.content.decode()
    assert desk.post(url("page", notice))["Location"] == edit
    assert EventPage.objects.count() == 1
    notice.refresh_from_db()
    assert notice.assigned_to == staff


def test_looking_at_an_action_changes_nothing(desk):
    notice = receive(day(2026, 11, 18, 9))
    for name in ACTIONS:
        desk.get(url(name, notice))
    notice.refresh_from_db()
    assert (notice.state, EventPage.objects.count(), notice.entries.exclude(kind="forecast").count()) == (
        "received",
        0,
        1,
    )


def test_a_notice_is_sent_back_with_its_reason(desk):
    notice = receive(day(2026, 11, 18, 9))
    assert "日時・会場・連絡先" in words_of(desk.get(url("return", notice)))
    response = desk.post(url("return", notice), {"reason": "other", "message": ""})
    assert "理由を文で書いてください" in words_of(response)
    desk.post(url("return", notice), {"reason": "organiser_unknown", "message": "どなたが開きますか。"})
    notice.refresh_from_db()
    assert notice.state == "returned"
    assert "どなたが開きますか。" in mails("notice-returned")[0].text
    assert "差戻し中" in words_of(desk.get(url("detail", notice)))


def test_an_answer_by_phone_starts_the_clock_from_when_it_really_came(desk):
    notice = receive(day(2026, 11, 16, 9))
    services.return_notice(notice=notice, reason="no_text", message="", by=None, now=day(2026, 11, 17, 9))
    moment = {"received-year": "2026", "received-month": "11", "received-day": "19", "received-time": "16:00"}
    desk.post(url("answer", notice), {"words": "10時からとのこと。", **moment})
    notice.refresh_from_db()
    assert (notice.state, notice.due_on) == ("reviewing", date(2026, 11, 22))


def test_a_refusal_asks_for_its_reason(desk):
    notice = receive(day(2026, 11, 18, 9))
    assert desk.post(url("decline", notice), {"words": " "}).status_code == 200
    desk.post(url("decline", notice), {"words": "営利のためです。"})
    notice.refresh_from_db()
    assert (notice.state, notice.decline_reason) == ("declined", "営利のためです。")
    assert "営利のためです。" in words_of(desk.get(url("detail", notice)))


def test_withdrawing_without_an_answer_is_refused_before_its_time(desk):
    notice = receive(day(2026, 11, 10, 9))
    services.return_notice(notice=notice, reason="no_text", message="", by=None, now=day(2026, 11, 10, 10))
    words = words_of(desk.post(url("withdraw", notice), {"reason": "unanswered"}, follow=True))
    assert "返事がないことによる取下げは、12月10日（木）からできます。" in words
    desk.post(url("withdraw", notice), {"reason": "wish"})
    notice.refresh_from_db()
    assert notice.state == "withdrawn"


def test_what_is_settled_is_refused_with_words(desk):
    notice = receive(day(2026, 11, 18, 9))
    services.withdraw_notice(notice=notice, now=NOW)
    words = words_of(desk.post(url("decline", notice), {"words": "x"}, follow=True))
    assert "この依頼は、もう終わっています。何も変えていません。" in words
    assert "掲載不可にする" not in words_of(desk.get(url("detail", notice)))


def test_a_change_leads_to_its_page_and_is_marked_by_hand(desk):
    page = make_and_publish(receive(day(2026, 11, 1, 9)), day(2026, 11, 2, 9))
    notice = receive(day(2026, 11, 18, 9), kind="change", title="会場が変わりました")
    assert "対象のページを選ぶ" in words_of(desk.get(url("detail", notice)))
    words = words_of(desk.post(url("page", notice), follow=True))
    assert "先に、対象のページを選んでください。" in words
    desk.post(url("link", notice), {"page": page.pk})
    response = desk.post(url("page", notice))
    assert response["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    desk.post(url("apply", notice))
    notice.refresh_from_db()
    assert (notice.state, notice.applied_at) == ("published", NOW)


def test_a_message_and_a_note_go_to_different_people(desk):
    notice = receive(day(2026, 11, 18, 9))
    desk.post(url("message", notice), {"words": "雨のときは、どうしますか。"})
    desk.post(url("note", notice), {"words": "電話は午後に。"})
    notice.refresh_from_db()
    assert "雨のときは、どうしますか。" in mails("notice-message")[0].text
    assert notice.staff_note == "電話は午後に。"
    assert "電話は午後に。" not in "".join(mail.text for mail in mails())


def test_the_time_of_receipt_can_be_corrected_but_not_into_the_future(desk):
    notice = receive(day(2026, 11, 18, 9), channel="phone")
    html = desk.get(url("received", notice)).content.decode()
    assert 'value="09:00"' in html
    future = {"received-year": "2026", "received-month": "11", "received-day": "21", "received-time": "9:00"}
    assert "先の日時になっています。" in words_of(desk.post(url("received", notice), future))
    desk.post(url("received", notice), future | {"received-day": "17"})
    notice.refresh_from_db()
    assert (notice.received_at, notice.due_on) == (day(2026, 11, 17, 9), date(2026, 11, 20))


# Entering one


def entry(**changes) -> dict:
    kept = {"kind": "event", "group_name": "電話の会", "title": "電話の催し", "rows": "3", "send": "1"}
    moment = {"received-year": "2026", "received-month": "11", "received-day": "19", "received-time": "16:30"}
    return kept | moment | {"channel": "phone", "media": ["web"]} | changes


def test_a_notice_by_phone_is_entered_with_its_real_time(desk, staff, tree):
    group = add_group(tree, "電話の会")
    response = desk.post(url("add"), entry(group=group.pk, staff_note="折り返し"))
    notice = Notice.objects.get()
    assert response["Location"] == url("entered", notice)
    said = words_of(desk.get(response["Location"]))
    assert "電話口で伝えること" in said and notice.number in said and "11月22日（日）" in said
    assert (notice.channel, notice.received_at, notice.due_on) == (
        "phone",
        day(2026, 11, 19, 16, 30),
        date(2026, 11, 22),
    )
    assert (notice.group, notice.staff_note) == (group, "折り返し")
    assert notice.entries.get(kind="received").by == staff


def test_the_entry_form_keeps_what_was_typed_and_says_what_is_wrong(desk):
    response = desk.post(
        url("add"),
        entry(title="", **{"received-day": "20", "received-time": "18:00", "s1-month": "12", "s1-day": "40"})
        | {"file1": SimpleUploadedFile("表.png", hostile.picture("PNG"))},
    )
    words = words_of(response)
    assert response.status_code == 200
    assert "先の日時になっています。" in words
    assert "日が「40」になっています。" in words
    assert "表.png" in words
    assert 'value="電話の会"' in response.content.decode()
    assert not Notice.objects.exists()


def test_a_row_can_be_added_while_entering(desk):
    html = desk.post(url("add"), entry(add="1", send="")).content.decode()
    assert 'name="s4-day"' in html
    assert 'value="電話の催し"' in html
    assert 'value="16:30"' in html


# Days before which a group does not want to be seen


def editor_data(page: EventPage, **changes) -> dict:
    return {
        "title": page.title,
        "slug": page.slug,
        "summary": page.summary,
        "state": page.state,
        "application_way": page.application_way,
        "sessions-TOTAL_FORMS": "0",
        "sessions-INITIAL_FORMS": "0",
        "measure_links-TOTAL_FORMS": "0",
        "measure_links-INITIAL_FORMS": "0",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "body-count": "0",
        "tags": "催し",
        "action-publish": "1",
    } | changes


def test_publishing_before_the_wished_day_is_refused_and_the_draft_is_kept(desk):
    notice = receive(day(2026, 11, 18, 9), not_before_on=date(2026, 12, 1))
    page = services.make_page(notice=notice, by=None, now=NOW)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = desk.post(address, editor_data(page, title="直した題名"), follow=True)
    assert "12月1日（火）より前に出さないよう希望しています。" in words_of(response)
    page.refresh_from_db()
    assert not page.live
    assert page.get_latest_revision_as_object().title == "直した題名"


def test_going_live_after_the_due_day_warns_at_once(desk):
    notice = receive(day(2026, 11, 18, 9))
    page = services.make_page(notice=notice, by=None, now=NOW)
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    response = desk.post(address, editor_data(page, go_live_at="2026-11-22 09:00"), follow=True)
    assert "期限は11月21日（土）ですが、ページの公開はそれより後になっています。" in words_of(response)


# Rules


def test_a_rule_in_force_is_read_only_and_a_coming_one_is_not(desk):
    old = NoticePolicy.objects.create(valid_from_at=day(2026, 1, 1), days=3)
    new = NoticePolicy.objects.create(valid_from_at=day(2027, 4, 1), days=5)
    assert desk.get(reverse("notice_rules:index")).status_code == 200
    assert desk.get(reverse("notice_rules:edit", args=[old.pk]))["Location"] == reverse(
        "notice_rules:inspect", args=[old.pk]
    )
    assert desk.get(reverse("notice_rules:edit", args=[new.pk])).status_code == 200
    desk.post(reverse("notice_rules:edit", args=[old.pk]), {"days": "9"})
    desk.post(reverse("notice_rules:delete", args=[old.pk]))
    old.refresh_from_db()
    assert old.days == 3


def test_a_new_rule_knows_who_wrote_it(desk, staff):
    desk.post(
        reverse("notice_rules:add"),
        {
            "valid_from_at": "2027-04-01 00:00",
            "days": "5",
            "unit": "calendar",
            "closed_due": "keep",
            "cutoff": "17:15",
            "remind_returned_after_days": "7",
            "withdraw_returned_after_days": "30",
            "criteria": "営利ではない",
        },
    )
    assert NoticePolicy.objects.get().created_by == staff


def test_closed_days_and_confirmed_years_are_kept_in_the_same_group(desk, staff):
    desk.post(reverse("special_days:add"), {"on": "2026-12-28", "kind": "closed", "name": "停電"})
    desk.post(reverse("confirmed_years:add"), {"year": "2027"})
    assert SpecialDay.objects.get().name == "停電"
    confirmed = ConfirmedYear.objects.get()
    assert (confirmed.confirmed_by, confirmed.confirmed_at) == (staff, NOW)
    assert json.dumps("決まりごと")[1:-1] in desk.get(reverse("wagtailadmin_home")).content.decode()


def test_the_way_from_the_form_to_the_public_page(client, desk):
    """A group fills in the form, staff press three buttons, and everybody can read it."""
    client.post("/notices/new/", typed(NOW))
    notice = Notice.objects.get()
    desk.post(url("review", notice))
    desk.post(url("page", notice))
    page = EventPage.objects.get()
    publish(page, day(2026, 11, 20, 10))
    notice.refresh_from_db()
    assert notice.state == "published"
    client.logout()
    assert client.get(f"/events/{page.slug}/").status_code == 200
