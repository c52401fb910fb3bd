"""Issues through their services: drafted, put together, closed, approved, started, held, cancelled."""

from datetime import datetime, timedelta

import pytest
from wagtail.log_actions import registry
from wagtail.models import PageViewRestriction

from center.models import CentreSettings, OutgoingMail, SpecialDay
from center.opening import TOKYO
from center.pages import InReason, OutReason
from config.builders import add_news
from newsletter import services
from newsletter.issue_release import gather
from newsletter.models import BackNumberNote, Issue, IssueItem, IssueState, MailPolicy, Rendering, Section
from newsletter.queries import coming_issues, last_regular_cutoff, policy_at
from newsletter.reasons import BlockerCode, HoldCode, WarningCode

pytestmark = pytest.mark.django_db


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TOKYO)


def codes(findings) -> list[str]:
    return [str(finding.code) for finding in findings]


@pytest.fixture(autouse=True)
def pages_open(monkeypatch):
    """Pages answer 200 here, unless a test says otherwise; that they are really asked has a test of its own."""
    answers: dict[int, int] = {}
    monkeypatch.setattr(
        "newsletter.issue_release.ask_pages", lambda ids: {page_id: answers.get(page_id, 200) for page_id in ids}
    )
    return answers


@pytest.fixture
def issue(world, december) -> Issue:
    return services.draft_issue(year=2026, month=12, now=december.drafted)


@pytest.fixture
def event(world):
    return world.event("音楽会", (2026, 11, 18, 9), (2026, 12, 20, 14), (2026, 12, 20, 16))


@pytest.fixture
def scheduled(world, december, issue, event) -> Issue:
    """The 12月号 with one event, approved."""
    with world.travel(2026, 11, 26, 17, 30):
        services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    return issue


# drafting


def test_a_draft_takes_its_dates_from_the_rule_and_a_second_call_finds_it(issue, december):
    assert (issue.cutoff_at, issue.send_at) == (december.cutoff_at, december.send_at)
    assert issue.not_after == at(2026, 12, 2, 0)
    assert services.draft_issue(year=2026, month=12, now=december.drafted) == issue
    assert issue.topic.slug == "monthly"


def test_a_second_monthly_issue_of_a_month_is_refused_and_a_cancelled_one_frees_it(world, issue, december):
    with pytest.raises(services.SecondRegularIssue):
        services.draft_issue(year=2026, month=12, now=december.drafted, must_be_new=True)
    services.cancel_issue(issue=issue, reason="休館", by=world.editor, now=december.drafted)
    again = services.draft_issue(year=2026, month=12, now=december.drafted, must_be_new=True)
    assert again.slug == "2026-12"
    issue.refresh_from_db()
    assert issue.state == IssueState.CANCELLED
    assert issue.slug != again.slug


def test_an_issue_of_a_past_month_is_refused(world):
    with pytest.raises(services.MonthOver):
        services.draft_issue(year=2026, month=11, now=at(2026, 11, 20, 9))


def test_three_issues_stand_ahead_and_a_cancelled_month_is_left_to_staff(world, december):
    assert [issue.slug for issue in services.ensure_drafts(now=december.drafted)] == ["2026-12", "2027-01", "2027-02"]
    assert services.ensure_drafts(now=december.drafted) == []
    january = Issue.objects.get(slug="2027-01")
    services.cancel_issue(issue=january, reason="改修", by=world.editor, now=december.drafted)
    assert services.ensure_drafts(now=december.drafted) == []


def test_an_issue_keeps_the_rule_that_holds_in_its_month(world, december):
    MailPolicy.objects.create(valid_from_at=at(2018, 4, 1))
    MailPolicy.objects.create(valid_from_at=at(2027, 1, 1), send_weekday=3, cutoff_open_days=1)
    assert policy_at(at(2026, 12, 31, 23, 59)).send_weekday == 1
    assert policy_at(at(2027, 1, 1)).send_weekday == 3
    december_issue, january = services.ensure_drafts(now=december.drafted)[:2]
    assert december_issue.send_at == at(2026, 12, 1, 10)
    assert (january.cutoff_at, january.send_at) == (at(2027, 1, 6, 17, 15), at(2027, 1, 7, 10))


