"""The 12月号 of 2026, played case by case through the services, with the clock standing where each case says.

Default rules: due three calendar days after receipt; cutoff Thu 2026-11-26 17:15, send Tue 2026-12-01 10:00; the 1月号
is sent Tue 2027-01-05.
"""

from dataclasses import dataclass
from datetime import date, datetime

import pytest

from activities import services as desk
from activities.forecast import ForecastVerdict, forecast
from activities.models import Notice, NoticePolicy, NoticeState
from activities.notices.queries import on_time
from center.models import OutgoingMail
from center.opening import TOKYO
from config.builders import add_event, add_grant, add_lecture
from newsletter import services
from newsletter.issue_release import gather
from newsletter.models import Issue, IssueState
from newsletter.reasons import BlockerCode, HoldCode, WarningCode

pytestmark = pytest.mark.django_db


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TOKYO)


@dataclass
class Play:
    """The world of the example, with its short ways."""

    world: object
    issue: Issue

    def receive(self, title: str, moment: tuple, start: tuple) -> Notice:
        """A notice for the mail comes in by the form."""
        with self.world.travel(*moment):
            notice, _token = desk.receive_notice(
                data={
                    "kind": "event",
                    "title": title,
                    "text": f"{title}をひらきます。",
                    "group_name": "見本の会",
                    "contact_name": "見本",
                    "contact_email": "dantai@example.jp",
                    "venue_name": "大槻ふれあいセンター",
                    "is_free": True,
                    "media": ["web", "facebook", "mail"],
                },
                sessions=[(at(*start), at(*start[:3], start[3] + 2))],
                files=[],
                channel="form",
                received_at=at(*moment),
                now=at(*moment),
            )
        return notice

    def make(self, notice: Notice, moment: tuple):
        with self.world.travel(*moment):
            desk.start_review(notice=notice, by=self.world.editor, now=at(*moment))
            return desk.make_page(notice=notice, by=self.world.editor, now=at(*moment))

    def publish(self, notice: Notice, moment: tuple) -> None:
        page = notice.pages.get().specific
        with self.world.travel(*moment):
            page = page.get_latest_revision_as_object()
            page.tags.add("催し")
            page.save_revision().publish()
        notice.refresh_from_db()

    def assemble(self, moment: tuple):
        with self.world.travel(*moment):
            return gather(Issue.objects.get(pk=self.issue.pk), now=at(*moment))[1]

    def reasons(self, moment: tuple) -> tuple[dict[str, str], dict[str, str]]:
        assembly = self.assemble(moment)
        return (
            {item.page.title: str(item.reason) for item in assembly.in_},
            {out.page.title: str(out.reason) for out in assembly.out},
        )


@pytest.fixture
def play(world, december, monkeypatch) -> Play:
    monkeypatch.setattr("newsletter.issue_release.ask_pages", lambda ids: dict.fromkeys(ids, 200))
    issue = services.draft_issue(year=2026, month=12, now=december.drafted)
    assert (issue.cutoff_at, issue.send_at) == (at(2026, 11, 26, 17, 15), at(2026, 12, 1, 10))
    return Play(world, issue)


AFTER_CUTOFF = (2026, 11, 26, 17, 30)
SOON_IN_DECEMBER = (2026, 12, 12, 10)


def test_case_1_public_before_its_due_day_is_in(play):
    notice = play.receive("川べりを歩く会", (2026, 11, 18, 9), SOON_IN_DECEMBER)
    assert notice.due_on == date(2026, 11, 21)
    play.make(notice, (2026, 11, 20, 9))
    play.publish(notice, (2026, 11, 20, 11))
    assert on_time(notice, today=date(2026, 11, 30)) is True
    assert play.reasons(AFTER_CUTOFF)[0] == {"川べりを歩く会": "coming"}
    assert [row.number for row in play.assemble(AFTER_CUTOFF).entitled] == [notice.number]


def test_case_2_late_but_public_before_the_cutoff_is_in(play):
    notice = play.receive("百歳体操", (2026, 11, 19, 18, 5), SOON_IN_DECEMBER)
    assert notice.due_on == date(2026, 11, 22)
    play.make(notice, (2026, 11, 24, 9))
    play.publish(notice, (2026, 11, 25, 10))
    assert on_time(notice, today=date(2026, 11, 30)) is False
    assert play.reasons(AFTER_CUTOFF)[0] == {"百歳体操": "coming"}


def test_case_3_still_a_draft_at_the_cutoff_blocks(play, world):
    notice = play.receive("ことばの広場", (2026, 11, 20, 15), SOON_IN_DECEMBER)
    assert notice.due_on == date(2026, 11, 23)
    play.make(notice, (2026, 11, 25, 9))
    assembly = play.assemble(AFTER_CUTOFF)
    assert [(found.code, found.notice_pk) for found in assembly.blockers if found.notice_pk] == [
        (BlockerCode.ENTITLED, notice.pk)
    ]
    with world.travel(*AFTER_CUTOFF):
        services.freeze_issue(issue=play.issue, by=world.editor, now=at(*AFTER_CUTOFF))
        with pytest.raises(services.Blocked):
            services.approve_issue(issue=play.issue, by=world.approver, now=at(*AFTER_CUTOFF))


