"""Trusted groups: whether a notice would be published by the clock, each condition in words.

A trusted group (a mark that staff give on its page) may rely on its complete notices being public by the due day also
when nobody is there to press the button. Everything that is in doubt stays with staff. The group is certain only where
its own link or a member of staff says so; a name that somebody typed proves nothing.
Source: the three-day rule, trusted groups.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from activities.deadline_words import is_past_deadline
from activities.kinds import NoticeKind
from activities.models import Notice, NoticeAttachment, NoticeEntry, NoticeState, TrustedPublication
from activities.notices.duplicates import duplicates_of
from activities.notices.queries import last_end, policy_at
from center.japanese.dates import day_words
from center.japanese.folding import fold
from center.opening import TOKYO, tokyo_date

PUBLISHED_FROM = time(9)
"""From this hour of the due day on, in Tokyo."""
CERTAIN = ("link", "staff")
SYSTEM_KINDS = {
    NoticeEntry.Kind.RECEIVED,
    NoticeEntry.Kind.FORECAST,
    NoticeEntry.Kind.DUE_MOVED,
}
OWN_KINDS = {NoticeEntry.Kind.REVIEWING, NoticeEntry.Kind.PAGE_MADE}
"""What the clock itself writes while it publishes: it may go on where it was interrupted."""
HARMLESS_FIELDS = {"group", "trusted"}
"""Changes that do not mean that somebody took the notice up: staff said which group it is."""


@dataclass(frozen=True)
class Condition:
    """One condition of the rule: what is asked, whether it holds, and where it does not, what stands against it."""

    code: str
    words: str
    is_met: bool
    note: str = ""


FAILURES = {
    "NotShown": gettext_lazy("Something above the page is hidden, so nobody could read it."),
    "NoParentPage": gettext_lazy("The site has no list under which this page belongs."),
    "ValidationError": gettext_lazy("A field that a public page needs is missing."),
    "FileNotFoundError": gettext_lazy("An attachment cannot be found."),
}
UNEXPECTED = gettext_lazy("Something unexpected happened; whoever looks after the machine finds it in the log.")


@dataclass(frozen=True)
class TrustedVerdict:
    """What the rule does with one notice, for the detail screen."""

    conditions: tuple[Condition, ...]
    headline: str
    record: TrustedPublication | None = None

    @property
    def is_met(self) -> bool:
        return all(condition.is_met for condition in self.conditions)

    @property
    def failure_words(self) -> str | Promise:
        """Why the last try failed; "" where none did."""
        if self.record is None or not self.record.failure:
            return ""
        return FAILURES.get(self.record.failure, UNEXPECTED)

    @property
    def unmet(self) -> list[Condition]:
        return [condition for condition in self.conditions if not condition.is_met]


def is_certain(notice: Notice) -> bool:
    """Do we know the group: by its own link (and under its own name), or because staff chose it?

    Who came by the link but typed another name is somebody else's case.
    """
    if not notice.group_id or notice.group_from not in CERTAIN:
        return False
    return notice.group_from == "staff" or _plain(notice.group_name) == _plain(notice.group.title)


def _plain(name: str) -> str:
    return "".join(fold(name).split())


def is_untouched(notice: Notice, entries: Iterable[NoticeEntry]) -> bool:
    """Has nobody of the staff taken it up, and has the group said nothing since?

    Still 受付, nobody in charge, no page, and nothing in its history but its receipt and what the clock wrote. What the
    clock itself began may be ended.
    """
    record = getattr(notice, "trusted_publication", None)
    if notice.assigned_to_id or notice.state not in (NoticeState.RECEIVED, NoticeState.REVIEWING):
        return False
    if notice.state == NoticeState.REVIEWING and record is None:
        return False
    if record is None and notice.page_links.exists():
        return False
    return all(_is_harmless(entry, has_begun=record is not None) for entry in entries)


def _is_harmless(entry: NoticeEntry, *, has_begun: bool) -> bool:
    if entry.kind in SYSTEM_KINDS:
        return True
    if entry.kind == NoticeEntry.Kind.CHANGED:
        return (entry.data or {}).get("field") in HARMLESS_FIELDS
    return has_begun and entry.kind in OWN_KINDS and entry.by_id is None


def missing_fields(notice: Notice) -> list[str]:
    """What its kind cannot do without and this notice lacks, in words: the same that the public form asks for."""
    kind = NoticeKind(notice.kind)
    lacks = [
        (not notice.title.strip(), pgettext("notice", "Title")),
        (not notice.group_name.strip(), _("Name of the group")),
        (not notice.contact_name.strip(), _("Your name")),
        (not notice.contact_email.strip() and not notice.contact_phone.strip(), _("a way to reach the group")),
    ]
    if kind == NoticeKind.EVENT:
        lacks += [
            (not notice.sessions.all(), _("date and time")),
            (not notice.venue_name.strip() and not notice.is_online, pgettext("notice", "Place")),
            (not notice.is_free and not notice.fee.strip(), _("Does it cost anything?")),
        ]
    if kind == NoticeKind.GRANT:
        lacks.append((not notice.funder.strip(), _("Who gives the grant")))
    if kind == NoticeKind.MATCH:
        lacks += [
            (not notice.match_direction, pgettext("form", "Wanted or offered")),
            (not notice.match_actor, _("Who looks for it or offers it")),
            (not notice.match_resource, _("What it is about: people or things")),
        ]
    return [str(words) for is_missing, words in lacks if is_missing]


def is_over(notice: Notice, now: datetime) -> bool:
    """Is what it tells of over, or its deadline past? A report has none."""
    if notice.kind == NoticeKind.REPORT:
        return False
    ends_at = last_end(notice)
    if notice.kind == NoticeKind.EVENT and ends_at is not None and ends_at <= now:
        return True
    return is_past_deadline(notice.deadline_on, notice.deadline_time, now)


def conditions(notice: Notice, *, now: datetime, is_rule_on: bool | None = None) -> tuple[Condition, ...]:
    """Every condition of the rule but the hour, in the order in which staff would ask. A few small queries."""
    if is_rule_on is None:
        is_rule_on = policy_at(now).trusted_rule
    group = notice.group
    attachments = list(notice.attachments.all())
    pictures = [file for file in attachments if file.kind == NoticeAttachment.Kind.IMAGE]
    lost = [file.original_name for file in attachments if not file.file.storage.exists(file.file.name)]
    unsaid = [file.original_name for file in pictures if not file.alt.strip()]
    missing = missing_fields(notice)
    twin = next(iter(duplicates_of(notice, now=now)), None)
    certain = is_certain(notice)
    is_wish_early = notice.not_before_on is not None and tokyo_date(now) < notice.not_before_on
    return (
        Condition("rule", _("The rule of trusted groups is switched on."), is_rule_on, _("It is off.")),
        Condition("certain", _("It is certain which group sent it."), certain, _certain_note(notice)),
        Condition(
            "trusted",
            _("Staff have marked the group as trusted."),
            bool(group and group.is_trusted and group.live),
            _("The group does not carry the mark, or its page is not public."),
        ),
        Condition(
            "kind",
            _("It is neither a change nor a cancellation."),
            not NoticeKind(notice.kind).changes_published,
            _("Changes and cancellations are always done by staff."),
        ),
        Condition("fields", _("Everything its kind needs is filled in."), not missing, _list(missing)),
        Condition("text", _("It says in words what it is."), bool(notice.text.strip()), _("There is no text.")),
        Condition(
            "consent",
            _("Where it has pictures: the people in them agree, and each picture is described."),
            not pictures or (notice.has_photo_consent and not unsaid),
            _("The consent is missing.") if pictures and not notice.has_photo_consent else _list(unsaid),
        ),
        Condition("files", _("All attachments are clean and there."), not lost, _list(lost)),
        Condition("over", _("It is not over yet."), not is_over(notice, now), _("The day or the deadline has passed.")),
        Condition(
            "twin",
            _("Nothing like it has been sent or published already."),
            twin is None,
            _("Please compare: %(title)s") % {"title": twin.notice or twin.page} if twin else "",
        ),
        Condition(
            "held",
            _("It does not wait for the check whether a machine sent it."),
            notice.held_at is None,
            _("It waits for this check."),
        ),
        Condition(
            "wish",
            _("The day before which the group does not want it has come."),
            not is_wish_early,
            _("not before %(day)s") % {"day": day_words(notice.not_before_on)} if is_wish_early else "",
        ),
        Condition(
            "untouched",
            _("Nobody has taken it up yet, and the group has written nothing since."),
            is_untouched(notice, notice.entries.all()),
            _("Somebody is looking after it."),
        ),
    )


def _list(names: list[str]) -> str:
    return _("、").join(names)


def _certain_note(notice: Notice) -> str:
    if notice.group_id and notice.group_from == "link":
        return _("It came by the link of %(group)s, but under another name.") % {"group": notice.group.title}
    return _("Only the name was typed. The group's own link, or staff choosing the group, makes it certain.")


DONE = gettext_lazy("Published by itself as a notice of a trusted group.")


def verdict_of(notice: Notice, *, now: datetime) -> TrustedVerdict:
    """What the rule does with this notice, and why; for the detail screen. No words where the rule cannot matter."""
    record = TrustedPublication.objects.filter(notice=notice).select_related("seen_by").first()
    if record and record.published_at:
        return TrustedVerdict((), str(DONE), record)
    if notice.state not in (NoticeState.RECEIVED, NoticeState.REVIEWING):
        return TrustedVerdict((), "", record)
    is_rule_on = policy_at(now).trusted_rule
    if not is_rule_on and not (notice.group and notice.group.is_trusted):
        return TrustedVerdict((), "", record)
    found = conditions(notice, now=now, is_rule_on=is_rule_on)
    return TrustedVerdict(found, str(_headline(notice, found, now)), record)


def _headline(notice: Notice, found: tuple[Condition, ...], now: datetime) -> str | Promise:
    if not all(condition.is_met for condition in found):
        return _("It is not published by itself. Please publish it in time.")
    today = tokyo_date(now)
    if notice.due_on and notice.due_on < today:
        return _("Its due day has passed, so it is not published by itself any more.")
    if notice.due_on == today and now.astimezone(TOKYO).time() >= PUBLISHED_FROM:
        return _("It is published by itself within a few minutes, unless somebody takes it up.")
    words = _("If nobody takes it up, it is published by itself on %(day)s at 9:00.")
    return words % {"day": day_words(notice.due_on)} if notice.due_on else ""


def unseen(limit: int) -> list[TrustedPublication]:
    """What the clock published and nobody of the staff has looked at yet, oldest first."""
    rows = TrustedPublication.objects.filter(published_at__isnull=False, seen_at__isnull=True)
    return list(rows.select_related("notice").order_by("published_at", "pk")[:limit])
