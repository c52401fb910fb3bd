"""Registered groups: the link that recognises them, what they make from it, and the yearly question."""

import re
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from wagtail.models import PageLogEntry

from activities import services
from activities.models import GroupCheck, GroupLink, GroupPage, Notice, NoticeDraft
from activities.notices.group_checks import ask_groups, confirm_group, groups_unconfirmed
from activities.notices.groups import issue_link, link_by_token, recognition, revoke_links, token_of
from center.intake.guard import signed_render_time
from center.models import OutgoingMail
from config.builders import add_group
from tests.activities.notice_builders import day, make_and_publish, receive, tree_of, typed, words_of

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 18, 9)
ADDRESS = "mochi@example.jp"
NAME = "大槻もちつきの会"


@pytest.fixture(autouse=True)
def tree(db):
    site = tree_of(2025)
    with time_machine.travel(NOW, tick=False):
        yield site


@pytest.fixture
def group(tree) -> GroupPage:
    with time_machine.travel(day(2026, 1, 10, 9), tick=False):
        return add_group(tree, NAME, notice_email=ADDRESS, activity_days="毎月第2土曜日")


@pytest.fixture
def link(group) -> GroupLink:
    return issue_link(group=group, by=None, now=NOW, is_mailed=False)


def path(link: GroupLink, name: str = "") -> str:
    return f"/notices/group/{token_of(link)}/{name}"


def ask(client, asked: str, now=NOW, **changes):
    data = {"rendered_at": signed_render_time(now=now - timedelta(minutes=1)), "memo_2": "", "asked": asked}
    return client.post("/notices/group/", data | changes)


def sent(kind: str = "group-link") -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind=kind).order_by("pk"))


def state_of(link: GroupLink) -> tuple:
    """Everything that looking must not change."""
    link.refresh_from_db()
    counts = (NoticeDraft.objects.count(), OutgoingMail.objects.count(), GroupLink.objects.count())
    page = GroupPage.objects.get(pk=link.group_id)
    return link.last_used_at, link.revoked_at, page.last_confirmed_on, page.latest_revision_id, *counts


# Asking for the link


@pytest.mark.parametrize("asked", [NAME, " 大槻 もちつきの会 ", "MOCHI@example.jp", "ｍｏｃｈｉ@example.jp"])
def test_the_link_is_mailed_to_the_groups_own_address_alone(group, client, asked):
    assert ask(client, asked).status_code == 302
    (mail,) = sent()
    assert mail.to == ADDRESS
    assert mail.holds_token
    token = re.search(r"https://assist-park\.example/notices/group/([^/]+)/", mail.text)[1]
    assert NAME in words_of(client.get(f"/notices/group/{token}/"))
    assert token not in str(GroupLink.objects.values())


def test_the_answer_is_the_same_byte_for_byte_whether_the_group_is_known_or_not(group, client):
    known, unknown, address = ask(client, NAME), ask(client, "だれも知らない会"), ask(client, "dare@example.jp")
    pages = []
    for response in (known, unknown, address):
        assert response.status_code == 302
        pages.append((response["Location"], response.content, sorted(response.headers.items())))
        pages[-1] += (client.get(response["Location"]).content,)
    assert pages[0] == pages[1] == pages[2]
    assert len(sent()) == 1


def test_one_address_gets_three_mails_a_day_and_the_answer_stays_the_same(group, client):
    answers = {ask(client, NAME)["Location"] for _time in range(5)}
    assert len(answers) == 1
    assert len(sent()) == 3
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        ask(client, NAME, NOW + timedelta(days=1))
    assert len(sent()) == 4


def test_machines_are_stopped_as_on_the_other_forms(group, client):
    assert ask(client, NAME, memo_2="buy").status_code == 200
    assert ask(client, NAME, rendered_at="x").status_code == 200
    assert not sent()


def test_a_group_that_is_not_shown_or_has_no_address_gets_no_mail(group, tree, client):
    add_group(tree, "住所のない会")
    ask(client, "住所のない会")
    GroupPage.objects.filter(pk=group.pk).update(live=False)
    ask(client, NAME)
    assert not sent()


# The group's page


def test_looking_changes_nothing(group, link, client):
    before = state_of(link)
    for name in ("", "check/", "correct/"):
        for method in (client.get, client.head, client.options):
            assert method(path(link, name)).status_code in (200, 405)
    for name in ("new/", "again/"):
        assert client.get(path(link, name)).status_code == 405
    assert state_of(link) == before