def test_coming_issues_show_drafted_dates_and_the_rule_for_the_rest(world, issue, december):
    services.edit_issue(issue=issue, by=world.editor, now=december.drafted, send_at=at(2026, 12, 3, 10))
    rows = coming_issues(december.drafted, 3)
    assert [(row.month, row.send_at.day, row.issue_id) for row in rows] == [
        (12, 3, issue.pk),
        (1, 5, None),
        (2, 2, None),
    ]


def test_the_cutoff_before_is_that_of_the_last_sent_issue_and_31_days_for_the_first(world, issue, december):
    assert last_regular_cutoff(issue) == december.cutoff_at - timedelta(days=31)
    november = services.draft_issue(year=2026, month=11, now=at(2026, 10, 10, 9))
    assert last_regular_cutoff(issue) == december.cutoff_at - timedelta(days=31)
    Issue.objects.filter(pk=november.pk).update(state=IssueState.SENT_WITH_EXCEPTIONS)
    assert last_regular_cutoff(issue) == november.cutoff_at


# putting together


def test_the_loader_reads_pages_sections_and_reasons(world, issue, december, event):
    world.event("もう終わる会", (2026, 11, 18, 9), (2026, 11, 29, 10), (2026, 11, 29, 12))
    world.event("写真展", (2026, 11, 18, 9), (2026, 11, 20, 9), (2026, 12, 15, 17))
    world.event("タグのない会", (2026, 11, 18, 9), (2026, 12, 8, 10), tags=())
    world.event("まだ下書き", (2026, 11, 18, 9), (2026, 12, 9, 10), live=False)
    hidden = world.event("会員だけ", (2026, 11, 18, 9), (2026, 12, 9, 10))
    with world.travel(2026, 11, 18, 10):
        PageViewRestriction.objects.create(page=hidden, restriction_type=PageViewRestriction.LOGIN)
    world.event("あとから", (2026, 11, 26, 17, 16), (2026, 12, 9, 10))
    _data, assembly = gather(issue, now=december.freeze)
    assert [(item.page.title, item.section, item.reason) for item in assembly.in_] == [
        ("音楽会", "講座・催し", InReason.COMING),
        ("写真展", "講座・催し", InReason.RUNNING),
    ]
    assert {out.page.title: out.reason for out in assembly.out} == {
        "もう終わる会": OutReason.OVER,
        "タグのない会": OutReason.UNTAGGED,
        "まだ下書き": OutReason.NOT_PUBLIC,
        "会員だけ": OutReason.RESTRICTED,
        "あとから": OutReason.AFTER_CUTOFF,
    }
    assert assembly.in_[0].page.url == f"{december.site}/events/{event.slug}/"


def test_a_page_below_a_private_list_is_not_public(world, issue, december, event):
    with world.travel(2026, 11, 27, 9):
        PageViewRestriction.objects.create(page=world.tree.events, restriction_type=PageViewRestriction.LOGIN)
    _data, assembly = gather(issue, now=at(2026, 11, 27, 10))
    assert codes(assembly.blockers) == [BlockerCode.RESTRICTED]


def test_a_page_taken_down_before_the_cutoff_and_republished_after_it_is_out(world, issue, december, event):
    with world.travel(2026, 11, 25, 9):
        event.unpublish()
    world.publish(event, (2026, 11, 27, 9))
    _data, assembly = gather(issue, now=at(2026, 11, 27, 10))
    assert {out.page.title: out.reason for out in assembly.out} == {"音楽会": OutReason.AFTER_CUTOFF}


