"""The screens of issues: the list, one issue, its actions, its preview, sections and the rule of the mail."""

import re
from datetime import datetime
from email import message_from_bytes, policy

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import Permission
from django.urls import reverse

from center.models import OutgoingMail
from center.opening import TOKYO
from center.queries import centre_settings
from newsletter import services
from newsletter.admin_frame import countdown_words
from newsletter.models import (
    ConsentEvent,
    Delivery,
    Issue,
    IssueState,
    MailPolicy,
    Section,
    StaffLine,
    Subscriber,
    Subscription,
)
from newsletter.sending.message import compose_single_mail
from newsletter.slots import TOKEN_SLOT

pytestmark = pytest.mark.django_db


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TOKYO)


@pytest.fixture(autouse=True)
def pages_open(monkeypatch):
    """Pages answer 200 here; that they are really asked has a test of its own."""
    monkeypatch.setattr("newsletter.issue_release.ask_pages", lambda ids: dict.fromkeys(ids, 200))


@pytest.fixture
def issue(world, december) -> Issue:
    return services.draft_issue(year=2026, month=12, now=december.drafted)


@pytest.fixture
def event(world):
    return world.event("音楽会", (2026, 11, 18, 9), (2026, 12, 20, 14), (2026, 12, 20, 16))


@pytest.fixture
def as_editor(client, world):
    client.force_login(world.editor)
    return client


@pytest.fixture
def as_approver(client, world):
    client.force_login(world.approver)
    return client


def show(client, issue: Issue, moment: datetime) -> BeautifulSoup:
    with time_machine.travel(moment, tick=False):
        answer = client.get(reverse("issues:show", args=[issue.pk]))
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def do(client, issue: Issue, action: str, moment: datetime, **fields):
    with time_machine.travel(moment, tick=False):
        return client.post(reverse(f"issues:{action}", args=[issue.pk]), fields)


def rows(page: BeautifulSoup, heading: str) -> str:
    """The words of the section under a heading with this id."""
    return page.find(id=heading).find_parent("section").get_text(" ", strip=True)


def test_the_list_shows_every_issue_with_its_state_and_dates(as_editor, issue):
    page = BeautifulSoup(as_editor.get(reverse("issues:index")).content, "html.parser")
    words = page.find(class_="issue-table").get_text(" ", strip=True)
    assert issue.subject in words
    assert str(issue.get_state_display()) in words
    assert "11月26日（木）17時15分" in words
    assert "12月1日（火）10時" in words


def test_the_screen_shows_what_is_in_what_is_out_and_why(as_editor, world, issue, event, december):
    world.event("タグのない会", (2026, 11, 18, 9), (2026, 12, 8, 10), tags=())
    page = show(as_editor, issue, december.freeze)
    assert "音楽会" in rows(page, "i-in")
    out = rows(page, "i-out")
    assert "タグのない会" in out
    with_label = page.find(id="i-out").find_parent("section").find(class_="issue-stamp").get_text()
    assert with_label in ("タグなし", "no tag")


def test_each_blocker_leads_to_where_it_is_mended(as_editor, world, issue, december):
    notice = world.notice("間に合わない会", (2026, 11, 20, 15), start=(2026, 12, 12, 10))
    page = show(as_editor, issue, december.freeze)
    section = page.find(id="i-blockers").find_parent("section")
    assert f"{notice.number} 間に合わない会" in section.get_text()
    assert reverse("notice_desk:detail", args=[notice.pk]) in [link["href"] for link in section.find_all("a")]


def test_the_countdown_to_the_cutoff_and_the_number_of_subscribers_are_shown(as_editor, issue, december):
    for number in range(3):
        state = "active" if number else "pending"
        row = Subscriber.objects.create(
            email=f"{number}@example.jp", email_norm=f"{number}@example.jp", state=state, created_at=december.drafted
        )
        Subscription.objects.create(subscriber=row, topic=issue.topic)
    words = show(as_editor, issue, at(2026, 11, 20, 9)).find(class_="issue-counters").get_text(" ", strip=True)
    assert "6" in words
    assert "2" in words.split("10時")[1]