def test_the_page_is_never_stored_nor_indexed_nor_told_to_others(link, client):
    for address in (path(link), path(link, "check/"), path(link, "correct/"), "/notices/group/", "/notices/group/x/"):
        response = client.get(address)
        assert response["Cache-Control"] == "private, no-store", address
        assert response["X-Robots-Tag"] == "noindex"
        assert response["Referrer-Policy"] == "no-referrer"


def test_a_link_ends_after_a_year_and_when_staff_end_it(link, group, client, staff):
    token = token_of(link)
    assert link_by_token(token, now=NOW + timedelta(days=364)) == link
    assert link_by_token(token, now=NOW + timedelta(days=365)) is None
    assert revoke_links(group=group, by=staff, now=NOW) == 1
    response = client.get(path(link))
    assert response.status_code == 404
    assert "新しいリンクを送ってもらう" in words_of(response)
    assert client.post(path(link, "new/")).status_code == 404


def test_a_link_to_an_address_that_the_group_has_left_ends_with_the_next_one(link, group):
    group.notice_email = "atarashii@example.jp"
    GroupPage.objects.filter(pk=group.pk).update(notice_email=group.notice_email)
    new = issue_link(group=group, by=None, now=NOW)
    assert link_by_token(token_of(link), now=NOW) is None
    assert link_by_token(token_of(new), now=NOW) == new
    assert [mail.to for mail in sent()] == ["atarashii@example.jp"]


def test_another_groups_notices_are_never_shown_nor_copied(link, client, tree):
    other = receive(NOW, group_name="別の会", contact_email="betsu@example.jp", title="ひみつの集まり")
    false = receive(NOW, contact_email="betsu@example.jp", title="名前だけ同じ")
    words = words_of(client.get(path(link)))
    assert "ひみつの集まり" not in words
    assert "名前だけ同じ" not in words
    for notice in (other, false):
        client.post(path(link, "again/"), {"number": notice.number})
    assert not NoticeDraft.objects.exists()


def test_the_page_lists_open_notices_with_their_due_day_and_earlier_ones_by_kind(link, group, client):
    receive(NOW, group=group, title="いま送った会")
    old = receive(day(2025, 11, 20, 9), sessions=[(day(2025, 12, 14, 10), None)], group=group, title="昨年の会")
    make_and_publish(old, day(2025, 11, 21, 9))
    words = words_of(client.get(path(link)))
    assert "いま送った会" in words
    assert "公開の期限 11月21日（土）" in words
    assert "2025年12月14日（日）（12月の第2日曜日）" in words
    assert "今回： 12月13日（日）" in words


def test_earlier_notices_are_few_at_first_and_all_when_asked_for(link, group, client, django_assert_max_num_queries):
    for number in range(9):
        notice = receive(day(2025, 11, 1 + number, 9), sessions=[], kind="report", group=group, title=f"報告{number}")
        services.decline_notice(notice=notice, reason="見本", by=None, now=day(2025, 11, 2 + number, 9))
    with django_assert_max_num_queries(40):
        first = words_of(client.get(path(link)))
    assert sum(f"報告{number}" in first for number in range(9)) == 6
    assert "もっと見る" in first
    with django_assert_max_num_queries(40):
        everything = words_of(client.get(path(link) + "?all=1"))
    assert all(f"報告{number}" in everything for number in range(9))


# From the link to a notice


def test_a_new_notice_begins_with_who_writes(link, group, client):
    receive(day(2026, 3, 1, 9), group=group, contact_name="鈴木太郎", contact_phone="024-900-1111")
    response = client.post(path(link, "new/"))
    draft = NoticeDraft.objects.get()
    assert response.status_code == 302
    assert response["Location"].startswith("/notices/new/")
    assert draft.group_id == group.pk
    assert draft.typed["group_name"] == [NAME]
    assert draft.typed["contact_name"] == ["鈴木太郎"]
    assert draft.typed["contact_email"] == [ADDRESS]
    assert "title" not in draft.typed
    link.refresh_from_db()
    assert link.last_used_at == NOW


