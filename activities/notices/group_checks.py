"""Once a year a group is asked whether its page is still right, and says so in one tap."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncDate
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log
from wagtail.models import Revision

from activities.models import GroupCheck, GroupPage, Notice
from activities.notices import group_mails
from activities.notices.groups import address_of, issue_link, valid_link
from center.opening import TOKYO, tokyo_date
from center.visibility import publicly_visible

CONFIRMED_FOR = timedelta(days=365)
REMINDED_AFTER = timedelta(days=30)


def unconfirmed_groups(now: datetime) -> QuerySet[GroupPage]:
    """The Japanese group pages that the public sees and that nobody has confirmed for more than a year: neither the
    group, nor by the page having been new."""
    newest = tokyo_date(now - CONFIRMED_FOR)
    first_public = TruncDate("first_published_at", tzinfo=TOKYO)
    pages = GroupPage.objects.filter(locale__language_code=settings.LANGUAGE_CODE)
    return (
        publicly_visible(pages, now=now)
        .alias(known_on=Coalesce("last_confirmed_on", first_public))
        .filter(known_on__lt=newest)
    )


def groups_unconfirmed(now: datetime) -> QuerySet[GroupPage]:
    """For staff: groups whose page is older than a year and that did not answer the question and its reminder, or that
    have no address to ask. Annotated with `asked_at` (None where nobody could be asked); longest waiting first."""
    checks = GroupCheck.objects.filter(group=OuterRef("pk"), reminded_at__isnull=False, answered_at__isnull=True)
    asked = checks.filter(asked_at__gt=now - CONFIRMED_FOR).order_by("-asked_at").values("asked_at")[:1]
    found = unconfirmed_groups(now).annotate(asked_at=Subquery(asked))
    return found.filter(Q(asked_at__isnull=False) | Q(notice_email="")).order_by(
        F("asked_at").asc(nulls_last=True), "kana_key", "pk"
    )


def ask_groups(*, now: datetime) -> dict[str, int]:
    """Ask the groups whose page is older than a year, once a year, and remind them once after REMINDED_AFTER.

    Returns the counts of "asked" and "reminded". Safe at any time, any number.
    """
    recent = GroupCheck.objects.filter(group=OuterRef("pk"), asked_at__gt=now - CONFIRMED_FOR)
    waiting = unconfirmed_groups(now).exclude(notice_email="")
    asked = sum(_ask(group, now=now) for group in waiting.filter(~Exists(recent)).order_by("pk"))
    open_checks = GroupCheck.objects.filter(
        group__in=waiting, answered_at__isnull=True, reminded_at__isnull=True, asked_at__lte=now - REMINDED_AFTER
    ).filter(asked_at__gt=now - CONFIRMED_FOR)
    reminded = sum(_remind(check.pk, now=now) for check in open_checks.order_by("pk"))
    return {"asked": asked, "reminded": reminded}


def _ask(group: GroupPage, *, now: datetime) -> bool:
    with transaction.atomic():
        # held until the end, so that two ticks at once ask once
        row = GroupPage.objects.select_for_update(of=("self",)).get(pk=group.pk)
        if GroupCheck.objects.filter(group=row, asked_at__gt=now - CONFIRMED_FOR).exists():
            return False
        check = GroupCheck.objects.create(group=row, sent_to=row.notice_email, asked_at=now)
        log(instance=row, action="activities.group.asked", timestamp=now)
        _send_question(row, check, is_reminder=False, now=now)
    return True


def _remind(pk: int, *, now: datetime) -> bool:
    with transaction.atomic():
        check = GroupCheck.objects.select_for_update(of=("self",)).select_related("group").get(pk=pk)
        if check.reminded_at or check.answered_at:
            return False
        if _has_written_since(check):
            check.answered_at = now
            check.save(update_fields=["answered_at"])
            return False
        check.reminded_at = now
        check.save(update_fields=["reminded_at"])
        _send_question(check.group, check, is_reminder=True, now=now)
    return True


def _has_written_since(check: GroupCheck) -> bool:
    """Whether a change of the group's page has been asked for since the question."""
    return Notice.objects.filter(about_page=check.group, received_at__gte=check.asked_at).exists()


def _send_question(group: GroupPage, check: GroupCheck, *, is_reminder: bool, now: datetime) -> None:
    link = valid_link(group, now=now) or issue_link(group=group, by=None, now=now, is_mailed=False)
    with translation.override(settings.LANGUAGE_CODE):
        context = {
            "facts": facts_in_short(group),
            "page_address": settings.SITE_URL + (group.get_url_parts() or ("", "", ""))[2],
            "yes_address": address_of(link, "notices:group_check"),
            "no_address": address_of(link, "notices:group_correct"),
        }
        group_mails.send_question(group, context=context, is_reminder=is_reminder, asked_on=check.asked_at, now=now)


def open_check(group: GroupPage, *, now: datetime) -> GroupCheck | None:
    """The question that waits for this group's answer."""
    return GroupCheck.objects.filter(group=group, answered_at__isnull=True, asked_at__gt=now - CONFIRMED_FOR).first()


# The answer


def confirm_group(*, group: GroupPage, now: datetime) -> None:
    """The group says that its page is right as the public sees it: today is the day it was last confirmed on.

    Set on the live page, on its translations, and inside their revisions, so that a draft that somebody works on
    keeps all its other words. Safe to repeat. Logged.
    """
    today = tokyo_date(now)
    with transaction.atomic():
        pages = GroupPage.objects.select_for_update(of=("self",)).filter(translation_key=group.translation_key)
        for page in pages.order_by("pk"):
            _set_confirmed(page, today)
        GroupCheck.objects.filter(group=group, answered_at__isnull=True).update(answered_at=now)
        log(instance=group, action="activities.group.confirmed", timestamp=now)
    group.last_confirmed_on = today


def _set_confirmed(page: GroupPage, day: date) -> None:
    GroupPage.objects.filter(pk=page.pk).update(last_confirmed_on=day)
    kept = Q(pk__in=[pk for pk in (page.latest_revision_id, page.live_revision_id) if pk])
    scheduled = Q(approved_go_live_at__isnull=False)
    for revision in Revision.page_revisions.filter(object_id=str(page.pk)).filter(kept | scheduled):
        content = revision.content | {"last_confirmed_on": day.isoformat()}
        # not save(): it would take a scheduled publication for a cancelled one
        Revision.objects.filter(pk=revision.pk).update(content=content)


# What the page says, in short


def facts_in_short(page: GroupPage) -> list[tuple[str, str]]:
    """What citizens read on the group's page, name and words, for the question. Without what is empty."""
    fields = "、".join(str(field) for field in page.activity_fields.all())
    areas = "、".join(str(area) for area in page.areas.all())
    contacts = "、".join(f"{contact.get_kind_display()} {contact.value}" for contact in page.public_contacts())
    recruiting = page.recruiting_text or _("looking for members") if page.is_recruiting else ""
    facts = [
        (_("Name"), page.title),
        (_("What the group does"), page.summary),
        (_("Fields of activity"), fields),
        (_("Areas"), areas),
        (_("Days of activity"), page.activity_days),
        (_("Where the group meets"), page.activity_place),
        (_("Members"), _("%s people") % f"{page.member_count:,}" if page.member_count else ""),
        (_("Membership fee"), page.membership_fee),
        (_("Looking for members"), recruiting),
        (_("Contact"), contacts),
    ]
    return [(name, " ".join(words.split())) for name, words in facts if words]