def test_an_editor_closes_the_issue_but_cannot_approve_it(as_editor, world, issue, event, december):
    page = show(as_editor, issue, at(2026, 11, 26, 9))
    assert page.find("form", action=reverse("issues:freeze", args=[issue.pk])) is None
    do(as_editor, issue, "freeze", december.freeze)
    issue.refresh_from_db()
    assert issue.state == IssueState.FROZEN
    assert do(as_editor, issue, "approve", december.approve).status_code in (302, 403)
    issue.refresh_from_db()
    assert issue.state == IssueState.FROZEN


def test_the_approver_approves_and_the_history_tells_who_did_what(as_approver, world, issue, event, december):
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    page = show(as_approver, issue, december.approve)
    assert page.find("form", action=reverse("issues:approve", args=[issue.pk])) is not None
    do(as_approver, issue, "approve", december.approve)
    issue.refresh_from_db()
    assert (issue.state, issue.approved_by) == (IssueState.SCHEDULED, world.approver)
    history = rows(show(as_approver, issue, december.approve), "i-history")
    assert str(world.editor) in history
    assert str(world.approver) in history


def test_whoever_edited_last_reads_that_they_may_not_approve(as_approver, world, issue, event, december):
    services.edit_issue(issue=issue, by=world.approver, now=december.drafted, opening="こんにちは")
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    assert str(world.approver) in rows(show(as_approver, issue, december.approve), "i-blockers")
    do(as_approver, issue, "approve", december.approve)
    issue.refresh_from_db()
    assert issue.state == IssueState.FROZEN


def test_staff_leave_out_take_in_and_mail_again_with_a_reason(as_editor, world, issue, event, december):
    late = world.event("急ぎの会", (2026, 11, 26, 18), (2026, 12, 9, 10))
    now = at(2026, 11, 26, 18, 30)
    do(as_editor, issue, "choose", now, page=event.pk, decision="exclude", reason="主催者の希望")
    section = Section.objects.get(name="募集")
    do(as_editor, issue, "choose", now, page=late.pk, decision="include", reason="急ぎ", section=section.pk)
    page = show(as_editor, issue, now)
    assert "急ぎの会" in rows(page, "i-in")
    assert "募集" in rows(page, "i-in")
    assert "主催者の希望" in rows(page, "i-out")
    do(as_editor, issue, "unchoose", now, page=event.pk)
    assert "音楽会" in rows(show(as_editor, issue, now), "i-in")


def test_a_decision_without_a_reason_is_refused_in_words_and_changes_nothing(as_editor, issue, event, december):
    now = december.freeze
    do(as_editor, issue, "choose", now, page=event.pk, decision="exclude", reason="")
    assert not issue.choices.exists()
    page = show(as_editor, issue, now)
    assert page.find(class_="messages").get_text(strip=True)


def test_staff_carry_a_notice_over_with_a_reason_and_take_it_back(as_editor, world, issue, event, december):
    notice = world.notice("間に合わない会", (2026, 11, 20, 15), start=(2026, 12, 12, 10))
    do(as_editor, issue, "carry-over", december.freeze, notice=notice.pk, reason="会場の確認待ち")
    page = show(as_editor, issue, december.freeze)
    assert page.find(id="i-blockers") is None
    assert "会場の確認待ち" in rows(page, "i-next")
    do(as_editor, issue, "undo-carry-over", december.freeze, notice=notice.pk)
    assert show(as_editor, issue, december.freeze).find(id="i-blockers") is not None


def test_a_correction_by_hand_is_written_and_removed(as_editor, issue, december):
    do(as_editor, issue, "add-line", december.freeze, title="閉じた催し", text="中止になりました。")
    assert "中止になりました。" in rows(show(as_editor, issue, december.freeze), "i-lines")
    do(as_editor, issue, "remove-line", december.freeze, line=StaffLine.objects.get().pk)
    assert not StaffLine.objects.exists()


def test_texts_and_dates_are_changed_and_faults_stand_at_their_field(as_editor, issue, december):
    url = reverse("issues:edit", args=[issue.pk])
    fields = {
        "subject": "サポートメール12月号 冬の催し",
        "preheader": "",
        "opening": "こんにちは",
        "send_at": "2026-12-03 10:00",
        "cutoff_at": "2026-11-26 17:15",
    }
    with time_machine.travel(december.drafted, tick=False):
        answer = as_editor.post(url, fields | {"send_at": "2027-01-06 10:00"})
        page = BeautifulSoup(answer.content, "html.parser")
        assert answer.status_code == 200
        assert page.find("textarea", {"name": "opening"}).get_text(strip=True) == "こんにちは"
        assert page.find(class_="error-message") is not None
        assert as_editor.post(url, fields).status_code == 302
    issue.refresh_from_db()
    assert (issue.subject, issue.send_at) == ("サポートメール12月号 冬の催し", at(2026, 12, 3, 10))
    assert issue.content_changed_by.username == "henshu"