def test_a_scheduled_page_is_expected_as_its_revision_will_show_it(world, issue, december):
    draft = world.event("予約の会", (2026, 11, 18, 9), (2026, 12, 8, 10), tags=(), live=False)
    with world.travel(2026, 11, 19, 9):
        page = draft.get_latest_revision_as_object()
        page.tags.add("催し")
        page.title, page.go_live_at = "予約した会", at(2026, 11, 25, 9)
        page.save_revision().publish()
        _data, assembly = gather(issue, now=at(2026, 11, 20, 9))
    (item,) = assembly.in_
    assert (item.page.title, item.is_expected) == ("予約した会", True)


def test_news_is_new_once(world, december):
    november = services.draft_issue(year=2026, month=11, now=at(2026, 10, 10, 9))
    Issue.objects.filter(pk=november.pk).update(state=IssueState.SENT)
    with world.travel(2026, 10, 29, 17, 15):
        add_news(world.tree, "古いお知らせ", kind="announcement")
    with world.travel(2026, 10, 29, 17, 16):
        add_news(world.tree, "新しいお知らせ", kind="announcement")
    issue = services.draft_issue(year=2026, month=12, now=december.drafted)
    _data, assembly = gather(issue, now=december.freeze)
    assert [item.page.title for item in assembly.in_] == ["新しいお知らせ"]


def test_what_was_mailed_in_a_frozen_issue_is_not_mailed_again_unless_staff_say_so(world, december, scheduled, event):
    Issue.objects.filter(pk=scheduled.pk).update(state=IssueState.SENT)
    late = world.publish(event, (2026, 12, 2, 9), summary="ひとこと")
    january = services.draft_issue(year=2027, month=1, now=at(2026, 12, 2, 9))
    Issue.objects.filter(pk=january.pk).update(send_at=at(2026, 12, 15, 10), cutoff_at=at(2026, 12, 10, 17, 15))
    january.refresh_from_db()
    _data, assembly = gather(january, now=at(2026, 12, 9, 9))
    assert {out.page.title: out.reason for out in assembly.out} == {"音楽会": OutReason.ALREADY_MAILED}
    assert [page.title for page in assembly.reminders] == ["音楽会"]
    services.choose_page(
        issue=january, page=late, action="again", reason="席が空いた", by=world.editor, now=at(2026, 12, 9, 9)
    )
    _data, assembly = gather(january, now=at(2026, 12, 9, 10))
    assert [(item.page.title, item.reason) for item in assembly.in_] == [("音楽会", InReason.AGAIN)]


def test_loading_an_issue_asks_no_more_queries_for_more_pages(world, issue, december, django_assert_max_num_queries):
    for number in range(3):
        page = world.event(f"会{number}", (2026, 11, 18, 9), (2026, 12, 20, 14))
        world.notice(f"会{number}", (2026, 11, 18, 9), page=page, start=(2026, 12, 20, 14))
    with django_assert_max_num_queries(45) as few:
        gather(issue, now=december.freeze)
    for number in range(12):
        page = world.event(f"別の会{number}", (2026, 11, 18, 9), (2026, 12, 20, 14))
        world.notice(f"別の会{number}", (2026, 11, 18, 9), page=page, start=(2026, 12, 20, 14))
    with django_assert_max_num_queries(len(few.captured_queries)):
        gather(issue, now=december.freeze)


# staff's decisions


def test_leaving_out_and_taking_in_need_a_reason_and_take_each_other_back(world, issue, december, event):
    decide = {"issue": issue, "page": event, "by": world.editor, "now": december.drafted}
    with pytest.raises(services.ReasonMissing):
        services.choose_page(action="exclude", reason=" ", **decide)
    services.choose_page(action="pin", reason="", **decide)
    services.choose_page(action="exclude", reason="主催者の希望", **decide)
    assert [choice.action for choice in issue.choices.all()] == ["exclude"]
    services.choose_page(action="include", reason="やはり載せる", **decide)
    assert [choice.action for choice in issue.choices.all()] == ["include"]
    assert services.unchoose_page(**decide) == 1
    assert issue.content_changed_by == world.editor