def test_case_3_a_return_after_the_cutoff_does_not_unblock_but_a_withdrawal_does(play, world):
    notice = play.receive("ことばの広場", (2026, 11, 20, 15), SOON_IN_DECEMBER)
    with world.travel(2026, 11, 27, 9):
        desk.return_notice(
            notice=notice, reason="facts_missing", message="会場は", by=world.editor, now=at(2026, 11, 27, 9)
        )
    assert BlockerCode.ENTITLED in [found.code for found in play.assemble((2026, 11, 27, 9, 5)).blockers]
    with world.travel(2026, 11, 27, 9, 10):
        desk.withdraw_notice(notice=notice, by=world.editor, now=at(2026, 11, 27, 9, 10))
    assembly = play.assemble((2026, 11, 27, 9, 15))
    assert BlockerCode.ENTITLED not in [found.code for found in assembly.blockers]
    assert [row.number for row in assembly.entitled] == [notice.number]


def test_case_3b_public_after_the_cutoff_but_before_the_approval_is_late_and_in(play, world):
    notice = play.receive("もちつき", (2026, 11, 20, 15), SOON_IN_DECEMBER)
    play.make(notice, (2026, 11, 25, 9))
    with world.travel(*AFTER_CUTOFF):
        services.freeze_issue(issue=play.issue, by=world.editor, now=at(*AFTER_CUTOFF))
    play.publish(notice, (2026, 11, 27, 10))
    assert on_time(notice, today=date(2026, 11, 30)) is False
    assert play.reasons((2026, 11, 27, 10, 5))[0] == {"もちつき": "coming"}
    with world.travel(2026, 11, 27, 14):
        with pytest.raises(services.Blocked) as blocked:
            services.approve_issue(issue=play.issue, by=world.approver, now=at(2026, 11, 27, 14))
        assert BlockerCode.ITEMS_CHANGED in [found.code for found in blocked.value.findings]
        services.freeze_issue(issue=play.issue, by=world.editor, now=at(2026, 11, 27, 14))
        services.approve_issue(issue=play.issue, by=world.approver, now=at(2026, 11, 27, 14))
    assert [item.title for item in play.issue.items.all()] == ["もちつき"]


def test_case_4_blocks_and_by_open_days_is_carried_over_and_an_orphan(play, world):
    notice = play.receive("音楽会", (2026, 11, 21, 21, 15), (2026, 12, 20, 14))
    assert notice.due_on == date(2026, 11, 24)
    play.make(notice, (2026, 11, 25, 9))
    assembly = play.assemble(AFTER_CUTOFF)
    assert BlockerCode.ENTITLED in [found.code for found in assembly.blockers]
    assert assembly.orphans == ()
    with world.travel(2026, 11, 27, 9):
        services.carry_over_notice(
            issue=play.issue, notice=notice, reason="会場の確認待ち", by=world.editor, now=at(2026, 11, 27, 9)
        )
    assembly = play.assemble((2026, 11, 27, 9, 5))
    assert BlockerCode.ENTITLED not in [found.code for found in assembly.blockers]
    assert [row.number for row in assembly.carried_over] == [notice.number]
    assert [row.number for row in assembly.orphans] == [notice.number]


def test_case_4_by_open_days(play):
    NoticePolicy.objects.create(valid_from_at=at(2018, 4, 1), unit="business")
    notice = play.receive("音楽会", (2026, 11, 21, 21, 15), (2026, 12, 20, 14))
    assert notice.due_on == date(2026, 11, 27)
    assembly = play.assemble(AFTER_CUTOFF)
    assert BlockerCode.ENTITLED not in [found.code for found in assembly.blockers]
    assert [row.number for row in assembly.carried_over] == [notice.number]
    assert [row.number for row in assembly.orphans] == [notice.number]


def test_case_5_due_on_the_day_of_the_cutoff_is_entitled(play):
    notice = play.receive("防災ごはん", (2026, 11, 23, 9), SOON_IN_DECEMBER)
    assert notice.due_on == date(2026, 11, 26)
    play.make(notice, (2026, 11, 25, 9))
    assert [row.number for row in play.assemble((2026, 11, 26, 15)).entitled] == [notice.number]
    play.publish(notice, (2026, 11, 26, 16))
    assembly = play.assemble(AFTER_CUTOFF)
    assert [row.number for row in assembly.entitled] == [notice.number]
    assert [item.page.title for item in assembly.in_] == ["防災ごはん"]
    assert on_time(notice, today=date(2026, 11, 30)) is True


def test_case_6_early_is_in_without_being_entitled(play):
    notice = play.receive("紙芝居", (2026, 11, 25, 14), SOON_IN_DECEMBER)
    assert notice.due_on == date(2026, 11, 28)
    play.make(notice, (2026, 11, 26, 9))
    play.publish(notice, (2026, 11, 26, 9, 30))
    assembly = play.assemble(AFTER_CUTOFF)
    assert [item.page.title for item in assembly.in_] == ["紙芝居"]
    assert (assembly.entitled, assembly.carried_over) == ((), ())