def test_a_new_extra_issue_is_made_empty(as_editor):
    with time_machine.travel(at(2026, 11, 20, 9), tick=False):
        answer = as_editor.post(reverse("issues:new"), {"subject": "臨時のお知らせ", "send_at": "2026-11-22 10:00"})
    issue = Issue.objects.get()
    assert answer["Location"] == reverse("issues:show", args=[issue.pk])
    assert (issue.kind, issue.send_at) == ("extra", at(2026, 11, 22, 10))


def test_staff_choose_the_pages_of_an_extra_issue_from_what_is_public(as_editor, world, event):
    world.event("下書きの会", (2026, 11, 18, 9), (2026, 12, 20, 14), live=False)
    now = at(2026, 11, 20, 9)
    extra = services.create_extra_issue(send_at=at(2026, 11, 22, 10), subject="臨時", now=now, by=world.editor)
    offered = show(as_editor, extra, now).find(id="add-page")
    assert [option["value"] for option in offered.find_all("option", string="音楽会")] == [str(event.pk)]
    assert "下書きの会" not in offered.get_text()
    do(as_editor, extra, "choose", now, page=event.pk, decision="include", reason="急ぎ", section="")
    page = show(as_editor, extra, now)
    assert "音楽会" in rows(page, "i-in")
    assert page.find("option", string="音楽会") is None


def test_the_texts_of_an_extra_issue_can_be_changed_after_its_cutoff(as_editor, world):
    now = at(2026, 11, 20, 9).replace(second=42)
    extra = services.create_extra_issue(send_at=at(2026, 11, 22, 10), subject="臨時", now=now, by=world.editor)
    url = reverse("issues:edit", args=[extra.pk])
    with time_machine.travel(at(2026, 11, 20, 10), tick=False):
        form = BeautifulSoup(as_editor.get(url).content, "html.parser").find(id="main").find("form", method="post")
        fields = {field["name"]: field.get("value", "") for field in form.find_all("input") if field.get("name")}
        assert as_editor.post(url, fields | {"subject": "臨時のお知らせ", "opening": ""}).status_code == 302
    extra.refresh_from_db()
    assert extra.subject == "臨時のお知らせ"


def test_a_month_whose_issue_was_cancelled_can_be_drafted_again(as_editor, world, issue, december):
    services.cancel_issue(issue=issue, reason="休館", by=world.editor, now=december.drafted)
    with time_machine.travel(december.drafted, tick=False):
        page = BeautifulSoup(as_editor.get(reverse("issues:index")).content, "html.parser")
        url = reverse("issues:draft", args=[2026, 12])
        assert page.find("form", action=url) is not None
        as_editor.post(url)
        again = Issue.objects.get(slug="2026-12")
        assert again.state == IssueState.DRAFT
        as_editor.post(url)
    assert Issue.objects.filter(year=2026, month=12).exclude(state=IssueState.CANCELLED).get() == again


def test_the_preview_shows_the_mail_without_anybody_s_link(as_editor, issue, event, december):
    with time_machine.travel(december.freeze, tick=False):
        page = BeautifulSoup(as_editor.get(reverse("issues:preview", args=[issue.pk])).content, "html.parser")
        frame = page.find("iframe")
        body = as_editor.get(frame["src"])
        text = as_editor.get(reverse("issues:preview_body", args=[issue.pk, "ja", "text"]))
    assert body["X-Frame-Options"] == "SAMEORIGIN"
    assert "音楽会" in body.content.decode()
    assert text["Content-Type"].startswith("text/plain")
    assert "音楽会" in text.content.decode()
    assert TOKEN_SLOT in text.content.decode()
    assert as_editor.get(reverse("issues:preview_body", args=[issue.pk, "xx", "html"])).status_code == 404


