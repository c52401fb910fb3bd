"""What is in an issue, what is out and why: every reason, every blocker, in tables. No database."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from center.opening import TOKYO
from center.pages import InReason, KeyFact, OutReason, Usefulness
from newsletter.assembly import assemble
from newsletter.facts import (
    AssemblyInput,
    CentreFacts,
    ChangeNoticeFacts,
    ChoiceFacts,
    FrozenItem,
    IssueFacts,
    MailedFacts,
    NoticeFacts,
    PageFacts,
    RenderingFacts,
    SectionFacts,
    Span,
    TranslationFacts,
)
from newsletter.models import IssueKind, IssueState
from newsletter.reasons import BlockerCode, HoldCode, WarningCode


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TOKYO)


CUTOFF = at(2026, 11, 26, 17, 15)
SEND = at(2026, 12, 1, 10)
NEXT_SEND = at(2027, 1, 5, 10)
FREEZE = at(2026, 11, 26, 17, 30)
BEFORE = at(2026, 11, 20, 9)
COMING = Usefulness(True, InReason.COMING)
EVENTS = SectionFacts(name="講座・催し", tags=frozenset({"催し", "講座"}), paper="sora", is_usual=True)
GRANTS = SectionFacts(name="助成金", tags=frozenset({"助成金", "お金"}), paper="lemon", is_usual=True)
CENTRE = CentreFacts(sender_name="センター", address="朝日1-23-7", contact="024-924-3352")

ISSUE = IssueFacts(
    year=2026,
    month=12,
    cutoff_at=CUTOFF,
    send_at=SEND,
    not_after=at(2026, 12, 2, 0),
    previous_cutoff_at=at(2026, 10, 29, 17, 15),
    next_send_at=NEXT_SEND,
    subject="サポートメール12月号",
)


def page(number: int = 1, **fields) -> PageFacts:
    """An event that was public well before the cutoff, tagged, still to come."""
    facts = {
        "id": number,
        "title": f"催し{number}",
        "url": f"https://assist-park.example/events/{number}/",
        "usefulness": COMING,
        "tags": frozenset({"催し"}),
        "spans": (Span(at(2026, 11, 18, 9)),),
        "useful_until": at(2026, 12, 20, 16),
        "starts": (at(2026, 12, 20, 14),),
        "leaf_on": date(2026, 12, 20),
        "key_facts": (KeyFact("sessions", "日時", "12月20日（日）14時〜16時"),),
        "lines": ("12月20日（日）14時〜16時",),
    }
    return PageFacts(**(facts | fields))


def hidden(number: int = 1, **fields) -> PageFacts:
    return page(number, **({"is_public_now": False, "spans": ()} | fields))


def notice(number: str = "2026-0001", **fields) -> NoticeFacts:
    """A notice for the mail, received on the 20th, due on the 23rd, not public."""
    facts = {
        "number": number,
        "title": "音楽会",
        "received_at": at(2026, 11, 20, 15),
        "logged_at": at(2026, 11, 20, 15),
        "due_on": date(2026, 11, 23),
    }
    return NoticeFacts(**(facts | fields))


def issue_of(*pages: PageFacts, now: datetime = FREEZE, issue: IssueFacts = ISSUE, **fields) -> AssemblyInput:
    return AssemblyInput(issue=issue, now=now, pages=pages, sections=(GRANTS, EVENTS), centre=CENTRE, **fields)


def chosen(action: str, reason: str = "町内会から頼まれた", **fields) -> ChoiceFacts:
    return ChoiceFacts(actions={action: reason}, **fields)


def reasons_in(data: AssemblyInput) -> dict[int, str]:
    return {item.page.id: item.reason for item in assemble(data).in_}


def reasons_out(data: AssemblyInput) -> dict[int, str]:
    return {row.page.id: row.reason for row in assemble(data).out}


def codes(findings) -> list[str]:
    return [finding.code for finding in findings]


# out, by reason

OUT_CASES = [
    (OutReason.NOT_MAILABLE, page(is_mailable=False, tags=frozenset())),
    (OutReason.NO_JAPANESE, page(has_japanese=False, tags=frozenset())),
    (OutReason.UNTAGGED, page(tags=frozenset({"その他"}))),
    (OutReason.AFTER_CUTOFF, page(spans=(Span(CUTOFF + timedelta(seconds=1)),))),
    (OutReason.RESTRICTED, hidden(is_restricted=True)),
    (OutReason.NOT_PUBLIC, hidden()),
    (OutReason.CANCELLED, page(usefulness=Usefulness(False, OutReason.CANCELLED))),
    (OutReason.NO_DATE, page(usefulness=Usefulness(False, OutReason.NO_DATE))),
    (OutReason.OVER, page(usefulness=Usefulness(False, OutReason.OVER))),
    (OutReason.CLOSED, page(usefulness=Usefulness(False, OutReason.CLOSED))),
    (OutReason.BEFORE_LAST_ISSUE, page(usefulness=Usefulness(False, OutReason.BEFORE_LAST_ISSUE))),
]


@pytest.mark.parametrize(("reason", "facts"), OUT_CASES, ids=[str(case[0].value) for case in OUT_CASES])
def test_a_page_is_out_for_the_reason_that_applies(reason, facts):
    data = issue_of(facts)
    assert reasons_in(data) == {}
    assert reasons_out(data) == {1: reason}


def test_staff_leave_a_page_out_before_any_other_reason_is_asked():
    data = issue_of(hidden(tags=frozenset()), choices={1: chosen("exclude", "主催者の希望")})
    (out,) = assemble(data).out
    assert out.reason == OutReason.EXCLUDED
    assert out.note == "主催者の希望"


def test_a_page_in_an_earlier_monthly_issue_is_out_as_already_mailed():
    assert reasons_out(issue_of(page(), mailed_in_regular=frozenset({1}))) == {1: OutReason.ALREADY_MAILED}


def test_each_reason_gives_way_to_the_one_before_it():
    """A page with every fault at once: mend one after the other, and the reasons come in their order."""
    facts = hidden(
        is_mailable=False,
        has_japanese=False,
        tags=frozenset(),
        spans=(),
        is_restricted=True,
        usefulness=Usefulness(False, OutReason.OVER),
    )
    told = []
    mailed = frozenset({1})
    for mend in (
        {},
        {"is_mailable": True},
        {"has_japanese": True},
        {"tags": frozenset({"催し"})},
        {"is_restricted": False},
        {"is_public_now": True, "spans": (Span(CUTOFF + timedelta(hours=1)),)},
        {"spans": (Span(CUTOFF),)},
    ):
        facts = replace(facts, **mend)
        told.append(reasons_out(issue_of(facts, mailed_in_regular=mailed))[1])
    told.append(reasons_out(issue_of(facts))[1])
    assert told == [
        OutReason.NOT_MAILABLE,
        OutReason.NO_JAPANESE,
        OutReason.UNTAGGED,
        OutReason.RESTRICTED,
        OutReason.NOT_PUBLIC,
        OutReason.AFTER_CUTOFF,
        OutReason.ALREADY_MAILED,
        OutReason.OVER,
    ]


# in, by reason


@pytest.mark.parametrize("reason", [InReason.COMING, InReason.RUNNING, InReason.OPEN, InReason.ANNOUNCED, InReason.NEW])
def test_a_page_is_in_for_the_reason_for_which_it_is_of_use(reason):
    assert reasons_in(issue_of(page(usefulness=Usefulness(True, reason)))) == {1: reason}


def test_public_at_the_very_moment_of_the_cutoff_is_in():
    assert reasons_in(issue_of(page(spans=(Span(CUTOFF),)))) == {1: InReason.COMING}


def test_what_was_taken_down_over_the_cutoff_and_published_again_is_out():
    spans = (Span(at(2026, 11, 18, 9), at(2026, 11, 26, 17)), Span(at(2026, 11, 26, 18)))
    assert reasons_out(issue_of(page(spans=spans))) == {1: OutReason.AFTER_CUTOFF}


def test_what_was_public_at_the_cutoff_and_came_back_after_a_break_is_in():
    spans = (Span(at(2026, 11, 18, 9), at(2026, 11, 26, 18)), Span(at(2026, 11, 27, 9)))
    assert reasons_in(issue_of(page(spans=spans), now=at(2026, 11, 27, 10))) == {1: InReason.COMING}


def test_before_the_cutoff_a_page_is_judged_as_if_it_were_now():
    assert reasons_in(issue_of(page(), now=BEFORE)) == {1: InReason.COMING}
    assert reasons_out(issue_of(hidden(), now=BEFORE)) == {1: OutReason.NOT_PUBLIC}


def test_a_go_live_before_the_cutoff_is_expected_and_does_not_block():
    data = issue_of(hidden(goes_live_at=at(2026, 11, 25, 9)), now=BEFORE)
    (item,) = assemble(data).in_
    assert item.is_expected
    assert BlockerCode.NOT_PUBLIC not in codes(assemble(data).blockers)


@pytest.mark.parametrize("now", [BEFORE, FREEZE])
def test_a_go_live_between_cutoff_and_send_is_out_as_after_the_cutoff(now):
    data = issue_of(hidden(goes_live_at=at(2026, 11, 27, 9)), now=now)
    assert reasons_out(data) == {1: OutReason.AFTER_CUTOFF}


def test_a_page_goes_to_the_first_section_that_collects_one_of_its_tags():
    assembly = assemble(issue_of(page(1, tags=frozenset({"催し", "お金"})), page(2)))
    assert [(item.page.id, item.section) for item in assembly.in_] == [(1, "助成金"), (2, "講座・催し")]


def test_items_stand_by_date_with_running_ones_last_and_pinned_ones_first():
    running = page(1, usefulness=Usefulness(True, InReason.RUNNING), leaf_on=None)
    later, sooner = page(2, leaf_on=date(2026, 12, 20)), page(3, leaf_on=date(2026, 12, 5))
    pinned = page(4, leaf_on=date(2026, 12, 31))
    data = issue_of(running, later, sooner, pinned, choices={4: chosen("pin")})
    assert assemble(data).page_ids == [4, 3, 2, 1]


def test_mailed_again_with_a_reason_is_in_and_the_reason_is_kept():
    data = issue_of(page(), mailed_in_regular=frozenset({1}), choices={1: chosen("again", "席が空いた")})
    (item,) = assemble(data).in_
    assert (item.reason, item.note) == (InReason.AGAIN, "席が空いた")


def test_news_that_is_mailed_again_is_not_asked_to_be_new():
    old = page(usefulness=Usefulness(False, OutReason.BEFORE_LAST_ISSUE))
    data = issue_of(old, mailed_in_regular=frozenset({1}), choices={1: chosen("again")})
    assert reasons_in(data) == {1: InReason.AGAIN}


def test_mailing_again_does_not_bring_back_what_is_over():
    over = page(usefulness=Usefulness(False, OutReason.OVER))
    data = issue_of(over, mailed_in_regular=frozenset({1}), choices={1: chosen("again")})
    assert reasons_out(data) == {1: OutReason.OVER}


def test_staff_take_in_what_became_public_after_the_cutoff():
    late = page(spans=(Span(at(2026, 11, 27, 9)),))
    data = issue_of(late, now=at(2026, 11, 27, 10), choices={1: chosen("include", "急ぎ")})
    (item,) = assemble(data).in_
    assert (item.reason, item.note) == (InReason.ADDED, "急ぎ")


def test_a_page_without_a_tag_goes_where_staff_put_it():
    data = issue_of(page(tags=frozenset()), choices={1: chosen("include", section="助成金")})
    assert [item.section for item in assemble(data).in_] == ["助成金"]


def test_what_staff_take_in_although_it_is_over_is_in_and_blocks():
    over = page(usefulness=Usefulness(False, OutReason.OVER))
    assembly = assemble(issue_of(over, choices={1: chosen("include")}))
    assert assembly.page_ids == [1]
    assert codes(assembly.blockers) == [BlockerCode.NOT_USEFUL]


def test_an_extra_issue_holds_what_staff_chose_and_nothing_else():
    extra = replace(ISSUE, kind=IssueKind.EXTRA)
    data = issue_of(
        page(1),
        page(2),
        issue=extra,
        choices={2: chosen("include")},
        mailed_in_regular=frozenset({2}),
        notices=(notice(),),
    )
    assembly = assemble(data)
    assert [(item.page.id, item.reason) for item in assembly.in_] == [(2, InReason.ADDED)]
    assert assembly.out == ()
    assert (assembly.entitled, assembly.carried_over, assembly.orphans) == ((), (), ())
    assert assembly.blockers == ()


def test_an_extra_issue_is_blocked_by_a_page_that_is_not_public():
    extra = replace(ISSUE, kind=IssueKind.EXTRA)
    data = issue_of(hidden(), issue=extra, choices={1: chosen("include")})
    assert codes(assemble(data).blockers) == [BlockerCode.NOT_PUBLIC]


# notices


def numbers(notices) -> list[str]:
    return [found.number for found in notices]


def test_a_notice_due_on_the_day_of_the_cutoff_is_entitled_and_blocks():
    due = notice(due_on=date(2026, 11, 26))
    assembly = assemble(issue_of(page(), notices=(due,)))
    assert numbers(assembly.entitled) == ["2026-0001"]
    assert codes(assembly.blockers) == [BlockerCode.ENTITLED]


def test_a_notice_due_a_day_later_is_carried_over_without_fault():
    assembly = assemble(issue_of(page(), notices=(notice(due_on=date(2026, 11, 27)),)))
    assert numbers(assembly.entitled) == []
    assert numbers(assembly.carried_over) == ["2026-0001"]
    assert assembly.blockers == ()


def test_a_notice_whose_clock_does_not_run_at_the_cutoff_is_not_entitled():
    assembly = assemble(issue_of(page(), notices=(notice(due_on=None),)))
    assert numbers(assembly.carried_over) == ["2026-0001"]


@pytest.mark.parametrize(
    "settled", [{"is_settled": True}, {"is_settled": True, "is_refused": True}], ids=["published", "declined"]
)
def test_an_entitled_notice_that_is_settled_after_the_cutoff_blocks_no_more(settled):
    assembly = assemble(issue_of(page(), notices=(notice(**settled),)))
    assert numbers(assembly.entitled) == ["2026-0001"]
    assert assembly.blockers == ()


def test_a_notice_refused_before_the_cutoff_was_never_entitled():
    refused = notice(is_settled=True, is_refused=True, was_refused=True)
    assembly = assemble(issue_of(page(), notices=(refused,)))
    assert (assembly.entitled, assembly.carried_over) == ((), ())


def test_the_page_of_an_entitled_notice_that_is_public_before_the_approval_is_in_like_any_other():
    late = page(spans=(Span(at(2026, 11, 27, 10)),))
    data = issue_of(late, now=at(2026, 11, 27, 11), notices=(notice(page_ids=frozenset({1}), is_settled=True),))
    assert reasons_in(data) == {1: InReason.COMING}
    assert assemble(data).blockers == ()


def test_a_page_that_becomes_public_after_the_approval_stays_out():
    late = page(spans=(Span(at(2026, 11, 28, 10)),))
    approved = replace(ISSUE, state=IssueState.SCHEDULED, approved_at=at(2026, 11, 27, 16))
    data = issue_of(
        late, now=at(2026, 11, 28, 11), issue=approved, notices=(notice(page_ids=frozenset({1}), is_settled=True),)
    )
    assert reasons_out(data) == {1: OutReason.AFTER_CUTOFF}


def test_a_carry_over_unblocks_and_keeps_the_page_out_of_this_issue():
    late = page(spans=(Span(at(2026, 11, 27, 10)),))
    data = issue_of(
        late,
        page(2),
        now=at(2026, 11, 27, 11),
        notices=(notice(page_ids=frozenset({1})),),
        carry_overs={"2026-0001": "会場の確認待ち"},
    )
    assembly = assemble(data)
    assert assembly.blockers == ()
    assert numbers(assembly.carried_over) == ["2026-0001"]
    assert assembly.page_ids == [2]


def test_a_notice_that_was_public_at_the_cutoff_is_neither_carried_over_nor_blocking():
    early = notice(due_on=date(2026, 11, 28), page_ids=frozenset({1}), is_settled=True, was_public=True)
    assembly = assemble(issue_of(page(), notices=(early,)))
    assert assembly.carried_over == ()
    assert assembly.page_ids == [1]


def test_an_orphan_is_carried_over_and_of_no_use_any_more_at_the_next_send():
    lost = notice("2026-0007", received_at=at(2026, 11, 26, 10, 30), due_on=date(2026, 11, 29), is_useful_next=False)
    kept = notice("2026-0011", due_on=date(2026, 11, 27))
    assembly = assemble(issue_of(page(), notices=(lost, kept)))
    assert numbers(assembly.carried_over) == ["2026-0007", "2026-0011"]
    assert numbers(assembly.orphans) == ["2026-0007"]


def test_a_notice_received_after_the_cutoff_can_be_an_orphan_too():
    late = notice(received_at=at(2026, 11, 27, 9), due_on=date(2026, 11, 30), is_useful_next=False)
    assembly = assemble(issue_of(page(), now=at(2026, 11, 27, 10), notices=(late,)))
    assert numbers(assembly.carried_over) == []
    assert numbers(assembly.orphans) == ["2026-0001"]


@pytest.mark.parametrize("rescue", [{"in_extra": frozenset({9})}, {"choices": {9: chosen("include")}}])
def test_what_an_extra_issue_or_this_one_carries_is_no_orphan(rescue):
    lost = notice(
        received_at=at(2026, 11, 27, 9), due_on=date(2026, 11, 30), is_useful_next=False, page_ids=frozenset({9})
    )
    late = page(9, spans=(Span(at(2026, 11, 27, 10)),))
    data = issue_of(page(), late, now=at(2026, 11, 27, 11), notices=(lost,), **rescue)
    assert assemble(data).orphans == ()


def test_a_due_notice_that_is_entered_after_the_approval_warns():
    approved = replace(ISSUE, state=IssueState.SCHEDULED, approved_at=at(2026, 11, 27, 16))
    late = notice(logged_at=at(2026, 11, 28, 9))
    assembly = assemble(issue_of(page(), now=at(2026, 11, 28, 10), issue=approved, notices=(late,)))
    assert WarningCode.LOGGED_LATE in codes(assembly.warnings)
    assert assembly.blockers == ()


def test_an_entitled_page_without_a_tag_warns():
    data = issue_of(page(tags=frozenset()), page(2), notices=(notice(page_ids=frozenset({1}), is_settled=True),))
    assert WarningCode.ENTITLED_UNTAGGED in codes(assemble(data).warnings)


# blockers

BLOCKED_PAGES = [
    (BlockerCode.NOT_PUBLIC, page(is_public_now=False)),
    (BlockerCode.RESTRICTED, page(is_public_now=False, is_restricted=True)),
    (BlockerCode.GOES_DOWN, page(goes_down_at=SEND)),
]


@pytest.mark.parametrize(("code", "facts"), BLOCKED_PAGES, ids=[str(case[0].value) for case in BLOCKED_PAGES])
def test_an_item_blocks_that_readers_would_not_find(code, facts):
    assembly = assemble(issue_of(facts))
    assert assembly.page_ids == [1]
    assert codes(assembly.blockers) == [code]
    assert assembly.blockers[0].page_id == 1


def test_a_page_that_answers_anything_but_200_blocks():
    assembly = assemble(issue_of(page()), answers={1: 500})
    assert codes(assembly.blockers) == [BlockerCode.NO_ANSWER]
    assert codes(assemble(issue_of(page()), answers={1: 200}).blockers) == []


def test_a_page_that_goes_down_after_the_send_does_not_block():
    assert assemble(issue_of(page(goes_down_at=SEND + timedelta(seconds=1)))).blockers == ()


ISSUE_BLOCKERS = [
    (BlockerCode.NO_SENDER, {"centre": replace(CENTRE, sender_name="")}, {}),
    (BlockerCode.NO_ADDRESS, {"centre": replace(CENTRE, address="")}, {}),
    (BlockerCode.NO_CONTACT, {"centre": replace(CENTRE, contact="")}, {}),
    (BlockerCode.NO_TEXT, {"rendering": RenderingFacts(has_text=False, can_leave=True, html_bytes=1)}, {}),
    (BlockerCode.NO_UNSUBSCRIBE, {"rendering": RenderingFacts(has_text=True, can_leave=False, html_bytes=1)}, {}),
    (BlockerCode.CLOSED_DAY, {}, {"is_send_day_open": False}),
    (BlockerCode.SEND_PASSED, {}, {"not_after": FREEZE}),
    (
        BlockerCode.OPEN_CHANGE,
        {"change_notices": (ChangeNoticeFacts("2026-0002", "会場の変更", 2, frozenset({1})),)},
        {},
    ),
]


@pytest.mark.parametrize(("code", "fields", "issue"), ISSUE_BLOCKERS, ids=[str(c[0].value) for c in ISSUE_BLOCKERS])
def test_an_issue_is_blocked_by_what_it_lacks(code, fields, issue):
    data = replace(issue_of(page()), issue=replace(ISSUE, **issue), **fields)
    assert codes(assemble(data).blockers) == [code]


def test_an_empty_month_blocks_unless_staff_wrote_a_line():
    assert codes(assemble(issue_of()).blockers) == [BlockerCode.EMPTY]
    assert assemble(issue_of(issue=replace(ISSUE, staff_line_count=1))).blockers == ()


def frozen(facts: PageFacts, **fields) -> FrozenItem:
    words = (EVENTS.name, facts.title, *facts.lines)
    return FrozenItem(
        **({"page_id": facts.id, "title": facts.title, "key_facts": facts.key_facts, "words": words} | fields)
    )


MOVED = page(key_facts=(KeyFact("sessions", "日時", "12月21日（月）14時〜16時"),))
FROZEN_ISSUE = replace(ISSUE, state=IssueState.FROZEN)


def test_a_key_fact_that_changed_since_the_freeze_blocks_with_the_difference():
    assembly = assemble(issue_of(MOVED, issue=FROZEN_ISSUE, snapshot=(frozen(page()),)))
    (blocker,) = assembly.blockers
    assert blocker.code == BlockerCode.KEY_FACTS
    assert "12月20日（日）14時〜16時 → 12月21日（月）14時〜16時" in blocker.detail


def test_a_page_that_is_new_in_since_the_freeze_asks_to_close_the_issue_again():
    assembly = assemble(issue_of(page(1), page(2), issue=FROZEN_ISSUE, snapshot=(frozen(page(1)),)))
    assert [(found.code, found.page_id) for found in assembly.blockers] == [(BlockerCode.ITEMS_CHANGED, 2)]


def test_another_edit_since_the_freeze_only_warns():
    edited = page(lines=("12月20日（日）14時〜16時", "手話通訳あり"))
    assembly = assemble(issue_of(edited, issue=FROZEN_ISSUE, snapshot=(frozen(page()),)))
    assert assembly.blockers == ()
    assert WarningCode.EDITED in codes(assembly.warnings)


# warnings


@pytest.mark.parametrize(
    ("day", "warns"),
    [(date(2026, 11, 30), False), (date(2026, 12, 1), True), (date(2026, 12, 4), True), (date(2026, 12, 5), False)],
)
def test_what_begins_ends_or_closes_on_the_send_day_or_three_days_after_warns(day, warns):
    found = codes(assemble(issue_of(page(soon_days=frozenset({day})))).warnings)
    assert (WarningCode.SOON in found) is warns


WARNED = [
    (WarningCode.ONLY_ATTACHMENT, page(is_only_attachment=True), {}),
    (WarningCode.NO_ALT, page(lacks_alt=True), {}),
    (WarningCode.BROKEN_LINK, page(has_broken_link=True), {}),
    (WarningCode.LONG_SUBJECT, page(), {"issue": replace(ISSUE, subject="あ" * 25 + "a")}),
    (WarningCode.SHORT_PREPARATION, page(), {"issue": replace(ISSUE, is_short=True)}),
    (WarningCode.LARGE_HTML, page(), {"rendering": RenderingFacts(True, True, 90_001)}),
    (WarningCode.EMPTY_SECTION, page(), {}),
    (WarningCode.TRANSLATION_MISSING, page(), {"other_languages": {"en": "English"}}),
    (
        WarningCode.TRANSLATION_STALE,
        page(translations={"en": TranslationFacts("Event", "", "", (), is_fresh=False)}),
        {"other_languages": {"en": "English"}},
    ),
    (
        WarningCode.UNSEEN_TRUSTED,
        page(),
        {"notices": (notice(page_ids=frozenset({1}), is_settled=True, published_unseen=True),)},
    ),
]


@pytest.mark.parametrize(("code", "facts", "fields"), WARNED, ids=[str(case[0].value) for case in WARNED])
def test_staff_are_warned_of_what_should_be_looked_at(code, facts, fields):
    assembly = assemble(replace(issue_of(facts), **fields))
    assert code in codes(assembly.warnings)
    assert assembly.blockers == ()


def test_a_subject_of_25_full_width_characters_is_fine_and_half_width_counts_half():
    short = replace(ISSUE, subject="あ" * 20 + "1234567890")
    assert WarningCode.LONG_SUBJECT not in codes(assemble(issue_of(page(), issue=short)).warnings)


def test_a_send_day_that_closes_after_the_approval_warns_instead_of_blocking():
    approved = replace(ISSUE, state=IssueState.SCHEDULED, approved_at=FREEZE, is_send_day_open=False)
    assembly = assemble(issue_of(page(), issue=approved, snapshot=(frozen(page()),)))
    assert WarningCode.CLOSED_DAY_LATER in codes(assembly.warnings)
    assert assembly.blockers == ()


# holds

SCHEDULED = replace(ISSUE, state=IssueState.SCHEDULED, approved_at=at(2026, 11, 27, 16))
CANCELLED = page(
    usefulness=Usefulness(False, OutReason.CANCELLED),
    key_facts=(KeyFact("state", "状態", "中止"), *page().key_facts),
)
HELD = [
    (page(is_public_now=False), [HoldCode.NOT_PUBLIC]),
    (page(is_public_now=False, is_restricted=True), [HoldCode.RESTRICTED]),
    (MOVED, [HoldCode.KEY_FACTS]),
    (CANCELLED, [HoldCode.KEY_FACTS, HoldCode.NOT_USEFUL]),
    (page(usefulness=Usefulness(False, OutReason.CLOSED)), [HoldCode.NOT_USEFUL]),
]


@pytest.mark.parametrize(("facts", "expected"), HELD, ids=["hidden", "private", "moved", "cancelled", "full"])
def test_an_approved_issue_is_held_when_an_item_is_not_what_was_frozen(facts, expected):
    assembly = assemble(issue_of(facts, now=SEND, issue=SCHEDULED, snapshot=(frozen(page()),)))
    assert codes(assembly.holds) == expected


def test_an_approved_issue_is_held_when_a_page_is_deleted_or_does_not_open():
    data = issue_of(now=SEND, issue=SCHEDULED, snapshot=(frozen(page()),))
    assert codes(assemble(data).holds) == [HoldCode.DELETED]
    data = issue_of(page(), now=SEND, issue=SCHEDULED, snapshot=(frozen(page()),))
    assert codes(assemble(data, answers={1: 404}).holds) == [HoldCode.NO_ANSWER]


def test_a_hold_says_what_differs():
    (hold, _over) = assemble(issue_of(CANCELLED, now=SEND, issue=SCHEDULED, snapshot=(frozen(page()),))).holds
    assert hold.detail == "状態：－ → 中止"


def test_nothing_is_held_while_pages_are_what_was_frozen():
    assert assemble(issue_of(page(), now=SEND, issue=SCHEDULED, snapshot=(frozen(page()),))).holds == ()


def test_an_approved_issue_is_held_when_its_day_has_passed():
    data = issue_of(page(), now=ISSUE.not_after, issue=SCHEDULED, snapshot=(frozen(page()),))
    assert codes(assemble(data).holds) == [HoldCode.SEND_PASSED]


# corrections and reminders


def mailed(facts: PageFacts, **fields) -> dict[int, MailedFacts]:
    row = {
        "page_id": facts.id,
        "title": facts.title,
        "key_facts": facts.key_facts,
        "issue_month": 11,
        "until_at": facts.useful_until,
    }
    return {facts.id: MailedFacts(**(row | fields))}


def test_a_page_whose_key_facts_differ_from_those_last_mailed_comes_as_a_correction():
    data = issue_of(MOVED, last_mailed=mailed(page()), mailed_in_regular=frozenset({1}))
    assembly = assemble(data)
    assert [(item.page.id, item.reason) for item in assembly.corrections] == [(1, InReason.CORRECTION)]
    assert assembly.page_ids == [1]
    assert assembly.out == ()


@pytest.mark.parametrize("fields", [{"tags": frozenset()}, {"usefulness": Usefulness(False, OutReason.CANCELLED)}])
def test_a_correction_is_not_asked_for_a_tag_and_brings_cancellations(fields):
    data = issue_of(replace(MOVED, **fields), last_mailed=mailed(page()), mailed_in_regular=frozenset({1}))
    assembly = assemble(data)
    assert reasons_in(data) == {1: InReason.CORRECTION}
    assert BlockerCode.NOT_USEFUL not in codes(assembly.blockers)


def test_what_is_over_or_hidden_is_no_correction_but_warns_at_once():
    over = replace(MOVED, useful_until=at(2026, 11, 29, 16), usefulness=Usefulness(False, OutReason.OVER))
    data = issue_of(over, page(2), last_mailed=mailed(page()), mailed_in_regular=frozenset({1}))
    assert WarningCode.OVER_BEFORE_CORRECTION in codes(assemble(data).warnings)
    assert reasons_out(data) == {1: OutReason.ALREADY_MAILED}
    gone = issue_of(hidden(), page(2), last_mailed=mailed(page()), mailed_in_regular=frozenset({1}))
    assert WarningCode.TAKEN_DOWN in codes(assemble(gone).warnings)


def test_a_correction_that_staff_leave_out_stays_out():
    data = issue_of(MOVED, last_mailed=mailed(page()), choices={1: chosen("exclude")})
    assert reasons_out(data) == {1: OutReason.EXCLUDED}


def test_events_told_earlier_and_still_to_come_before_the_next_mail_close_the_issue():
    soon, later = page(1), page(2, starts=(at(2027, 1, 10, 14),), useful_until=at(2027, 1, 10, 16))
    told = mailed(soon) | mailed(later)
    data = issue_of(soon, later, page(3), last_mailed=told, mailed_in_regular=frozenset({1, 2}))
    assembly = assemble(data)
    assert [reminder.id for reminder in assembly.reminders] == [1]
    assert assembly.page_ids == [3]


def test_a_cancelled_event_is_corrected_and_not_reminded_of():
    data = issue_of(CANCELLED, last_mailed=mailed(page()), mailed_in_regular=frozenset({1}))
    assembly = assemble(data)
    assert assembly.reminders == ()
    assert [item.page.id for item in assembly.corrections] == [1]
