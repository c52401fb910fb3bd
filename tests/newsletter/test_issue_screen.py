"""The screens of issues: the list, one issue, its actions, its preview, sections and the rule of the mail."""

from datetime import datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.urls import reverse

from center.opening import TOKYO
from newsletter import services
from newsletter.models import Delivery, Issue, IssueState, MailPolicy, Section, StaffLine, Subscriber, Subscription
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