def test_last_years_notice_becomes_this_years_without_typing(link, group, client):
    """A tap on the button of the earlier notice, the criteria, and send: nothing has to be written."""
    old = receive(
        day(2025, 11, 20, 9), sessions=[(day(2025, 12, 14, 10), day(2025, 12, 14, 12))], group=group, title="もちつき"
    )
    make_and_publish(old, day(2025, 11, 21, 9))
    html = client.get(path(link)).content.decode()
    assert html.count(f'value="{old.number}"') == 1
    resume = client.post(path(link, "again/"), {"number": old.number})["Location"]
    page = client.get(resume)
    assert "昨年の日" in words_of(page)
    browser = {}
    for tag in re.findall(r"<(?:input|textarea)[^>]*>(?:[^<]*(?=</textarea>))?", page.content.decode()):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        is_tick = re.search(r'type="(?:checkbox|radio)"', tag)
        if not name or 'type="file"' in tag or (is_tick and "checked" not in tag):
            continue
        text = tag.split(">", 1)[1].lstrip("\n") if tag.startswith("<textarea") else (value[1] if value else "")
        browser.setdefault(name[1], []).append(text)
    assert browser["s1-day"] == ["13"]
    assert not browser.get("has_photo_consent")
    criteria = re.findall(r'name="criteria" value="(\d+)"', page.content.decode())
    browser |= {
        "rendered_at": [signed_render_time(now=NOW - timedelta(minutes=5))],
        "send": ["1"],
        "criteria": criteria,
    }
    response = client.post(resume, browser)
    assert response.status_code == 302, words_of(response)[:3000]
    notice = Notice.objects.latest("pk")
    assert (notice.title, notice.group_id, notice.group_from) == ("もちつき", group.pk, "link")
    assert notice.sessions.get().starts_at == day(2026, 12, 13, 10)
    assert notice.held_at is None


def test_staff_see_whether_a_group_is_known_from_its_link_or_from_its_name(group, client, staff):
    certain, named = receive(NOW, group=group), receive(NOW)
    assert recognition(certain, group) == "link"
    assert recognition(named, group) == "name"
    assert recognition(receive(NOW, group_name="知らない会"), None) == ""
    chosen = receive(NOW, group=group, by=staff, channel="phone")
    assert recognition(chosen, group) == "staff"


# The link at the end of mails


def test_the_link_stands_in_mails_to_the_groups_own_address_and_in_no_other(group):
    receive(NOW)
    receive(NOW, contact_email="hoka@example.jp")
    receive(NOW, group_name="知らない会")
    texts = [mail.text for mail in OutgoingMail.objects.filter(kind="notice-receipt").order_by("pk")]
    assert ["/notices/group/" in text for text in texts] == [True, False, False]


def test_the_same_link_is_repeated_and_none_comes_back_by_itself_after_staff_ended_it(group, staff):
    receive(NOW)
    receive(NOW)
    assert GroupLink.objects.count() == 1
    revoke_links(group=group, by=staff, now=NOW)
    receive(NOW)
    assert GroupLink.objects.count() == 1
    assert "/notices/group/" not in OutgoingMail.objects.filter(kind="notice-receipt").latest("pk").text


def test_staff_send_and_end_the_link_and_see_its_last_use(group, link, client, staff):
    client.force_login(staff)
    client.post(path(link, "new/"))
    address = f"/admin/notices/groups/{group.pk}/"
    assert "2026年（令和8年）11月18日（水）" in words_of(client.get(address))
    client.post(address, {"issue": "1"})
    assert [mail.to for mail in sent()] == [ADDRESS]
    client.post(address, {"revoke": "1"})
    assert link_by_token(token_of(link), now=NOW) is None
    assert "いま使えるリンクはありません。" in words_of(client.get(address))


def test_whoever_may_not_see_notices_may_not_see_nor_send_links(group, client, django_user_model):
    nobody = django_user_model.objects.create_user(username="dareka", email="d@example.jp", password="x")
    for user in (None, nobody):
        if user:
            client.force_login(user)
        for address in (f"/admin/notices/groups/{group.pk}/", "/admin/notices/groups/"):
            assert client.get(address).status_code in (302, 403)
            assert client.post(address, {"issue": "1"}).status_code in (302, 403)
    assert not sent()


# The yearly question


def year_later(group: GroupPage, confirmed: date | None = date(2025, 11, 1)) -> None:
    GroupPage.objects.filter(pk=group.pk).update(last_confirmed_on=confirmed)


@pytest.mark.parametrize(
    ("confirmed", "is_asked"),
    [(date(2025, 11, 17), True), (date(2025, 11, 18), False), (date(2026, 11, 1), False), (None, False)],
)
def test_a_group_is_asked_once_its_page_was_confirmed_more_than_a_year_ago(group, confirmed, is_asked):
    year_later(group, confirmed)
    assert ask_groups(now=NOW)["asked"] == is_asked


