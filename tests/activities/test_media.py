"""Which media are proposed for a notice, by what it tells and what is attached."""

from datetime import date, datetime

import pytest
from django.utils import translation

from activities.kinds import NoticeKind
from activities.media import AttachmentKind, Medium, Proposal, Reason, Verdict, main_attachment, propose_media
from center.opening import TOKYO

YES, NO, FIRST, ASK = Verdict.YES, Verdict.NO, Verdict.FIRST, Verdict.ASK
CANDIDATE, WAITING, TAKE_DOWN = Verdict.CANDIDATE, Verdict.WAITING, Verdict.TAKE_DOWN
IMAGE, PDF, OTHER_FILE = AttachmentKind.IMAGE, AttachmentKind.PDF, AttachmentKind.OTHER


def at(text: str) -> datetime:
    """'2026-12-12 12:00' as an aware moment in Tokyo."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


# Received on 11-18, the next mail goes out on 12-01 at 10:00, the next magazine appears on 12-10.
EVENT = {
    "kind": NoticeKind.EVENT,
    "ends_at": at("2026-12-20 15:00"),
    "attachment": AttachmentKind.NONE,
    "has_text": True,
    "copies_given": False,
    "deadline_at": None,
    "photo_consent": True,
    "received_at": at("2026-11-18 09:00"),
    "next_send_at": at("2026-12-01 10:00"),
    "next_magazine_on": date(2026, 12, 10),
}
GRANT = {**EVENT, "kind": NoticeKind.GRANT, "ends_at": None, "attachment": PDF}
CALL = {**EVENT, "kind": NoticeKind.CALL, "ends_at": None}
MATCH = {**EVENT, "kind": NoticeKind.MATCH, "ends_at": None}
REPORT = {**EVENT, "kind": NoticeKind.REPORT, "ends_at": None, "attachment": IMAGE}
OTHER = {**EVENT, "kind": NoticeKind.OTHER, "ends_at": None}
BEFORE_SEND = {"ends_at": at("2026-11-29 12:00")}
COPIES = {"copies_given": True}

# what is known · Web · Facebook · mail · magazine · stands
TABLE = [
    # an event that ends at or after the next send
    (EVENT, (YES, YES, YES, YES, NO)),
    ({**EVENT, "ends_at": at("2026-12-05 15:00")}, (YES, YES, YES, NO, NO)),
    ({**EVENT, "attachment": IMAGE, **COPIES}, (YES, YES, YES, CANDIDATE, YES)),
    ({**EVENT, "attachment": IMAGE}, (YES, YES, YES, CANDIDATE, WAITING)),
    ({**EVENT, "attachment": PDF, **COPIES}, (YES, YES, YES, CANDIDATE, YES)),
    ({**EVENT, "attachment": PDF}, (YES, YES, YES, CANDIDATE, WAITING)),
    # an event before the next send
    ({**EVENT, **BEFORE_SEND}, (YES, YES, NO, NO, NO)),
    ({**EVENT, **BEFORE_SEND, **COPIES}, (YES, YES, NO, NO, YES)),
    ({**EVENT, **BEFORE_SEND, "attachment": IMAGE, **COPIES}, (YES, YES, NO, NO, YES)),
    ({**EVENT, **BEFORE_SEND, "attachment": PDF}, (YES, YES, NO, NO, WAITING)),
    # a call, something wanted or offered
    (CALL, (YES, YES, YES, YES, YES)),
    ({**CALL, "attachment": IMAGE}, (YES, YES, YES, YES, YES)),
    ({**CALL, "attachment": PDF, **COPIES}, (YES, YES, YES, YES, YES)),
    (MATCH, (YES, YES, YES, YES, YES)),
    ({**MATCH, "attachment": PDF}, (YES, YES, YES, YES, YES)),
    # a grant
    ({**GRANT, "deadline_at": at("2026-12-18 17:00")}, (YES, NO, YES, YES, NO)),
    ({**GRANT, "deadline_at": at("2026-12-02 17:00")}, (YES, NO, YES, NO, NO)),
    (GRANT, (YES, NO, YES, YES, NO)),
    # a report
    (REPORT, (YES, YES, YES, YES, NO)),
    ({**REPORT, "attachment": AttachmentKind.NONE, "photo_consent": False}, (YES, YES, YES, YES, NO)),
    # a change or a cancellation, whatever is attached
    ({**EVENT, "kind": NoticeKind.CHANGE}, (FIRST, FIRST, YES, NO, TAKE_DOWN)),
    ({**EVENT, "kind": NoticeKind.CANCELLATION}, (FIRST, FIRST, YES, NO, TAKE_DOWN)),
    ({**EVENT, "kind": NoticeKind.CANCELLATION, "attachment": PDF}, (FIRST, FIRST, YES, NO, TAKE_DOWN)),
    (
        {**EVENT, "kind": NoticeKind.CANCELLATION, "attachment": OTHER_FILE, "has_text": False, "ends_at": None},
        (FIRST, FIRST, YES, NO, TAKE_DOWN),
    ),
    # what needs a question first
    ({**EVENT, "attachment": PDF, "has_text": False}, (ASK,) * 5),
    ({**EVENT, "attachment": OTHER_FILE}, (ASK,) * 5),
    ({**EVENT, "attachment": PDF, "size_over_limit": True}, (ASK,) * 5),
    ({**REPORT, "photo_consent": False}, (ASK,) * 5),
    ({**EVENT, "attachment": IMAGE, "photo_consent": False}, (ASK,) * 5),
    # everything else: the site for sure, the rest is for people to decide
    (OTHER, (YES, CANDIDATE, CANDIDATE, CANDIDATE, NO)),
    ({**OTHER, **COPIES}, (YES, CANDIDATE, CANDIDATE, CANDIDATE, CANDIDATE)),
]


@pytest.mark.parametrize(("known", "verdicts"), TABLE)
def test_the_table_of_media(known: dict, verdicts: tuple[Verdict, ...]) -> None:
    proposals = propose_media(**known)
    assert list(proposals) == [Medium.WEB, Medium.FACEBOOK, Medium.MAIL, Medium.MAGAZINE, Medium.STANDS]
    assert tuple(proposal.verdict for proposal in proposals.values()) == verdicts


@pytest.mark.parametrize(
    ("known", "medium", "reason"),
    [
        (EVENT, Medium.WEB, Reason.WEB_EVERYTHING),
        (EVENT, Medium.MAIL, Reason.MAIL_COMING),
        ({**EVENT, "attachment": IMAGE}, Medium.WEB, Reason.WEB_IMAGE),
        ({**EVENT, "attachment": IMAGE}, Medium.FACEBOOK, Reason.FACEBOOK_IMAGE),
        ({**EVENT, "attachment": IMAGE}, Medium.MAIL, Reason.MAIL_TEXT_AND_LINK),
        ({**EVENT, "attachment": PDF}, Medium.WEB, Reason.WEB_PDF),
        ({**EVENT, "attachment": PDF}, Medium.FACEBOOK, Reason.FACEBOOK_LINK),
        ({**EVENT, "attachment": PDF}, Medium.MAIL, Reason.MAIL_LINK_ONLY),
        ({**EVENT, **BEFORE_SEND}, Medium.MAIL, Reason.MAIL_OVER_BEFORE),
        ({**EVENT, "ends_at": at("2026-12-05 15:00")}, Medium.MAGAZINE, Reason.MAGAZINE_OVER_BEFORE),
        ({**EVENT, "attachment": IMAGE}, Medium.STANDS, Reason.STANDS_WAIT_FOR_COPIES),
        (EVENT, Medium.STANDS, Reason.STANDS_NO_FLYER),
        (REPORT, Medium.MAIL, Reason.MAIL_ONE_LINE),
        (GRANT, Medium.FACEBOOK, Reason.FACEBOOK_NOT_FOR_GRANTS),
        (GRANT, Medium.WEB, Reason.WEB_PDF),
        ({**EVENT, "kind": NoticeKind.CHANGE}, Medium.MAIL, Reason.MAIL_NEXT_OR_EXTRA),
        ({**EVENT, "kind": NoticeKind.CANCELLATION}, Medium.STANDS, Reason.STANDS_OUTDATED),
        ({**EVENT, "attachment": OTHER_FILE, "has_text": False}, Medium.WEB, Reason.ASK_TEXT),
        ({**EVENT, "attachment": OTHER_FILE}, Medium.WEB, Reason.ASK_FORMAT),
        ({**EVENT, "attachment": PDF, "size_over_limit": True}, Medium.MAIL, Reason.ASK_SMALLER),
        ({**REPORT, "photo_consent": False}, Medium.WEB, Reason.ASK_CONSENT),
        ({**EVENT, "ends_at": None}, Medium.WEB, Reason.ASK_DATE),
        ({**EVENT, "ends_at": at("2026-11-18 08:00")}, Medium.WEB, Reason.ASK_OVER),
    ],
)
def test_every_proposal_says_why_or_in_which_form(known: dict, medium: Medium, reason: Reason) -> None:
    assert propose_media(**known)[medium].reason_code == reason


@pytest.mark.parametrize(
    ("ends", "mail"),
    [("2026-12-01 09:59:59", NO), ("2026-12-01 10:00:00", YES)],
)
def test_an_event_that_ends_when_the_mail_is_sent_is_still_mailed(ends: str, mail: Verdict) -> None:
    assert propose_media(**{**EVENT, "ends_at": at(ends)})[Medium.MAIL].verdict == mail


@pytest.mark.parametrize(
    ("ends", "magazine"),
    [("2026-12-10 21:00", NO), ("2026-12-11 00:00", NO), ("2026-12-11 09:00", YES)],  # 00:00 is 24:00 of the 10th
)
def test_an_event_must_end_on_a_day_after_the_magazine_appears(ends: str, magazine: Verdict) -> None:
    assert propose_media(**{**EVENT, "ends_at": at(ends)})[Medium.MAGAZINE].verdict == magazine


@pytest.mark.parametrize("attachment", [IMAGE, PDF])
def test_a_flyer_is_no_candidate_for_a_magazine_that_comes_too_late(attachment: AttachmentKind) -> None:
    proposal = propose_media(**{**EVENT, "ends_at": at("2026-12-05 15:00"), "attachment": attachment})[Medium.MAGAZINE]
    assert proposal == Proposal(NO, Reason.MAGAZINE_OVER_BEFORE)


def test_an_event_before_the_next_mail_is_too_soon_for_a_magazine_that_comes_still_earlier() -> None:
    known = {**EVENT, **BEFORE_SEND, "next_magazine_on": date(2026, 11, 25)}
    assert propose_media(**known)[Medium.MAGAZINE] == Proposal(NO, Reason.MAGAZINE_TOO_SOON)


@pytest.mark.parametrize(
    ("ends", "proposal"),
    [
        ("2026-11-25 12:00", Proposal(YES, Reason.STANDS_COPIES)),
        ("2026-11-25 00:00", Proposal(NO, Reason.STANDS_TOO_SHORT)),  # 24:00 of the 24th
        ("2026-11-24 12:00", Proposal(NO, Reason.STANDS_TOO_SHORT)),
    ],
)
def test_a_flyer_for_an_event_before_the_next_mail_needs_seven_days_on_the_stands(
    ends: str, proposal: Proposal
) -> None:
    known = {**EVENT, **COPIES, "attachment": PDF, "ends_at": at(ends)}
    assert propose_media(**known)[Medium.STANDS] == proposal


@pytest.mark.parametrize("base", [CALL, MATCH, GRANT])
def test_what_closes_before_the_mail_or_the_magazine_is_not_proposed_for_it(base: dict) -> None:
    proposals = propose_media(**{**base, "deadline_at": at("2026-12-01 09:00")})
    assert proposals[Medium.MAIL] == Proposal(NO, Reason.MAIL_CLOSES_BEFORE)
    assert proposals[Medium.MAGAZINE] == Proposal(NO, Reason.MAGAZINE_CLOSES_BEFORE)
    whole_day = propose_media(**{**base, "deadline_at": at("2026-12-02 00:00")})  # 24:00 of the send day
    assert whole_day[Medium.MAIL].verdict == YES


def test_without_dates_of_the_next_mail_and_magazine_an_event_stays_a_candidate() -> None:
    proposals = propose_media(**{**EVENT, "next_send_at": None, "next_magazine_on": None})
    assert proposals[Medium.MAIL] == Proposal(CANDIDATE, Reason.MAIL_NO_DATE)
    assert proposals[Medium.MAGAZINE] == Proposal(CANDIDATE, Reason.MAGAZINE_NO_DATE)
    open_call = propose_media(**{**CALL, "next_send_at": None, "next_magazine_on": None})
    assert open_call[Medium.MAIL].verdict == open_call[Medium.MAGAZINE].verdict == YES


def test_only_a_yes_chooses_the_medium() -> None:
    chosen = [
        medium for medium, proposal in propose_media(**{**EVENT, "attachment": PDF}).items() if proposal.is_proposed
    ]
    assert chosen == [Medium.WEB, Medium.FACEBOOK, Medium.MAIL]
    cancelled = propose_media(**{**EVENT, "kind": NoticeKind.CANCELLATION})
    assert [medium for medium in Medium if cancelled[medium].is_proposed] == [Medium.WEB, Medium.FACEBOOK, Medium.MAIL]
    asked = propose_media(**{**EVENT, "has_text": False})
    assert not any(proposal.is_proposed for proposal in asked.values())


def test_the_words_of_the_database_are_understood() -> None:
    assert propose_media(**{**GRANT, "kind": "grant", "attachment": "pdf"}) == propose_media(**GRANT)
    with pytest.raises(ValueError, match="picnic"):
        propose_media(**{**EVENT, "kind": "picnic"})


def test_of_several_attachments_the_most_difficult_decides() -> None:
    assert main_attachment([]) == AttachmentKind.NONE
    assert main_attachment([PDF]) == PDF
    assert main_attachment([PDF, IMAGE]) == IMAGE
    assert main_attachment(iter([IMAGE, PDF, OTHER_FILE])) == OTHER_FILE


def test_every_reason_is_a_sentence_in_japanese_and_in_english() -> None:
    for reason in Reason:
        with translation.override("en"):
            assert str(reason.label).endswith((".", "?")), reason
        with translation.override("ja"):
            assert str(reason.label).endswith(("。", "？")), reason


NONE = AttachmentKind.NONE
BEFORE = {**EVENT, **BEFORE_SEND}
CHANGED = (FIRST, FIRST, YES, NO, TAKE_DOWN)

# kind and time · the same five columns for: nothing attached, an image, a PDF; first without, then with paper copies
WHOLE_TABLE = [
    (
        EVENT,
        ((YES, YES, YES, YES, NO), (YES, YES, YES, CANDIDATE, WAITING), (YES, YES, YES, CANDIDATE, WAITING)),
        ((YES, YES, YES, YES, NO), (YES, YES, YES, CANDIDATE, YES), (YES, YES, YES, CANDIDATE, YES)),
    ),
    (
        BEFORE,
        ((YES, YES, NO, NO, NO), (YES, YES, NO, NO, WAITING), (YES, YES, NO, NO, WAITING)),
        ((YES, YES, NO, NO, YES),) * 3,
    ),
    (CALL, ((YES,) * 5,) * 3, ((YES,) * 5,) * 3),
    (MATCH, ((YES,) * 5,) * 3, ((YES,) * 5,) * 3),
    (GRANT, ((YES, NO, YES, YES, NO),) * 3, ((YES, NO, YES, YES, NO),) * 3),
    (REPORT, ((YES, YES, YES, YES, NO),) * 3, ((YES, YES, YES, YES, NO),) * 3),
    ({**EVENT, "kind": NoticeKind.CHANGE}, (CHANGED,) * 3, (CHANGED,) * 3),
    ({**BEFORE, "kind": NoticeKind.CANCELLATION}, (CHANGED,) * 3, (CHANGED,) * 3),
]


@pytest.mark.parametrize(("known", "without", "with_copies"), WHOLE_TABLE)
def test_every_kind_with_every_attachment_with_and_without_copies(known: dict, without: tuple, with_copies: tuple):
    for columns, copies_given in ((without, False), (with_copies, True)):
        for attachment, verdicts in zip((NONE, IMAGE, PDF), columns, strict=True):
            proposals = propose_media(**{**known, "attachment": attachment, "copies_given": copies_given})
            assert tuple(proposal.verdict for proposal in proposals.values()) == verdicts, (attachment, copies_given)


@pytest.mark.parametrize("known", [EVENT, BEFORE, CALL, MATCH, GRANT, REPORT, OTHER])
@pytest.mark.parametrize(
    ("lacks", "reason"),
    [
        ({"has_text": False, "attachment": PDF}, Reason.ASK_TEXT),
        ({"attachment": OTHER_FILE}, Reason.ASK_FORMAT),
        ({"size_over_limit": True}, Reason.ASK_SMALLER),
        ({"attachment": IMAGE, "photo_consent": False}, Reason.ASK_CONSENT),
    ],
)
def test_whatever_it_tells_the_group_is_asked_first(known: dict, lacks: dict, reason: Reason):
    assert set(propose_media(**{**known, **lacks}).values()) == {Proposal(ASK, reason)}