def test_cancelling_needs_a_reason(as_editor, issue, december):
    do(as_editor, issue, "cancel", december.drafted, reason="")
    issue.refresh_from_db()
    assert issue.state == IssueState.DRAFT
    do(as_editor, issue, "cancel", december.drafted, reason="休館のため")
    issue.refresh_from_db()
    assert issue.state == IssueState.CANCELLED
    assert "休館のため" in rows(show(as_editor, issue, december.drafted), "i-history")


def test_what_was_sent_is_shown_with_its_numbers_and_its_notes(as_editor, world, issue, event, december):
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    services.start_due_issues(now=december.send_at)
    Issue.objects.filter(pk=issue.pk).update(state=IssueState.SENT)
    world.publish(event, (2026, 12, 3, 9), venue_name="中央公民館")
    services.note_changes(now=at(2026, 12, 3, 10))
    page = show(as_editor, issue, at(2026, 12, 3, 11))
    assert "音楽会" in rows(page, "i-mailed")
    assert "中央公民館" in rows(page, "i-notes")
    assert page.find(id="i-report") is not None


def test_a_person_decides_about_an_uncertain_mail(as_approver, world, issue, event, december):
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    rows_of = {"locale": "ja", "format": "html", "issue": issue}
    unsure, other = (
        Delivery.objects.create(
            email=f"{name}@example.jp", email_norm=f"{name}@example.jp", state="ambiguous", **rows_of
        )
        for name in ("hanako", "taro")
    )
    Issue.objects.filter(pk=issue.pk).update(state=IssueState.SENT_WITH_EXCEPTIONS, recipient_count=2)
    assert "hanako@example.jp" in rows(show(as_approver, issue, at(2026, 12, 1, 12)), "i-doubtful")
    do(as_approver, issue, "decide-delivery", at(2026, 12, 1, 12), delivery=unsure.pk, decision="sent")
    do(as_approver, issue, "decide-delivery", at(2026, 12, 1, 12), delivery=other.pk, decision="again")
    assert [row.state for row in Delivery.objects.order_by("pk")] == ["sent", "pending"]
    as_approver.force_login(world.editor)
    assert show(as_approver, issue, at(2026, 12, 1, 12)).find(id="i-doubtful") is None


def test_nobody_without_the_permission_sees_or_changes_an_issue(client, django_user_model, issue, event, december):
    stranger = django_user_model.objects.create_user("tsuki", password="himitsu-no-kotoba")
    stranger.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(stranger)
    for name in ("show", "edit", "preview"):
        assert client.get(reverse(f"issues:{name}", args=[issue.pk])).status_code in (302, 403)
    do(client, issue, "cancel", december.drafted, reason="いたずら")
    do(client, issue, "choose", december.drafted, page=event.pk, decision="exclude", reason="いたずら")
    do(client, issue, "place", december.drafted, page=event.pk, position=0)
    do(client, issue, "trial", december.drafted, to="shokuin@assist-park.example", language="ja", format="html")
    assert not OutgoingMail.objects.filter(kind="issue-trial").exists()
    issue.refresh_from_db()
    assert issue.state == IssueState.DRAFT
    assert not issue.choices.exists()


def test_looking_changes_nothing_and_actions_take_no_get(as_editor, issue, december):
    for action in ("freeze", "cancel", "choose", "approve"):
        assert as_editor.get(reverse(f"issues:{action}", args=[issue.pk])).status_code in (302, 403, 405)
    issue.refresh_from_db()
    assert issue.state == IssueState.DRAFT


def test_the_screen_asks_no_more_queries_for_more_pages(
    as_editor, world, issue, december, django_assert_max_num_queries
):
    def fill(first: int, count: int) -> None:
        for number in range(first, first + count):
            page = world.event(f"会{number}", (2026, 11, 18, 9), (2026, 12, 20, 14))
            world.notice(f"会{number}", (2026, 11, 18, 9), page=page, start=(2026, 12, 20, 14))
            world.event(f"外の会{number}", (2026, 11, 18, 9), (2026, 12, 20, 14), tags=())

    fill(0, 3)
    show(as_editor, issue, december.freeze)
    with django_assert_max_num_queries(85) as few:
        show(as_editor, issue, december.freeze)
    fill(10, 10)
    with django_assert_max_num_queries(len(few.captured_queries)):
        show(as_editor, issue, december.freeze)


# the order and the words, by staff's hands


