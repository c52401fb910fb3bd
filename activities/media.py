"""Which media fit a notice, and why: a proposal that staff may overrule with a reason of their own. Pure.

Source: the centre's printed list of media (サポートメール 月1回, 広報誌 年4回, Web 3日以内, Facebook 3日以内, and the
stands) and its one sentence about them, 媒体の選択は、情報、添付内容により選択します: by what is told and by what is
attached.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from activities.kinds import NoticeKind
from center.opening import tokyo_date

STAND_DAYS = 7


class Medium(TextChoices):
    """Where the centre tells; in the order in which it is shown."""

    WEB = "web", pgettext_lazy("medium", "this site")
    FACEBOOK = "facebook", pgettext_lazy("medium", "Facebook")
    MAIL = "mail", pgettext_lazy("medium", "support mail")
    MAGAZINE = "magazine", pgettext_lazy("medium", "magazine")
    STANDS = "stands", pgettext_lazy("medium", "information stands")


class AttachmentKind(TextChoices):
    """What is attached, as far as the media care: JPEG or PNG, PDF, or what not every reader can open (Word, zip)."""

    NONE = "none", _("no attachment")
    IMAGE = "image", pgettext_lazy("attachment", "image")
    PDF = "pdf", pgettext_lazy("attachment", "PDF")
    OTHER = "other", _("another kind of file")


class Verdict(TextChoices):
    """What is proposed for one medium."""

    YES = "yes", pgettext_lazy("media proposal", "yes")
    FIRST = "first", pgettext_lazy("media proposal", "first of all")
    CANDIDATE = "candidate", pgettext_lazy("media proposal", "candidate")
    WAITING = "waiting", pgettext_lazy("media proposal", "waiting for paper copies")
    ASK = "ask", pgettext_lazy("media proposal", "ask the group first")
    TAKE_DOWN = "take_down", pgettext_lazy("media proposal", "take the flyer down")
    NO = "no", pgettext_lazy("media proposal", "no")


class Reason(TextChoices):
    """Why, or in which form; the label is the sentence shown."""

    WEB_EVERYTHING = "web_everything", _("Every notice appears here first.")
    WEB_IMAGE = "web_image", _("The image is shown in the page, with a description in words.")
    WEB_PDF = "web_pdf", _("A summary, with a link to the PDF and its size.")
    FACEBOOK_SAME_DAY = "facebook_same_day", _("By the same day as this site.")
    FACEBOOK_IMAGE = "facebook_image", _("By the same day as this site, with the image.")
    FACEBOOK_LINK = "facebook_link", _("By the same day as this site: words and a link to the page.")
    FACEBOOK_NOT_FOR_GRANTS = "facebook_not_for_grants", _("Grants are told on this site and by mail.")
    MAIL_COMING = "mail_coming", _("It is still of use when the next mail is sent.")
    MAIL_TEXT_AND_LINK = "mail_text_and_link", _("Words and a link to the page; the image is on the page.")
    MAIL_LINK_ONLY = "mail_link_only", _("A link to the page; the PDF is never attached.")
    MAIL_ONE_LINE = "mail_one_line", _("One line with a link to the page.")
    MAIL_NEXT_OR_EXTRA = "mail_next_or_extra", _("In the next issue, or in an extra one.")
    MAIL_OVER_BEFORE = "mail_over_before", _("It is over before the next mail. An extra issue?")
    MAIL_CLOSES_BEFORE = "mail_closes_before", _("It closes before the next mail. An extra issue?")
    MAIL_NO_DATE = "mail_no_date", _("No next mail has a date yet.")
    MAGAZINE_READERS = "magazine_readers", _("Also for those who read on paper.")
    MAGAZINE_IN_TIME = "magazine_in_time", _("It is still of use when the next magazine appears.")
    MAGAZINE_OVER_BEFORE = "magazine_over_before", _("It is over before the next magazine appears.")
    MAGAZINE_CLOSES_BEFORE = "magazine_closes_before", _("It closes before the next magazine appears.")
    MAGAZINE_TOO_SOON = "magazine_too_soon", _("It is over too soon for the magazine.")
    MAGAZINE_NO_DATE = "magazine_no_date", _("The next magazine has no date yet.")
    MAGAZINE_NOT_FOR_CHANGES = "magazine_not_for_changes", _("Paper is too slow for a change.")
    STANDS_CALL = "stands_call", _("People who may join in pass by the stands.")
    STANDS_COPIES = "stands_copies", _("The paper copies are laid out.")
    STANDS_WAIT_FOR_COPIES = "stands_wait_for_copies", _("It can be laid out once we have paper copies.")
    STANDS_NO_FLYER = "stands_no_flyer", _("There is no flyer to lay out.")
    STANDS_TOO_SHORT = "stands_too_short", _("Fewer than 7 days are left for the stands.")
    STANDS_NOT_FOR_KIND = "stands_not_for_kind", _("Not a thing for the stands.")
    STANDS_OUTDATED = "stands_outdated", _("The flyer on the stands is no longer true.")
    CHANGE_FIRST = "change_first", _("Changes and cancellations go before everything else.")
    STAFF_CHOOSE = "staff_choose", _("Staff decide from what it says.")
    ASK_TEXT = "ask_text", _("The text is missing. Please ask for text, and for a PDF or an image.")
    ASK_FORMAT = "ask_format", _("Not everyone can open this file. Please ask for text, and for a PDF or an image.")
    ASK_SMALLER = "ask_smaller", _("The file is too large. Please ask for text, and for a smaller PDF or an image.")
    ASK_CONSENT = "ask_consent", _("The consent of those in the photo is missing. Please ask for it or another image.")
    ASK_DATE = "ask_date", _("The date is missing. Please ask for it.")
    ASK_OVER = "ask_over", _("The event is already over. Please ask whether this is a report.")


@dataclass(frozen=True)
class Proposal:
    """The proposal for one medium."""

    verdict: Verdict
    reason_code: Reason

    @property
    def reason(self) -> str:
        """The sentence of the reason, translatable."""
        return self.reason_code.label

    @property
    def is_proposed(self) -> bool:
        """Is the medium chosen unless staff say otherwise? Candidates and waiting ones are not chosen yet."""
        return self.verdict in (Verdict.YES, Verdict.FIRST)


CHANGE_PROPOSALS = {
    Medium.WEB: Proposal(Verdict.FIRST, Reason.CHANGE_FIRST),
    Medium.FACEBOOK: Proposal(Verdict.FIRST, Reason.CHANGE_FIRST),
    Medium.MAIL: Proposal(Verdict.YES, Reason.MAIL_NEXT_OR_EXTRA),
    Medium.MAGAZINE: Proposal(Verdict.NO, Reason.MAGAZINE_NOT_FOR_CHANGES),
    Medium.STANDS: Proposal(Verdict.TAKE_DOWN, Reason.STANDS_OUTDATED),
}


def main_attachment(kinds: Iterable[AttachmentKind]) -> AttachmentKind:
    """Which of several attachments decides: a file that not everyone can open, else an image, else a PDF, else none."""
    present = set(kinds)
    by_weight = (AttachmentKind.OTHER, AttachmentKind.IMAGE, AttachmentKind.PDF)
    return next((kind for kind in by_weight if kind in present), AttachmentKind.NONE)


def propose_media(
    *,
    kind: NoticeKind | str,
    ends_at: datetime | None,
    attachment: AttachmentKind | str,
    has_text: bool,
    copies_given: bool,
    deadline_at: datetime | None,
    photo_consent: bool,
    received_at: datetime,
    next_send_at: datetime | None,
    next_magazine_on: date | None,
    size_over_limit: bool = False,
) -> dict[Medium, Proposal]:
    """A proposal for every medium, in the order of Medium. Moments are aware; the end of a day is 00:00 of the next.

    `ends_at` is the end of an event's last session, `deadline_at` the end of the time to apply (None: open, 随時).
    `copies_given`: paper flyers for the stands have been brought or promised. `photo_consent` matters where an image
    is attached. `next_send_at` and `next_magazine_on` are None where none has a date yet.
    Changes and cancellations come first, whatever is attached. Then everything that needs a question to the group
    waits for its answer on all media. Nothing is proposed for a mail or a magazine that comes after it is over.
    """
    notice = _Facts(
        kind=NoticeKind(kind),
        ends_at=ends_at,
        attachment=AttachmentKind(attachment),
        has_text=has_text,
        copies_given=copies_given,
        deadline_at=deadline_at,
        photo_consent=photo_consent,
        received_at=received_at,
        next_send_at=next_send_at,
        next_magazine_on=next_magazine_on,
        size_over_limit=size_over_limit,
    )
    if notice.kind.changes_published:
        return dict(CHANGE_PROPOSALS)
    if question := _question(notice):
        return {medium: Proposal(Verdict.ASK, question) for medium in Medium}
    columns = {
        Medium.WEB: _web,
        Medium.FACEBOOK: _facebook,
        Medium.MAIL: _mail,
        Medium.MAGAZINE: _magazine,
        Medium.STANDS: _stands,
    }
    return {medium: Proposal(*column(notice)) for medium, column in columns.items()}


@dataclass(frozen=True, kw_only=True)
class _Facts:
    """The arguments of `propose_media`, and what its columns ask of them."""

    kind: NoticeKind
    ends_at: datetime | None
    attachment: AttachmentKind
    has_text: bool
    copies_given: bool
    deadline_at: datetime | None
    photo_consent: bool
    received_at: datetime
    next_send_at: datetime | None
    next_magazine_on: date | None
    size_over_limit: bool

    @property
    def is_event(self) -> bool:
        return self.kind == NoticeKind.EVENT

    @property
    def of_use_until(self) -> datetime | None:
        """The end of the event, or of the time to apply; None where there is none."""
        return self.ends_at if self.is_event else self.deadline_at

    @property
    def last_day(self) -> date | None:
        """The day of `of_use_until`; what ends at 24:00 ends on the day that is over then."""
        return None if self.of_use_until is None else tokyo_date(self.of_use_until - timedelta(microseconds=1))

    @property
    def is_over_before_send(self) -> bool:
        """False also where nothing ends or no send has a date."""
        if self.of_use_until is None or self.next_send_at is None:
            return False
        return self.of_use_until < self.next_send_at


def _question(notice: _Facts) -> Reason | None:
    """What the group has to be asked before anything can be told: the first that applies."""
    questions = {
        Reason.ASK_TEXT: not notice.has_text,
        Reason.ASK_FORMAT: notice.attachment == AttachmentKind.OTHER,
        Reason.ASK_SMALLER: notice.size_over_limit,
        Reason.ASK_CONSENT: notice.attachment == AttachmentKind.IMAGE and not notice.photo_consent,
        Reason.ASK_DATE: notice.is_event and notice.ends_at is None,
        Reason.ASK_OVER: notice.is_event and notice.ends_at is not None and notice.ends_at <= notice.received_at,
    }
    return next((reason for reason, applies in questions.items() if applies), None)


def _web(notice: _Facts) -> tuple[Verdict, Reason]:
    forms = {AttachmentKind.IMAGE: Reason.WEB_IMAGE, AttachmentKind.PDF: Reason.WEB_PDF}
    return Verdict.YES, forms.get(notice.attachment, Reason.WEB_EVERYTHING)


def _facebook(notice: _Facts) -> tuple[Verdict, Reason]:
    if notice.kind == NoticeKind.GRANT:
        return Verdict.NO, Reason.FACEBOOK_NOT_FOR_GRANTS
    if notice.kind == NoticeKind.OTHER:
        return Verdict.CANDIDATE, Reason.STAFF_CHOOSE
    forms = {AttachmentKind.IMAGE: Reason.FACEBOOK_IMAGE, AttachmentKind.PDF: Reason.FACEBOOK_LINK}
    return Verdict.YES, forms.get(notice.attachment, Reason.FACEBOOK_SAME_DAY)


def _mail(notice: _Facts) -> tuple[Verdict, Reason]:
    if notice.kind == NoticeKind.OTHER:
        return Verdict.CANDIDATE, Reason.STAFF_CHOOSE
    if notice.kind == NoticeKind.REPORT:
        return Verdict.YES, Reason.MAIL_ONE_LINE
    if notice.is_over_before_send:
        return Verdict.NO, Reason.MAIL_OVER_BEFORE if notice.is_event else Reason.MAIL_CLOSES_BEFORE
    if notice.of_use_until is not None and notice.next_send_at is None:
        return Verdict.CANDIDATE, Reason.MAIL_NO_DATE
    forms = {AttachmentKind.IMAGE: Reason.MAIL_TEXT_AND_LINK, AttachmentKind.PDF: Reason.MAIL_LINK_ONLY}
    return Verdict.YES, forms.get(notice.attachment, Reason.MAIL_COMING)


def _magazine(notice: _Facts) -> tuple[Verdict, Reason]:
    if notice.kind == NoticeKind.OTHER:
        return Verdict.CANDIDATE, Reason.STAFF_CHOOSE
    if notice.kind == NoticeKind.REPORT or notice.last_day is None:
        return Verdict.YES, Reason.MAGAZINE_READERS
    if notice.next_magazine_on is not None and notice.last_day <= notice.next_magazine_on:
        return Verdict.NO, Reason.MAGAZINE_OVER_BEFORE if notice.is_event else Reason.MAGAZINE_CLOSES_BEFORE
    if notice.is_event and notice.is_over_before_send:
        return Verdict.NO, Reason.MAGAZINE_TOO_SOON
    if notice.next_magazine_on is None:
        return Verdict.CANDIDATE, Reason.MAGAZINE_NO_DATE
    if notice.is_event and notice.attachment != AttachmentKind.NONE:
        return Verdict.CANDIDATE, Reason.MAGAZINE_IN_TIME
    return Verdict.YES, Reason.MAGAZINE_IN_TIME


def _stands(notice: _Facts) -> tuple[Verdict, Reason]:
    if notice.kind in (NoticeKind.CALL, NoticeKind.MATCH):
        return Verdict.YES, Reason.STANDS_CALL
    if notice.kind in (NoticeKind.GRANT, NoticeKind.REPORT):
        return Verdict.NO, Reason.STANDS_NOT_FOR_KIND
    if notice.kind == NoticeKind.OTHER:
        if notice.copies_given:
            return Verdict.CANDIDATE, Reason.STAFF_CHOOSE
        return Verdict.NO, Reason.STANDS_NO_FLYER
    if notice.is_over_before_send:
        if (notice.last_day - tokyo_date(notice.received_at)).days < STAND_DAYS:
            return Verdict.NO, Reason.STANDS_TOO_SHORT
        if notice.copies_given:
            return Verdict.YES, Reason.STANDS_COPIES
    if notice.attachment == AttachmentKind.NONE:
        return Verdict.NO, Reason.STANDS_NO_FLYER
    if notice.copies_given:
        return Verdict.YES, Reason.STANDS_COPIES
    return Verdict.WAITING, Reason.STANDS_WAIT_FOR_COPIES
