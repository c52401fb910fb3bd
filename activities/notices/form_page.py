"""What the page of the form shows: the fields of its kind, what we understood, what would become of it if sent now."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from activities.forecast import forecast
from activities.kinds import NoticeKind
from activities.models import GroupPage, Notice, NoticeDraft
from activities.notices import status_page
from activities.notices.clock import start_clock
from activities.notices.forms import NoticeForm, new_submission, read_submission
from activities.notices.kind_fields import PARTS, asked_by, part_title, parts_of
from activities.notices.queries import due_day, place_suggestions, policy_at, wanted_media
from activities.notices.upload_rows import Uploads, no_uploads
from center.japanese.dates import time_words
from center.queries import centre_settings, opening_calendar


@dataclass
class FormPage:
    """One answer of the form: what stands in it, its files, its draft if it has one, and what is said above it."""

    form: NoticeForm
    now: datetime
    uploads: Uploads = field(default_factory=no_uploads)
    submission: str = ""
    draft: NoticeDraft | None = None
    token: str = ""
    said: list[str] = field(default_factory=list)
    warned: list[str] = field(default_factory=list)
    preview: str = ""
    check_days: list[str] = field(default_factory=list)

    @property
    def group(self) -> GroupPage | None:
        return self.draft.group if self.draft else None

    @property
    def has_faults(self) -> bool:
        form = self.form
        return form.is_bound and (bool(form.errors) or any(part.has_faults for part in form.parts))

    def context(self) -> dict[str, Any]:
        """What the template needs."""
        form, now = self.form, self.now
        if form.is_bound:
            form.errors  # noqa: B018 (validates, so that the days are known)
        notice = notice_of(form, now=now)
        if read_submission(self.submission) is None:
            self.submission = new_submission()
        kind = form.kind
        understood = form.understood() if form.is_bound else {}
        for row in form.rows:
            row.understood = understood.get(row.prefix, "")
        shown_parts = parts_of(kind)
        return {
            "form": form,
            "uploads": self.uploads,
            "submission": self.submission,
            "draft": self.draft,
            "token": self.token,
            "group": self.group,
            "said": self.said,
            "warned": self.warned,
            "preview": self.preview,
            "check_days": self.check_days,
            "places": place_suggestions(),
            "day": due_day(notice, opening_calendar()),
            "counting": status_page.counting_words(notice.deadline_policy),
            "mail": forecast([notice], now=now).get(0),
            "has_faults": self.has_faults,
            "kind": kind,
            "asked": form.asked,
            "understood": understood,
            "numbers": {part: number for number, part in enumerate(shown_parts, start=1)},
            "parts": {part: str(part_title(part, kind)) for part in PARTS},
            "flyer_alone": bool(self.uploads.kept) and not str(form["text"].value() or "").strip(),
            "for_script": for_script(form),
        }


def for_script(form: NoticeForm) -> dict[str, Any]:
    """The table of the kinds and the sentences of the script, as JSON for the page."""
    return {
        "kinds": {
            kind.value: {"asked": sorted(asked_by(kind)), "parts": parts_of(kind), "words": form.words_for(kind)}
            for kind in NoticeKind
        },
        "words": {
            "step": _("Step %(number)s of %(count)s"),
            "saving": _("Saving …"),
            "unsaved": _("Could not be saved. We try again."),
            "uploading": _("%(name)s: %(percent)s %% sent"),
            "checking": _("%(name)s is being looked at …"),
            "failed": _("%(name)s could not be sent. Please try once more."),
            "kept": _("%(name)s is kept."),
            "date": _("Date %(number)s"),
            "take_out": _("Take out date %(number)s"),
            "found": _("%(count)s places. Choose with the arrow keys."),
            "none_found": _("No such place among the city's. You can write it as it is."),
            "previewing": _("Making the preview …"),
        },
    }


def saved_words(draft: NoticeDraft) -> str:
    """保存しました 10時32分."""
    return _("Saved at %(time)s") % {"time": time_words(draft.saved_at)}


def stale_words() -> str:
    return _(
        "Another screen had saved this form too. What stands here counts now; what was written there is kept as well."
    )


def options_at(now: datetime) -> dict[str, Any]:
    """What every form of the page is made with."""
    rule = policy_at(now)
    criteria = [line.strip() for line in rule.criteria.splitlines() if line.strip()]
    return {"now": now, "criteria": criteria, "guard_phone": centre_settings().phone}


def notice_of(form: NoticeForm, *, now: datetime) -> Notice:
    """The notice that would come of the form if it were sent this moment, as far as it can be told. Not stored."""
    data: dict[str, Any] = {}
    if form.is_bound:
        form.errors  # noqa: B018 (validates)
        data = form.notice_data()
    data["kind"] = form.kind
    data["media"] = wanted_media(data.get("media") or form["media"].value() or [])
    notice = Notice(pk=0, received_at=now, policy=policy_at(now).as_deadline_policy().as_json(), **data)
    sessions = notice.sessions.none()
    sessions._result_cache = [
        notice.sessions.model(notice=notice, starts_at=starts_at, ends_at=ends_at, is_all_day=is_all_day)
        for starts_at, ends_at, is_all_day in (form.sessions() if form.is_bound else [])
    ]
    empty = {name: getattr(notice, name).none() for name in ("attachments", "page_links", "entries")}
    notice._prefetched_objects_cache = {"sessions": sessions, **empty}
    start_clock(notice, now, opening_calendar())
    return notice