@pytest.fixture
def three(world):
    """Three events of one section, in the order of their days."""
    days = (("朝の会", 10), ("昼の会", 12), ("夜の会", 14))
    return [world.event(title, (2026, 11, 18, 9), (2026, 12, day, 10)) for title, day in days]


def titles(client, issue: Issue, moment: datetime) -> list[str]:
    """The titles that are in, in the order of the screen."""
    page = show(client, issue, moment)
    return [row.b.get_text() for row in page.find(id="live-in").find_all(class_="issue-item__title")]


def test_an_arrow_moves_an_item_and_says_where_it_stands_now(as_editor, issue, three, december):
    assert titles(as_editor, issue, december.drafted) == ["朝の会", "昼の会", "夜の会"]
    answer = do(as_editor, issue, "place", december.drafted, page=three[2].pk, position=1)
    assert answer["Location"].endswith(f"#item-{three[2].pk}")
    page = show(as_editor, issue, december.drafted)
    said = page.find(class_="messages").get_text(strip=True)
    assert "夜の会" in said
    assert "2" in said
    assert titles(as_editor, issue, december.drafted) == ["朝の会", "夜の会", "昼の会"]
    issue.refresh_from_db()
    assert issue.content_changed_by.username == "henshu"
    assert "夜の会" in rows(page, "i-history")


def test_an_item_moves_to_another_section_and_back_to_the_order_of_days(as_editor, issue, three, december):
    calls = Section.objects.get(name="募集")
    do(as_editor, issue, "place", december.drafted, page=three[0].pk, position=0, section=calls.pk)
    page = show(as_editor, issue, december.drafted)
    group = page.find("ul", {"data-section": str(calls.pk)})
    assert "朝の会" in group.get_text()
    do(as_editor, issue, "restore-order", december.drafted, section=calls.pk)
    assert titles(as_editor, issue, december.drafted) == ["朝の会", "昼の会", "夜の会"]
    assert not issue.choices.exists()


def test_what_is_pinned_stays_on_top_whatever_is_moved(as_editor, issue, three, december):
    do(as_editor, issue, "choose", december.drafted, page=three[1].pk, decision="pin")
    do(as_editor, issue, "place", december.drafted, page=three[2].pk, position=0)
    assert titles(as_editor, issue, december.drafted) == ["昼の会", "夜の会", "朝の会"]
    do(as_editor, issue, "unchoose", december.drafted, page=three[1].pk, decision="pin")
    do(as_editor, issue, "place", december.drafted, page=three[0].pk, position=0)
    assert titles(as_editor, issue, december.drafted) == ["朝の会", "昼の会", "夜の会"]


def test_moving_to_the_same_place_is_no_edit(as_editor, issue, three, december):
    do(as_editor, issue, "place", december.drafted, page=three[0].pk, position=0)
    issue.refresh_from_db()
    assert issue.content_changed_at is None


def test_own_words_stand_beside_the_facts_of_the_page_and_can_be_taken_back(as_editor, world, issue, three, december):
    page = three[0]
    do(as_editor, issue, "shorten", december.drafted, page=page.pk, short_text="手ぶらで\nどうぞ。")
    mail = services.preview(issue, language="ja", now=december.drafted)
    assert "手ぶらで どうぞ。" in mail.text
    assert "12月10日（木）10時" in mail.text
    world.publish(page, (2026, 11, 20, 9), venue_name="中央公民館")
    assert "中央公民館" in services.preview(issue, language="ja", now=at(2026, 11, 20, 10)).text
    do(as_editor, issue, "shorten", december.drafted, page=page.pk, short_text="長い" * 61)
    assert "手ぶらで" in rows(show(as_editor, issue, december.drafted), "i-in")
    do(as_editor, issue, "shorten", december.drafted, page=page.pk, short_text="手ぶらで", undo="1")
    assert "手ぶらで" not in services.preview(issue, language="ja", now=december.drafted).text


def test_the_opening_words_are_written_on_the_screen_itself(as_editor, issue, three, december):
    do(as_editor, issue, "opening", december.drafted, opening="師走です。\r\nお元気ですか。")
    assert "お元気ですか。" in rows(show(as_editor, issue, december.drafted), "i-opening")
    issue.refresh_from_db()
    assert services.preview(issue, language="ja", now=december.drafted).text.count("お元気ですか。") == 1