def test_a_decision_after_the_approval_makes_it_lapse(world, december, scheduled, event):
    services.choose_page(issue=scheduled, page=event, action="pin", reason="", by=world.editor, now=at(2026, 11, 28, 9))
    assert scheduled.state == IssueState.FROZEN
    assert scheduled.approved_by is None


def test_a_page_added_after_the_cutoff_asks_to_close_the_issue_again(world, december, scheduled):
    late = world.event("急ぎの会", (2026, 11, 28, 9), (2026, 12, 9, 10))
    services.choose_page(
        issue=scheduled, page=late, action="include", reason="急ぎ", by=world.editor, now=at(2026, 11, 28, 10)
    )
    with pytest.raises(services.Blocked) as blocked:
        services.approve_issue(issue=scheduled, by=world.approver, now=at(2026, 11, 28, 11))
    assert codes(blocked.value.findings) == [BlockerCode.ITEMS_CHANGED]
    services.freeze_issue(issue=scheduled, by=world.editor, now=at(2026, 11, 28, 12))
    services.approve_issue(issue=scheduled, by=world.approver, now=at(2026, 11, 28, 13))
    assert [item.title for item in scheduled.items.all()] == ["急ぎの会", "音楽会"]


def test_an_entitled_notice_blocks_until_it_is_carried_over_with_a_reason(world, issue, december, event):
    notice = world.notice("間に合わない会", (2026, 11, 20, 15), start=(2026, 12, 12, 10))
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    with pytest.raises(services.Blocked) as blocked:
        services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    assert codes(blocked.value.findings) == [BlockerCode.ENTITLED]
    with pytest.raises(services.ReasonMissing):
        services.carry_over_notice(issue=issue, notice=notice, reason="", by=world.editor, now=december.approve)
    services.carry_over_notice(
        issue=issue, notice=notice, reason="会場の確認待ち", by=world.editor, now=december.approve
    )
    services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    assert issue.state == IssueState.SCHEDULED


def test_a_notice_that_is_not_for_the_mail_cannot_be_carried_over(world, issue, december):
    notice = world.notice("サイトだけの会", (2026, 11, 20, 15), media=["web"])
    with pytest.raises(services.NotForThisIssue):
        services.carry_over_notice(issue=issue, notice=notice, reason="理由", by=world.editor, now=december.approve)


# freeze


def test_an_issue_is_closed_from_its_cutoff_on_and_not_before(world, issue, event, december):
    with pytest.raises(services.BeforeCutoff):
        services.freeze_issue(issue=issue, by=world.editor, now=december.cutoff_at - timedelta(seconds=1))
    services.freeze_issue(issue=issue, by=world.editor, now=december.cutoff_at)
    assert issue.state == IssueState.FROZEN


def test_the_freeze_keeps_what_was_to_be_mailed(world, issue, event, december):
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    (item,) = issue.items.all()
    assert (item.title, item.page_ref, item.revision_id) == ("音楽会", event.pk, event.live_revision_id)
    assert item.lines[0] == "12月20日（日）14時〜16時"
    assert ["sessions", "12月20日（日）14時〜16時"] in [[name, value] for name, _label, value in item.key_facts]
    assert sorted(issue.renderings.values_list("locale", flat=True)) == ["en", "ja", "ja-x-easy"]
    assert len(issue.content_hash) == 64
    assert issue.subject == "サポートメール12月号 講座・催し1件"
    assert 40 <= len(issue.preheader) <= 80
    event.delete()
    assert IssueItem.objects.get(issue=issue).title == "音楽会"


def test_the_next_issue_waits_until_the_one_before_is_sent_or_cancelled(world, issue, event, december):
    january = services.draft_issue(year=2027, month=1, now=december.drafted)
    with pytest.raises(services.EarlierIssueOpen):
        services.freeze_issue(issue=january, by=world.editor, now=at(2026, 12, 25, 17, 30))
    services.cancel_issue(issue=issue, reason="送らなかった", by=world.editor, now=at(2026, 12, 2, 9))
    services.freeze_issue(issue=january, by=world.editor, now=at(2026, 12, 25, 17, 30))
    assert january.state == IssueState.FROZEN