def test_a_page_that_nobody_ever_confirmed_is_asked_about_a_year_after_it_came(group):
    assert ask_groups(now=day(2027, 1, 10, 9))["asked"] == 0
    assert ask_groups(now=day(2027, 1, 12, 9))["asked"] == 1


def test_the_question_comes_once_with_one_reminder_and_then_staff_see_it(group):
    year_later(group)
    for minutes in range(3):
        ask_groups(now=NOW + timedelta(minutes=minutes))
    (mail,) = sent("group-check")
    assert (mail.to, "活動日：毎月第2土曜日" in mail.text) == (ADDRESS, True)
    assert mail.text.count("https://assist-park.example/notices/group/") == 2
    assert not groups_unconfirmed(NOW + timedelta(days=29)).exists()
    assert ask_groups(now=NOW + timedelta(days=29))["reminded"] == 0
    assert ask_groups(now=NOW + timedelta(days=30))["reminded"] == 1
    assert ask_groups(now=NOW + timedelta(days=60)) == {"asked": 0, "reminded": 0}
    assert len(sent("group-check")) == 2
    assert [found.pk for found in groups_unconfirmed(NOW + timedelta(days=31))] == [group.pk]
    assert ask_groups(now=NOW + timedelta(days=365, minutes=1))["asked"] == 1


def test_groups_that_cannot_be_asked_are_shown_to_staff_and_hidden_ones_are_left_alone(group, tree, client, staff):
    silent = add_group(tree, "メールのない会", last_confirmed_on=date(2024, 1, 1))
    hidden = add_group(tree, "見えない会", last_confirmed_on=date(2024, 1, 1), notice_email="x@example.jp")
    GroupPage.objects.filter(pk=hidden.pk).update(live=False)
    assert ask_groups(now=NOW)["asked"] == 0
    assert [found.pk for found in groups_unconfirmed(NOW)] == [silent.pk]
    client.force_login(staff)
    assert "メールのない会" in words_of(client.get("/admin/notices/groups/"))


def test_one_tap_confirms_and_a_draft_in_progress_keeps_its_words(group, client):
    year_later(group)
    draft = group.specific
    draft.title = "大槻もちつきの会（新しい名前）"
    draft.save_revision()
    ask_groups(now=NOW)
    text = sent("group-check")[0].text
    yes = re.search(r"https://assist-park\.example(/notices/group/\S+/check/)", text)[1]
    words = words_of(client.get(yes))
    assert "毎月第2土曜日" in words
    assert "新しい名前" not in words
    assert GroupPage.objects.get(pk=group.pk).last_confirmed_on == date(2025, 11, 1)
    answered = client.post(yes)
    assert "ありがとうございます" in words_of(client.get(answered["Location"]))
    page = GroupPage.objects.get(pk=group.pk)
    assert (page.last_confirmed_on, page.title, page.has_unpublished_changes) == (date(2026, 11, 18), NAME, True)
    newest = page.get_latest_revision_as_object()
    assert (newest.last_confirmed_on, newest.title) == (date(2026, 11, 18), "大槻もちつきの会（新しい名前）")
    assert GroupCheck.objects.get().answered_at == NOW
    assert PageLogEntry.objects.filter(page=page.pk, action="activities.group.confirmed").exists()
    assert ask_groups(now=NOW + timedelta(days=40)) == {"asked": 0, "reminded": 0}


def test_confirming_does_not_cancel_a_scheduled_publication(group):
    from_day = NOW + timedelta(days=3)
    draft = group.specific
    draft.go_live_at = from_day
    draft.save_revision(approved_go_live_at=from_day)
    confirm_group(group=group, now=NOW)
    scheduled = GroupPage.objects.get(pk=group.pk).scheduled_revision
    assert scheduled.content["last_confirmed_on"] == "2026-11-18"


def test_something_to_put_right_begins_a_change_about_the_groups_page(group, link, client):
    year_later(group)
    ask_groups(now=NOW)
    client.post(path(link, "correct/"))
    draft = NoticeDraft.objects.get()
    assert draft.typed["kind"] == ["change"]
    assert draft.typed["about_text"] == [group.get_url()]
    data = typed(NOW, kind="change", about_text=group.get_url(), text="活動日が変わりました。")
    Client().post("/notices/new/", data)
    assert Notice.objects.get(kind="change").about_page_id == group.pk
    assert ask_groups(now=NOW + timedelta(days=31))["reminded"] == 0
    assert not groups_unconfirmed(NOW + timedelta(days=31)).exists()