def test_nothing_that_staff_did_is_lost_when_the_issue_is_assembled_again(as_editor, world, issue, three, december):
    morning, noon, night = three
    left_out = world.event("外す会", (2026, 11, 18, 9), (2026, 12, 11, 10))
    taken_in = world.event("タグのない会", (2026, 11, 18, 9), (2026, 12, 8, 10), tags=())
    now = december.drafted
    do(as_editor, issue, "opening", now, opening="師走です。")
    do(as_editor, issue, "choose", now, page=left_out.pk, decision="exclude", reason="主催者の希望")
    do(as_editor, issue, "choose", at(2026, 11, 19, 9), page=taken_in.pk, decision="include", reason="大切な催し")
    do(as_editor, issue, "place", at(2026, 11, 19, 9), page=night.pk, position=0)
    do(as_editor, issue, "shorten", at(2026, 11, 19, 9), page=noon.pk, short_text="昼から始めます。")
    do(as_editor, issue, "choose", at(2026, 11, 19, 9), page=noon.pk, decision="pin")

    def check(moment: datetime, *, new: tuple[str, ...] = ()) -> None:
        page = show(as_editor, issue, moment)
        shown = [row.b.get_text() for row in page.find(id="live-in").find_all(class_="issue-item__title")]
        ours = ["昼の会", "夜の会", "朝の会", *new]
        assert [title for title in shown if title in ours] == ours
        assert "タグのない会" in shown
        assert "主催者の希望" in rows(page, "i-out")
        issue.refresh_from_db()
        text = services.preview(issue, language="ja", now=moment).text
        assert "昼から始めます。" in text
        assert "師走です。" in text

    check(at(2026, 11, 19, 9, 30))
    for hour in (10, 11):
        services.tick_newsletter(now=at(2026, 11, 19, hour))
    check(at(2026, 11, 19, 12))
    world.publish(night, (2026, 11, 20, 9), venue_name="中央公民館")
    world.event("新しい会", (2026, 11, 21, 9), (2026, 12, 9, 10))
    check(at(2026, 11, 22, 9), new=("新しい会",))
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    check(december.freeze, new=("新しい会",))
    services.unfreeze_issue(issue=issue, by=world.editor, now=at(2026, 11, 26, 18))
    check(at(2026, 11, 26, 19), new=("新しい会",))
    do(as_editor, issue, "unchoose", at(2026, 11, 26, 19), page=left_out.pk)
    assert "外す会" in rows(show(as_editor, issue, at(2026, 11, 26, 19)), "i-in")


def test_an_order_made_after_the_closing_blocks_until_it_is_closed_again(as_approver, world, issue, three, december):
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    later = at(2026, 11, 27, 9)
    services.place_page(issue=issue, page=three[2], position=0, by=world.editor, now=later)
    services.shorten_page(issue=issue, page=three[1], text="昼から。", by=world.editor, now=later)
    blocked = show(as_approver, issue, december.approve).find(id="i-blockers").find_parent("section")
    assert "昼の会" in blocked.get_text()
    assert f"{reverse('issues:show', args=[issue.pk])}#do" in [link["href"] for link in blocked.find_all("a")]
    do(as_approver, issue, "approve", december.approve)
    issue.refresh_from_db()
    assert issue.state == IssueState.FROZEN
    do(as_approver, issue, "freeze", december.approve)
    do(as_approver, issue, "approve", december.approve)
    issue.refresh_from_db()
    assert issue.state == IssueState.SCHEDULED
    assert issue.items.order_by("order").first().title == "夜の会"


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ((2026, 11, 26, 9, 0), ("17", "8")),
        ((2026, 11, 26, 16, 55), ("17", "20")),
        ((2026, 11, 25, 9, 0), ("17",)),
        ((2026, 11, 20, 9, 0), ("6",)),
    ],
)
def test_the_countdown_says_until_when_and_how_long(now, words, december):
    said = countdown_words(december.cutoff_at, at(*now))
    assert [word for word in words if word not in said] == []
    assert countdown_words(december.cutoff_at, december.cutoff_at) == ""


# what comes next, and what differs


def next_words(client, issue: Issue, moment: datetime) -> str:
    return show(client, issue, moment).find(class_="issue-next").get_text()