def test_after_its_day_an_issue_asks_for_a_new_send_moment_within_its_month(world, issue, event, december):
    late = at(2026, 12, 2, 0)
    with pytest.raises(services.SendDayPassed):
        services.freeze_issue(issue=issue, by=world.editor, now=late)
    with pytest.raises(services.OutsideMonth):
        services.edit_issue(issue=issue, by=world.editor, now=late, send_at=at(2027, 1, 4, 10))
    services.edit_issue(issue=issue, by=world.editor, now=late, send_at=at(2026, 12, 3, 10))
    assert issue.not_after == at(2026, 12, 4, 0)
    services.freeze_issue(issue=issue, by=world.editor, now=at(2026, 12, 2, 9))
    assert issue.state == IssueState.FROZEN


def test_a_draft_again_has_neither_snapshot_nor_renderings(world, scheduled, december):
    services.unfreeze_issue(issue=scheduled, by=world.editor, now=at(2026, 11, 28, 9))
    assert scheduled.state == IssueState.DRAFT
    assert not IssueItem.objects.exists()
    assert not Rendering.objects.exists()


def test_editing_the_texts_of_a_closed_issue_renders_it_anew_and_the_approval_lapses(world, scheduled):
    before = scheduled.content_hash
    services.edit_issue(issue=scheduled, by=world.editor, now=at(2026, 11, 28, 9), opening="雪の季節になりました。")
    assert scheduled.state == IssueState.FROZEN
    assert scheduled.content_hash != before
    assert "雪の季節になりました。" in scheduled.renderings.get(locale="ja").text
    services.approve_issue(issue=scheduled, by=world.approver, now=at(2026, 11, 28, 10))
    assert scheduled.state == IssueState.SCHEDULED


# approve


def test_whoever_edited_last_may_not_approve_unless_the_rule_lets_them(world, issue, event, december):
    services.edit_issue(issue=issue, by=world.approver, now=december.drafted, opening="こんにちは")
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    with pytest.raises(services.Blocked) as blocked:
        services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    assert codes(blocked.value.findings) == [BlockerCode.SAME_PERSON]
    MailPolicy.objects.create(valid_from_at=at(2018, 4, 1), second_person=False)
    services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    assert issue.state == IssueState.SCHEDULED


def test_freezing_and_page_edits_do_not_count_as_editing_the_issue(world, issue, event, december):
    services.edit_issue(issue=issue, by=world.editor, now=december.drafted, opening="こんにちは")
    services.freeze_issue(issue=issue, by=world.approver, now=december.freeze)
    services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    assert issue.state == IssueState.SCHEDULED


def test_only_a_closed_issue_can_be_approved(world, issue, december):
    with pytest.raises(services.WrongState):
        services.approve_issue(issue=issue, by=world.approver, now=december.approve)


def test_a_page_that_does_not_open_blocks_the_approval(world, issue, event, december, pages_open):
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    pages_open[event.pk] = 500
    with pytest.raises(services.Blocked) as blocked:
        services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    assert codes(blocked.value.findings) == [BlockerCode.NO_ANSWER]


def test_a_closed_send_day_blocks_before_the_approval_and_warns_after_it(world, issue, event, december):
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    day = SpecialDay.objects.create(on=december.first_of, kind="closed")
    with pytest.raises(services.Blocked) as blocked:
        services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    assert codes(blocked.value.findings) == [BlockerCode.CLOSED_DAY]
    day.delete()
    services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    SpecialDay.objects.create(on=december.first_of, kind="closed")
    _data, assembly = gather(issue, now=december.approve)
    assert WarningCode.CLOSED_DAY_LATER in codes(assembly.warnings)


def test_a_centre_without_address_blocks(world, issue, event, december):
    centre = CentreSettings.load()
    centre.address = ""
    centre.save()
    assembly = services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    assert codes(assembly.blockers) == [BlockerCode.NO_ADDRESS]


