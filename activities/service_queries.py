"""Reads around services: what is known of the consultations, and the stands with what is on display today."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q
from wagtail.query import PageQuerySet

from activities.details import public_versions
from activities.models import ConsultationService, GroupPage, Place, Stand, StandDisplay, YesNo


@dataclass(frozen=True)
class ShownDisplay:
    """One thing on display; `group` is its page where that is public, `group_name` its name in words."""

    display: StandDisplay
    group: GroupPage | None
    group_name: str


@dataclass
class ShownStand:
    """One stand with its number on the map (0: its position is unknown) and what is on display."""

    stand: Stand
    number: int = 0
    displays: list[ShownDisplay] = field(default_factory=list)

    @property
    def position(self) -> tuple[Decimal, Decimal] | None:
        return self.stand.position

    @property
    def map_place(self) -> Place | None:
        """What the link to a map elsewhere needs: a name and a position; not stored."""
        if self.position is None:
            return None
        latitude, longitude = self.position
        return Place(name=self.stand.name, latitude=latitude, longitude=longitude)


def services_known() -> dict[str, ConsultationService]:
    """By kind what staff know of the consultations; a kind that is missing is one of which nothing is known."""
    return {row.kind: row for row in ConsultationService.objects.all()}


def are_visits_unknown(known: dict[str, ConsultationService]) -> bool:
    """Whether nobody has said yet of any service whether it comes to the group."""
    return all(row.makes_visits == YesNo.UNKNOWN for row in known.values())


def makes_visits(kind: str) -> bool:
    """Whether staff have said that this service comes to the group."""
    return ConsultationService.objects.filter(kind=kind, makes_visits=YesNo.YES).exists()


def displays_on(day: date) -> Q:
    """A filter on displays: those that are up on that day, first and last day included; taken down earlier: not."""
    is_there = Q(taken_down_on__isnull=True) | Q(taken_down_on__gt=day)
    return Q(put_up_on__lte=day) & (Q(take_down_on__isnull=True) | Q(take_down_on__gte=day)) & is_there


def stands_on(day: date, *, language: str, visible: PageQuerySet, now: datetime) -> list[ShownStand]:
    """All stands in their order with what is on display on that day, the newest first. Names no page that is hidden."""
    stands = {row.pk: ShownStand(row) for row in Stand.objects.select_related("place")}
    for number, shown in enumerate((one for one in stands.values() if one.position), start=1):
        shown.number = number
    displays = list(StandDisplay.objects.filter(displays_on(day)).select_related("group"))
    groups = public_versions([row.group for row in displays if row.group], language, visible)
    for row in displays:
        group = groups.get(row.group.translation_key) if row.group else None
        stands[row.stand_id].displays.append(ShownDisplay(row, group, group.title if group else row.group_name))
    return list(stands.values())