def test_case_7_is_on_time_but_an_orphan_and_told_so_on_the_day(play):
    notice = play.receive("たき火", (2026, 11, 26, 10, 30), (2026, 12, 5, 10))
    assert notice.due_on == date(2026, 11, 29)
    assert [row.number for row in play.assemble((2026, 11, 26, 10, 31)).orphans] == [notice.number]
    answer = forecast([notice], now=at(2026, 11, 26, 10, 31))[notice.pk]
    assert answer.verdict == ForecastVerdict.IF_IN_TIME
    assert answer.reason
    play.make(notice, (2026, 11, 28, 9))
    play.publish(notice, (2026, 11, 28, 10))
    assembly = play.assemble((2026, 11, 28, 10, 5))
    assert on_time(notice, today=date(2026, 11, 30)) is True
    assert play.reasons((2026, 11, 28, 10, 5)) == ({}, {"たき火": "after_cutoff"})
    assert [row.number for row in assembly.orphans] == [notice.number]


def test_cases_8_9_and_10_over_running_closed_and_closing(play, world):
    with world.travel(2026, 11, 18, 9):
        add_event(world.tree, "秋の読み聞かせ", sessions=[(at(2026, 11, 29, 10), at(2026, 11, 29, 12))])
        add_event(world.tree, "写真展", sessions=[(at(2026, 11, 20), at(2026, 12, 15))], all_day=True, slug="shashin")
        add_grant(world.tree, "つながり助成", closes_on=date(2026, 11, 30))
        add_grant(world.tree, "居場所助成", closes_on=date(2026, 12, 2), slug="ibasho")
    inside, outside = play.reasons(AFTER_CUTOFF)
    assert inside == {"居場所助成": "open", "写真展": "running"}
    assert outside == {"秋の読み聞かせ": "over", "つながり助成": "closed"}
    warnings = play.assemble(AFTER_CUTOFF).warnings
    assert [found.subject for found in warnings if found.code == WarningCode.SOON] == ["居場所助成"]


def test_case_11_returned_and_answered_late_is_on_time_and_carried_over_without_fault(play, world):
    notice = play.receive("将棋会", (2026, 11, 17, 16, 50), (2027, 1, 16, 10))
    with world.travel(2026, 11, 18, 10):
        desk.return_notice(
            notice=notice, reason="facts_missing", message="会場は", by=world.editor, now=at(2026, 11, 18, 10)
        )
    with world.travel(2026, 11, 24, 9, 5):
        desk.answer_notice(notice=notice, text="大槻です", files=[], now=at(2026, 11, 24, 9, 5))
    notice.refresh_from_db()
    assert notice.due_on == date(2026, 11, 27)
    play.make(notice, (2026, 11, 26, 9))
    assembly = play.assemble(AFTER_CUTOFF)
    assert assembly.entitled == ()
    assert [row.number for row in assembly.carried_over] == [notice.number]
    assert assembly.orphans == ()
    play.publish(notice, (2026, 11, 27, 11))
    assert notice.state == NoticeState.PUBLISHED
    assert on_time(notice, today=date(2026, 11, 30)) is True
    assert play.reasons((2026, 11, 27, 12)) == ({}, {"将棋会": "after_cutoff"})


def test_case_12_cancelled_after_the_approval_is_held_on_the_day_with_the_difference(play, world):
    with world.travel(2026, 11, 18, 9):
        lecture = add_lecture(world.tree, "団体会計", sessions=[(at(2026, 12, 5, 13, 30), at(2026, 12, 5, 15, 30))])
        add_event(world.tree, "音楽会", sessions=[(at(2026, 12, 20, 14), at(2026, 12, 20, 16))], slug="ongaku")
    with world.travel(2026, 11, 27, 16):
        services.freeze_issue(issue=play.issue, by=world.editor, now=at(2026, 11, 27, 16))
        services.approve_issue(issue=play.issue, by=world.approver, now=at(2026, 11, 27, 16))
    world.publish(lecture, (2026, 11, 30, 11), state="cancelled", change_note="講師の都合")
    services.tick_newsletter(now=at(2026, 11, 30, 11, 1))
    assert "団体会計" in OutgoingMail.objects.get(kind="issue-will-be-held").text
    play.issue.refresh_from_db()
    assert play.issue.state == IssueState.SCHEDULED
    assert services.start_due_issues(now=at(2026, 12, 1, 10)) == []
    play.issue.refresh_from_db()
    assert play.issue.state == IssueState.HELD
    hold = next(hold for hold in play.issue.holds if hold["code"] == HoldCode.KEY_FACTS)
    assert hold["subject"] == "団体会計"
    assert "→" in hold["detail"]
    services.freeze_issue(issue=play.issue, by=world.editor, now=at(2026, 12, 1, 10, 10))
    services.approve_issue(issue=play.issue, by=world.approver, now=at(2026, 12, 1, 10, 20))
    assert services.start_due_issues(now=at(2026, 12, 1, 10, 21)) == [play.issue]
    assert [item.title for item in play.issue.items.all()] == ["音楽会"]