def test_the_screen_says_in_a_sentence_who_has_to_do_what_next(as_editor, client, world, issue, event, december):
    assert "11月26日（木）17時15分" in next_words(as_editor, issue, at(2026, 11, 20, 9))
    draft = next_words(as_editor, issue, december.freeze)
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    waiting = next_words(as_editor, issue, december.approve)
    client.force_login(world.approver)
    yours = next_words(client, issue, december.approve)
    page = show(client, issue, december.approve)
    buttons = {"approve": "", "freeze": ""}
    for action in buttons:
        form = page.find("form", action=reverse(f"issues:{action}", args=[issue.pk]))
        buttons[action] = " ".join(form.find("button")["class"])
    assert buttons == {"approve": "button", "freeze": "button button-secondary"}
    services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    scheduled = next_words(client, issue, december.approve)
    assert all("12月1日（火）10時" in words for words in (waiting, yours, scheduled))
    assert len({draft, waiting, yours, scheduled}) == 4


def test_a_held_issue_shows_each_changed_fact_before_and_now_and_tells_it_once(
    as_editor, world, issue, event, december
):
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    event.venue_name = "ニコニコこども館"
    event.save_revision().publish()
    services.start_due_issues(now=december.send_at)
    issue.refresh_from_db()
    assert issue.state == IssueState.HELD
    page = show(as_editor, issue, december.send_at)
    table = page.find(id="i-holds").find_parent("section").find("table")
    [row] = table.find("tbody").find_all("tr")
    before, now = (cell.get_text(strip=True) for cell in row.find_all("td"))
    assert "ニコニコこども館" in now
    assert "ニコニコこども館" not in before
    assert len(page.find_all(class_="issue-diff")) == 1
    assert "12月1日（火）" in page.find(class_="issue-next").get_text()
    mail = OutgoingMail.objects.filter(kind="issue-held").latest("pk")
    assert any(line.startswith("　") and line.endswith("ニコニコこども館") for line in mail.text.splitlines())


def test_the_history_names_decisions_in_words(as_editor, world, issue, event, december):
    do(as_editor, issue, "choose", december.drafted, page=event.pk, decision="exclude", reason="主催者の希望")
    do(as_editor, issue, "unchoose", december.drafted, page=event.pk)
    do(as_editor, issue, "choose", december.drafted, page=event.pk, decision="pin")
    history = rows(show(as_editor, issue, december.freeze), "i-history")
    assert "主催者の希望" in history
    assert "exclude" not in history and "pin" not in history.split()
    assert "（）" not in history and "()" not in history


# preview and trial


def body(client, issue: Issue, moment: datetime, query: str = "") -> str:
    with time_machine.travel(moment, tick=False):
        return client.get(reverse("issues:preview_body", args=[issue.pk, "ja", "html"]) + query).content.decode()


def test_the_preview_is_light_or_dark_as_asked_and_without_pictures_on_wish(as_editor, issue, event, december):
    assert "prefers-color-scheme" not in body(as_editor, issue, december.drafted)
    assert "@media all" in body(as_editor, issue, december.drafted, "?dark=1")
    assert "@media all" not in body(as_editor, issue, december.drafted)
    url = reverse("issues:preview_body", args=[issue.pk, "ja", "html"])
    with time_machine.travel(december.drafted, tick=False):
        assert "img-src 'none'" in as_editor.get(f"{url}?images=0")["Content-Security-Policy"]


def test_the_preview_says_what_was_looked_through_and_keeps_its_look_between_editions(
    as_editor, issue, event, december
):
    issue.subject = "とても長い件名なので電話では終わりまで見えないかもしれないお知らせ"
    issue.save()
    with time_machine.travel(december.drafted, tick=False):
        answer = as_editor.get(reverse("issues:preview", args=[issue.pk]) + "?dark=1")
    page = BeautifulSoup(answer.content, "html.parser")
    checks = page.find(id="p-checks").find_parent("section")
    assert "KB" in checks.get_text()
    assert checks.find(class_="issue-stamp--warn") is not None
    english = page.find(class_="issue-controls").find("a", string="English")
    assert english["href"] == reverse("issues:preview_part", args=[issue.pk, "en", "html"]) + "?dark=1"


@pytest.fixture
def colleagues(world):
    for user, email in ((world.editor, "henshu@city.example"), (world.approver, "shonin@city.example")):
        user.email = email
        user.save()
    return world