def test_an_open_change_notice_blocks_until_the_page_shows_it(world, issue, event, december):
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    change = world.notice(
        "会場の変更", (2026, 11, 27, 9), kind="change", about_page=event, media=["web"], due_on=None, page=event
    )
    with pytest.raises(services.Blocked) as blocked:
        services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    assert codes(blocked.value.findings) == [BlockerCode.OPEN_CHANGE]
    world.settle(change, (2026, 11, 27, 10))
    services.approve_issue(issue=issue, by=world.approver, now=december.approve)


# start, hold, pause


def test_an_approved_issue_starts_at_its_time_and_only_once(world, scheduled, december):
    assert services.start_due_issues(now=december.send_at - timedelta(seconds=1)) == []
    assert services.start_due_issues(now=december.send_at) == [scheduled]
    assert services.start_due_issues(now=december.send_at) == []
    scheduled.refresh_from_db()
    assert (scheduled.state, scheduled.sending_started_at) == (IssueState.SENDING, december.send_at)


CHANGES = {
    "cancelled": (HoldCode.KEY_FACTS, lambda world, page: world.publish(page, (2026, 11, 30, 11), state="cancelled")),
    "moved": (HoldCode.KEY_FACTS, lambda world, page: world.publish(page, (2026, 11, 30, 11), venue_name="別の館")),
    "unpublished": (HoldCode.NOT_PUBLIC, lambda world, page: page.unpublish()),
    "deleted": (HoldCode.DELETED, lambda world, page: page.delete()),
    "private": (
        HoldCode.RESTRICTED,
        lambda world, page: PageViewRestriction.objects.create(page=page, restriction_type="login"),
    ),
    "parent hidden": (HoldCode.NOT_PUBLIC, lambda world, page: world.tree.events.unpublish()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_an_approved_issue_is_held_when_an_item_changes(world, scheduled, december, event, change):
    code, do = CHANGES[change]
    with world.travel(2026, 11, 30, 11):
        do(world, event)
    assert services.start_due_issues(now=december.send_at) == []
    scheduled.refresh_from_db()
    assert scheduled.state == IssueState.HELD
    assert str(code) in [hold["code"] for hold in scheduled.holds]
    assert scheduled.holds[0]["subject"] == "音楽会"
    mail = OutgoingMail.objects.get(kind="issue-held")
    assert mail.to == "shokuin@assist-park.example"
    assert "音楽会" in mail.text


def test_a_page_that_expires_before_the_send_holds_the_issue(world, scheduled, december, event):
    world.publish(event, (2026, 11, 28, 9), expire_at=at(2026, 12, 1, 9))
    assert services.start_due_issues(now=december.send_at) == []
    scheduled.refresh_from_db()
    assert [hold["code"] for hold in scheduled.holds] == [HoldCode.NOT_PUBLIC]


def test_what_is_over_at_a_late_start_holds_the_issue(world, issue, december):
    world.event("朝の会", (2026, 11, 18, 9), (2026, 12, 1, 9), (2026, 12, 1, 11))
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    services.approve_issue(issue=issue, by=world.approver, now=december.approve)
    assert services.start_due_issues(now=at(2026, 12, 1, 11, 1)) == []
    issue.refresh_from_db()
    assert [hold["code"] for hold in issue.holds] == [HoldCode.NOT_USEFUL]


def test_an_event_on_the_send_day_without_an_end_is_still_in(world, issue, december):
    world.event("夜の会", (2026, 11, 18, 9), (2026, 12, 1, 9))
    services.freeze_issue(issue=issue, by=world.editor, now=december.freeze)
    assert [item.title for item in issue.items.all()] == ["夜の会"]


def test_past_its_day_an_issue_asks_instead_of_leaving(world, scheduled, december):
    assert services.start_due_issues(now=at(2026, 12, 2, 0)) == []
    scheduled.refresh_from_db()
    assert scheduled.state == IssueState.HELD
    assert [hold["code"] for hold in scheduled.holds] == [HoldCode.SEND_PASSED]


def test_a_held_issue_is_closed_and_approved_again_by_its_own_cutoff(world, scheduled, december, event):
    other = world.event("別の会", (2026, 11, 18, 9), (2026, 12, 8, 10))
    world.event("後の会", (2026, 11, 27, 9), (2026, 12, 9, 10))
    world.publish(event, (2026, 11, 30, 11), state="cancelled")
    services.start_due_issues(now=december.send_at)
    scheduled.refresh_from_db()
    services.freeze_issue(issue=scheduled, by=world.editor, now=at(2026, 12, 1, 10, 15))
    services.approve_issue(issue=scheduled, by=world.approver, now=at(2026, 12, 1, 10, 30))
    assert services.start_due_issues(now=at(2026, 12, 1, 10, 31)) == [scheduled]
    assert [item.page_ref for item in scheduled.items.all()] == [other.pk]


def test_staff_are_told_at_once_what_will_hold_an_issue_and_once_only(
    world, scheduled, december, event, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        world.publish(event, (2026, 11, 30, 11), state="cancelled")
    (mail,) = OutgoingMail.objects.filter(kind="issue-will-be-held")
    assert "音楽会" in mail.text
    scheduled.refresh_from_db()
    assert scheduled.state == IssueState.SCHEDULED
    services.tick_newsletter(now=at(2026, 11, 30, 11, 5))
    assert OutgoingMail.objects.filter(kind="issue-will-be-held").count() == 1


def test_a_fact_that_changes_while_sending_pauses_and_staff_go_on_with_what_was_frozen(
    world, scheduled, december, event
):
    services.start_due_issues(now=december.send_at)
    assert services.check_sending_issues(now=december.send_at) == []
    world.publish(event, (2026, 12, 1, 10, 5), venue_name="別の館")
    (paused,) = services.check_sending_issues(now=at(2026, 12, 1, 10, 6))
    assert (paused, paused.state) == (scheduled, IssueState.PAUSED)
    assert "音楽会" in paused.pause_reason
    Issue.objects.filter(pk=paused.pk).update(state=IssueState.SENDING)  # staff went on
    assert services.check_sending_issues(now=at(2026, 12, 1, 10, 7)) == []
    world.publish(event, (2026, 12, 1, 10, 8), venue_name="また別の館")
    assert services.check_sending_issues(now=at(2026, 12, 1, 10, 9)) == [scheduled]


# extra issues


def test_an_extra_issue_carries_what_staff_chose_on_any_day(world, issue, december, event):
    sunday = at(2026, 11, 22, 10)
    extra = services.create_extra_issue(
        send_at=sunday, subject="臨時のお知らせ", now=at(2026, 11, 20, 9), by=world.editor
    )
    services.choose_page(
        issue=extra, page=event, action="include", reason="急ぎ", by=world.editor, now=at(2026, 11, 20, 9, 5)
    )
    services.freeze_issue(issue=extra, by=world.editor, now=at(2026, 11, 20, 9, 10))
    services.approve_issue(issue=extra, by=world.approver, now=at(2026, 11, 20, 9, 20))
    assert services.start_due_issues(now=sunday) == [extra]
    _data, assembly = gather(issue, now=at(2026, 11, 24, 9))
    assert [item.page.title for item in assembly.in_] == ["音楽会"]


# after the mail


def test_a_page_that_changes_after_the_mail_is_noted_and_corrected_in_the_next_issue(
    world, scheduled, december, event, django_capture_on_commit_callbacks
):
    services.start_due_issues(now=december.send_at)
    Issue.objects.filter(pk=scheduled.pk).update(state=IssueState.SENT)
    with django_capture_on_commit_callbacks(execute=True):
        world.publish(event, (2026, 12, 3, 9), venue_name="中央公民館")
    (note,) = BackNumberNote.objects.all()
    assert (note.issue, note.item.title, note.at) == (scheduled, "音楽会", at(2026, 12, 3, 9))
    assert "中央公民館" in note.text
    assert services.note_changes(now=at(2026, 12, 3, 10)) == 0
    extra = services.create_extra_issue(
        send_at=at(2026, 12, 4, 10), subject="臨時", now=at(2026, 12, 3, 10), by=world.editor
    )
    assert gather(extra, now=at(2026, 12, 3, 11))[1].in_ == ()
    mid = services.draft_issue(year=2027, month=1, now=at(2026, 12, 3, 10))
    Issue.objects.filter(pk=mid.pk).update(send_at=at(2026, 12, 15, 10), cutoff_at=at(2026, 12, 10, 17, 15))
    mid.refresh_from_db()
    services.freeze_issue(issue=mid, by=world.editor, now=at(2026, 12, 11, 9))
    (item,) = mid.items.all()
    assert item.is_correction
    assert "12月号" in item.lines[0]
    assert "中央公民館" in item.lines[0]
    world.publish(event, (2026, 12, 12, 9), venue_name="")
    assert services.note_changes(now=at(2026, 12, 12, 10)) == 1
    assert BackNumberNote.objects.count() == 2


# the tick


def test_the_tick_drafts_and_tells_when_an_issue_can_be_begun(world):
    assert services.tick_newsletter(now=at(2026, 11, 9, 9))["drafted"] == 3
    assert not OutgoingMail.objects.filter(kind="issue-drafted").exists()
    services.tick_newsletter(now=at(2026, 11, 10, 9))
    services.tick_newsletter(now=at(2026, 11, 10, 9, 1))
    (mail,) = OutgoingMail.objects.filter(kind="issue-drafted")
    assert "12月号" in mail.subject


def test_a_missing_issue_alarms_on_the_25th_at_nine_and_a_cancelled_one_does_not_count(world, december):
    services.ensure_drafts(now=december.drafted)
    services.tick_newsletter(now=at(2026, 11, 25, 9))
    assert not OutgoingMail.objects.filter(kind="issue-missing").exists()
    december_issue = Issue.objects.get(slug="2026-12")
    services.cancel_issue(issue=december_issue, reason="休む", by=world.editor, now=at(2026, 11, 25, 8))
    services.tick_newsletter(now=at(2026, 11, 25, 8, 59))
    assert not OutgoingMail.objects.filter(kind="issue-missing").exists()
    services.tick_newsletter(now=at(2026, 11, 25, 9))
    services.tick_newsletter(now=at(2026, 11, 25, 10))
    assert OutgoingMail.objects.filter(kind="issue-missing").count() == 1


def test_a_monthly_mail_that_has_not_left_by_its_day_alarms_once(world, issue, event):
    services.tick_newsletter(now=at(2026, 12, 1, 23, 59))
    assert not OutgoingMail.objects.filter(kind="issue-not-sent").exists()
    services.tick_newsletter(now=at(2026, 12, 2, 0))
    services.tick_newsletter(now=at(2026, 12, 2, 1))
    assert OutgoingMail.objects.filter(kind="issue-not-sent").count() == 1
    assert list(services.late_issues(now=at(2026, 12, 2, 1))) == [issue]


def test_every_step_leaves_a_line_in_the_log(world, scheduled, december, event):
    services.start_due_issues(now=december.send_at)
    logged = [entry.action for entry in registry.get_logs_for_instance(scheduled).order_by("timestamp", "pk")]
    assert logged == ["newsletter.draft", "newsletter.freeze", "newsletter.approve", "newsletter.start"]
    assert all(str(entry.message) for entry in registry.get_logs_for_instance(scheduled))


def test_sections_are_read_at_each_assembly(world, issue, december, event):
    section = Section.objects.get(name="講座・催し")
    section.name = "催しと講座"
    section.save()
    _data, assembly = gather(issue, now=december.freeze)
    assert [item.section for item in assembly.in_] == ["催しと講座"]
