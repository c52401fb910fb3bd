"""The reminders leave: one mail for each person and moment, and never the same thing twice.

What was told is a row, written in the transaction that queues the mail. Two clocks side by side wait for one another
at the person's row; a clock that stood still for days tells only what is still true.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.permission_policies import ModelPermissionPolicy

from activities.models import DeskMailChoice, DeskReminder, Notice, ReminderKind
from activities.notices.reminders import Occasion, is_overdue_again, occasions
from center.models import CentreSettings, User
from center.opening import tokyo_date
from center.outbox import enqueue
from center.queries import centre_settings, opening_calendar

SHOWN = 20
"""More notices of one kind are counted, not listed."""


@dataclass(frozen=True)
class Part:
    """One kind of reminder in a mail."""

    kind: ReminderKind
    occasions: list[Occasion]

    @property
    def shown(self) -> list[Occasion]:
        return self.occasions[:SHOWN]

    @property
    def more_count(self) -> int:
        return max(0, len(self.occasions) - SHOWN)


def desk_staff() -> list[User]:
    """Who is written to: active people with an address who may work on notices and have not said no. By number."""
    policy = ModelPermissionPolicy(Notice)
    silent = DeskMailChoice.objects.filter(wants_reminders=False).values("user_id")
    people = policy.users_with_any_permission(("change",)).filter(is_active=True).exclude(email="")
    return list(people.exclude(pk__in=silent).order_by("pk").distinct())


def send_reminders(*, now: datetime) -> dict[str, int]:
    """Write to everybody who is to be told something now; return the counts "reminder_mails" and "reminders".

    Safe to run at any moment, any number of times, also side by side. Where nobody of the staff takes mails, the
    mailbox of the staff gets them.
    """
    done = {"reminder_mails": 0, "reminders": 0}
    found = occasions(calendar=opening_calendar(), now=now)
    if not found:
        return done
    for person, told in _by_person(found, desk_staff()):
        count = _write_to(person, told, now=now)
        done["reminders"] += count
        done["reminder_mails"] += bool(count)
    return done


def _by_person(found: list[Occasion], people: list[User]) -> Iterable[tuple[User | None, list[Occasion]]]:
    """Who is told what: the person in charge alone, or everybody; `None` is the mailbox of the staff."""
    by_pk = {person.pk: person for person in people}
    everybody: list[User | None] = list(people) or ([None] if centre_settings().staff_email else [])
    told: dict[int | None, list[Occasion]] = defaultdict(list)
    for occasion in found:
        in_charge = by_pk.get(occasion.notice.assigned_to_id)
        for person in everybody if occasion.is_for_all or in_charge is None else [in_charge]:
            told[person.pk if person else None].append(occasion)
    return [(by_pk.get(pk), rows) for pk, rows in told.items()]


def _write_to(person: User | None, told: list[Occasion], *, now: datetime) -> int:
    """Queue one mail with what this person has not been told yet; return how many things it tells."""
    with transaction.atomic():
        if not _hold(person):
            return 0
        new = _not_told(person, told, now=now)
        if not new:
            return 0
        DeskReminder.objects.bulk_create(
            DeskReminder(notice=one.notice, kind=one.kind, about=_about(one, now), user=person, at=now) for one in new
        )
        _enqueue(person, new, now=now)
    return len(new)


def _hold(person: User | None) -> bool:
    """Wait for whoever else writes to this person; False where the person is gone."""
    if person is None:
        CentreSettings.objects.select_for_update().first()
        return True
    return User.objects.select_for_update().filter(pk=person.pk).exists()


def _about(occasion: Occasion, now: datetime) -> str:
    """The occasion as it is kept; an overdue notice comes back, so its day of telling belongs to it."""
    if occasion.kind == ReminderKind.OVERDUE:
        return f"{occasion.about} {tokyo_date(now).isoformat()}"
    return occasion.about


def _not_told(person: User | None, told: list[Occasion], *, now: datetime) -> list[Occasion]:
    """Those that this person has not been told. One query for each kind."""
    new = []
    for kind, group in groupby(sorted(told, key=lambda one: one.order), key=lambda one: one.kind):
        rows = list(group)
        known = DeskReminder.objects.filter(kind=kind, user=person, notice__in=[one.notice.pk for one in rows])
        if kind == ReminderKind.OVERDUE:
            last: dict[tuple[int, str], datetime] = {}
            for pk, about, at in known.order_by("at").values_list("notice_id", "about", "at"):
                last[pk, about.split()[0]] = at
            new += [one for one in rows if is_overdue_again(last.get((one.notice.pk, one.about)), tokyo_date(now))]
        else:
            keys = set(known.values_list("notice_id", "about"))
            new += [one for one in rows if (one.notice.pk, one.about) not in keys]
    return new


# The mail


def _enqueue(person: User | None, new: list[Occasion], *, now: datetime) -> None:
    parts = [Part(ReminderKind(kind), list(rows)) for kind, rows in groupby(new, key=lambda one: one.kind)]
    with translation.override(settings.LANGUAGE_CODE):
        text = render_to_string(
            "notices/staff_mail/digest.txt",
            {
                "parts": parts,
                "person": person,
                "today": tokyo_date(now),
                "site": settings.SITE_URL.rstrip("/"),
                "board": settings.SITE_URL.rstrip("/") + reverse("notice_desk:index"),
            },
        )
        enqueue(
            kind="desk-reminder",
            to=person.email if person else centre_settings().staff_email,
            subject=subject_of(parts),
            text=text.strip() + "\n",
            now=now,
        )


def subject_of(parts: list[Part]) -> str:
    """What a mail is about: the two most urgent kinds with their numbers, and how many others."""
    words = [_part_words(part) for part in parts[:2]]
    rest = sum(len(part.occasions) for part in parts[2:])
    if rest:
        words.append(ngettext("%(count)d other", "%(count)d others", rest) % {"count": rest})
    return _("[Notice desk] %(what)s") % {"what": _("、").join(words)}


def _part_words(part: Part) -> str:
    count = len(part.occasions)
    return ngettext("%(what)s: %(count)d", "%(what)s: %(count)d", count) % {"what": part.kind.label, "count": count}