def test_a_trial_goes_to_staff_with_a_mark_and_without_a_working_personal_link(
    as_editor, colleagues, issue, event, december
):
    services.freeze_issue(issue=issue, by=colleagues.editor, now=december.freeze)
    services.approve_issue(issue=issue, by=colleagues.approver, now=december.approve)
    before = Issue.objects.values().get(pk=issue.pk)
    to = ["henshu@city.example", "shonin@city.example"]
    do(as_editor, issue, "trial", at(2026, 11, 27, 17), to=to, language="ja", format="html")
    mails = OutgoingMail.objects.filter(kind="issue-trial").order_by("to")
    assert [mail.to for mail in mails] == to
    for mail in mails:
        assert mail.subject.startswith("【テスト】")
        assert "音楽会" in mail.html
        assert "音楽会" in mail.text
        assert "/u/" not in mail.html + mail.text
        assert TOKEN_SLOT not in mail.html + mail.text
    assert Issue.objects.values().get(pk=issue.pk) == before
    history = rows(show(as_editor, issue, at(2026, 11, 27, 17)), "i-history")
    assert str(colleagues.approver) in history


def test_a_trial_has_the_button_to_leave_of_a_true_mail_and_it_changes_nothing(
    as_editor, client, colleagues, issue, event, december
):
    do(as_editor, issue, "trial", december.drafted, to="henshu@city.example", language="ja", format="html")
    mail = OutgoingMail.objects.get(kind="issue-trial")
    message = compose_single_mail(mail, centre=centre_settings(), now=december.drafted)
    headers = message_from_bytes(message, policy=policy.default)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>").removeprefix(settings.SITE_URL)
    assert re.fullmatch(r"/u/[A-Za-z0-9_-]{22}/", address)
    assert client.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not ConsentEvent.objects.exists()


def test_a_trial_as_text_has_no_html_and_one_in_english_is_english(as_editor, colleagues, issue, event, december):
    do(as_editor, issue, "trial", december.drafted, to="henshu@city.example", language="en", format="text")
    mail = OutgoingMail.objects.get(kind="issue-trial")
    assert mail.html == ""
    assert "December" in mail.text


def test_a_trial_goes_to_nobody_outside_the_staff_and_to_few_within_an_hour(
    as_editor, colleagues, issue, event, december, monkeypatch
):
    monkeypatch.setattr("newsletter.trial_mails.TRIALS_AN_HOUR", 2)
    trials = OutgoingMail.objects.filter(kind="issue-trial")
    do(as_editor, issue, "trial", december.drafted, to="dareka@example.jp", language="ja", format="html")
    do(as_editor, issue, "trial", december.drafted, language="ja", format="html")
    assert not trials.exists()
    for minute in range(3):
        moment = at(2026, 11, 20, 9, minute)
        do(as_editor, issue, "trial", moment, to="henshu@city.example", language="ja", format="text")
    assert trials.count() == 2
    do(as_editor, issue, "trial", at(2026, 11, 20, 10, 3), to="henshu@city.example", language="ja", format="text")
    assert trials.count() == 3


# sections and the rule


def test_a_section_takes_existing_and_new_tags(client, staff, world):
    client.force_login(staff)
    section = Section.objects.get(name="団体から")
    known = section.tags.get()
    fields = {"name": "団体から", "order": 5, "paper": "momo", "tags": [known.pk], "new_tags": "活動報告、 募集"}
    answer = client.post(reverse("mail_sections:edit", args=[section.pk]), fields)
    assert answer.status_code == 302
    assert sorted(tag.name for tag in section.tags.all()) == sorted(["団体から", "活動報告", "募集"])


def test_a_rule_in_force_is_read_and_not_written(client, staff):
    client.force_login(staff)
    rule = MailPolicy.objects.create(valid_from_at=at(2018, 4, 1))
    answer = client.get(reverse("mail_rules:edit", args=[rule.pk]))
    assert answer["Location"] == reverse("mail_rules:inspect", args=[rule.pk])
    assert client.post(reverse("mail_rules:edit", args=[rule.pk]), {"send_weekday": 2}).status_code in (302, 403)
    rule.refresh_from_db()
    assert rule.send_weekday == 1


def test_the_first_screen_names_the_coming_issues(as_editor, issue):
    with time_machine.travel(at(2026, 11, 20, 9), tick=False):
        words = as_editor.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("issues:show", args=[issue.pk]) in words
