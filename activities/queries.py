"""What the public may read of events, grants, groups, news, posts and the magazine.

Every read goes through `center.visibility.publicly_visible`. Whoever needs several reads for one answer asks it once
and hands the result to each as `visible` (all public pages at `now`): the gate then costs its two small queries once.
A group, place or page that a row names comes along only where it is public itself: a hidden group reads as None.
The pages of events come as base rows; `event_kind` and `kind_word` say what they are without another query.
`language` is a code of the site; without it rows of every language come. All days are days in Asia/Tokyo.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerChoices,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, ExtractYear, TruncDate, TruncMonth
from wagtail.query import PageQuerySet

from activities import models  # by module: the list pages among the models ask these reads
from center.opening import TOKYO, day_end, day_start, tokyo_date
from center.visibility import publicly_visible

JAPANESE = "ja"
SOON_DAYS = 14
AMOUNTS: dict[str, tuple[int, int | None]] = {"10": (0, 100_000), "50": (100_001, 500_000), "over": (500_001, None)}
"""Bands of a grant's upper amount in yen, both ends included, by their value in the address."""
ARCHIVE_DAYS = 180
"""How long a matching post that is settled can still be found in its list."""
EVENT_KINDS = ("event", "lecture", "festa", "salon")
EVENT_ACCESS = ("wheelchair", "hearing", "children")


@dataclass(frozen=True, kw_only=True)
class EventFilter:
    """What a reader narrows the events to; empty parts narrow nothing. `kinds` holds names of EVENT_KINDS."""

    kinds: frozenset[str] = frozenset()
    area: str = ""
    is_free: bool = False
    is_online: bool = False
    is_walk_in: bool = False
    access: frozenset[str] = frozenset()
    """Names of EVENT_ACCESS: what must be possible, at least when one asks beforehand."""


NO_FILTER = EventFilter()


# What is public, in which language


def _gate(now: datetime, visible: PageQuerySet | None) -> PageQuerySet:
    return (publicly_visible(now=now) if visible is None else visible).order_by()


def _is_in(visible: PageQuerySet, relation: str = "pk") -> Exists:
    return Exists(visible.filter(pk=OuterRef(relation)))


def in_locale(rows: QuerySet, language: str, *, visible: PageQuerySet | None = None, prefix: str = "") -> QuerySet:
    """Of `rows` the pages of that language, and the Japanese ones that have no public page in it.

    `visible` holds the public pages among which a translation is looked for (default: at this moment); `prefix` leads
    from the rows to their page ("page__" for sessions). Keeps order and type.
    """
    if language == JAPANESE:
        return rows.filter(**{f"{prefix}locale__language_code": JAPANESE})
    translations = (publicly_visible() if visible is None else visible).order_by()
    translated = translations.filter(
        translation_key=OuterRef(f"{prefix}translation_key"), locale__language_code=language
    )
    return rows.filter(
        Q(**{f"{prefix}locale__language_code": language})
        | (Q(**{f"{prefix}locale__language_code": JAPANESE}) & ~Exists(translated))
    )


def _pages(
    pages: PageQuerySet, now: datetime, language: str | None, visible: PageQuerySet | None, *, group: str = ""
) -> PageQuerySet:
    """The public ones of typed `pages`, in that language; `group` names a relation to a group that a row shows."""
    visible = _gate(now, visible)
    pages = pages.filter(_is_in(visible)).select_related("locale")
    if language:
        pages = in_locale(pages, language, visible=visible)
    return pages.prefetch_related(_if_public(group, visible)) if group else pages


def _if_public(relation: str, visible: PageQuerySet) -> Prefetch:
    """A group that is not public is read as None, so that no row can name it."""
    groups = models.GroupPage.objects.order_by().select_related("locale")
    return Prefetch(relation, queryset=groups.filter(_is_in(visible)))


# Events


def _public_sessions(
    now: datetime, filters: EventFilter, language: str | None, visible: PageQuerySet | None
) -> QuerySet["models.EventSession"]:
    """The bare rows: public, in that language, as the filters say."""
    visible = _gate(now, visible)
    sessions = models.EventSession.objects.filter(_is_in(visible, "page_id"))
    if language:
        sessions = in_locale(sessions, language, visible=visible, prefix="page__")
    return sessions.filter(_wanted(filters, "page__"))


def _sessions(
    now: datetime, filters: EventFilter, language: str | None, visible: PageQuerySet | None
) -> QuerySet["models.EventSession"]:
    """The rows with their pages, and which of how many sessions each is."""
    visible = _gate(now, visible)
    sessions = _public_sessions(now, filters, language, visible)
    sessions = sessions.select_related("page__locale", "page__place", "page__area")
    siblings = models.EventSession.objects.filter(page_id=OuterRef("page_id")).order_by()
    earlier = siblings.filter(
        Q(starts_at__lt=OuterRef("starts_at")) | Q(starts_at=OuterRef("starts_at"), pk__lt=OuterRef("pk"))
    )
    return sessions.annotate(session_count=_count(siblings), session_number=_count(earlier) + 1).prefetch_related(
        _if_public("page__organiser_group", visible)
    )


def _wanted(filters: EventFilter, prefix: str = "") -> Q:
    """A filter on events; `prefix` leads from the rows to their page ("page__" for sessions)."""
    wanted = {}
    if filters.kinds:
        kinds = [kind for kind in EVENT_KINDS if kind in filters.kinds]
        wanted["content_type__in"] = [event_content_types()[kind] for kind in kinds]
    if filters.is_free:
        wanted["is_free"] = True
    if filters.is_online:
        wanted["is_online"] = True
    wanted |= {f"{name}_access__in": models.ACCESSIBLE for name in EVENT_ACCESS if name in filters.access}
    found = Q(**{f"{prefix}{name}": value for name, value in wanted.items()})
    if filters.area:
        of_place = {f"{prefix}area__isnull": True, f"{prefix}place__area__slug": filters.area}
        found &= Q(**{f"{prefix}area__slug": filters.area}) | Q(**of_place)
    if filters.is_walk_in:
        without = {f"{prefix}application_way": models.ApplicationWay.NONE}
        found &= Q(**{f"{prefix}is_walk_in": True}) | Q(**without)
    return found


def _count(rows: QuerySet) -> Subquery:
    """How many of correlated `rows` there are, for each row outside."""
    return Subquery(rows.annotate(n=Func(F("pk"), function="COUNT")).values("n"), output_field=IntegerField())


def event_content_types() -> dict[str, ContentType]:
    """The content type of each kind of event; read from memory after the first time."""
    kinds = (models.EventPage, models.LecturePage, models.FestaPage, models.SalonPage)
    found = ContentType.objects.get_for_models(*kinds)
    return dict(zip(EVENT_KINDS, (found[model] for model in kinds), strict=True))


def coming_sessions(
    *,
    now: datetime,
    first_on: date | None = None,
    last_on: date | None = None,
    filters: EventFilter = NO_FILTER,
    language: str | None = None,
    one_per_event: bool = False,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.EventSession"]:
    """Sessions of public events that are not over at `now`, earliest start first; cancelled ones are among them.

    Those that touch a day from `first_on` to `last_on`, both included. With `one_per_event` only the first such
    session of each event. `session.page` comes with place, area and organiser (two queries in all); `session_number`
    says which of the event's `session_count` sessions it is, from 1.
    """
    bounds = _touching(first_on, last_on) & Q(until_at__gt=now)
    sessions = _sessions(now, filters, language, visible).filter(bounds)
    if one_per_event:
        earlier = models.EventSession.objects.filter(bounds, page_id=OuterRef("page_id")).filter(
            Q(starts_at__lt=OuterRef("starts_at")) | Q(starts_at=OuterRef("starts_at"), pk__lt=OuterRef("pk"))
        )
        sessions = sessions.exclude(Exists(earlier))
    return sessions.order_by("starts_at", "pk")


def sessions_between(
    *,
    now: datetime,
    first_on: date,
    last_on: date | None = None,
    filters: EventFilter = NO_FILTER,
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.EventSession"]:
    """Sessions of public events that touch a day from `first_on` to `last_on`, over or not, earliest start first."""
    sessions = _sessions(now, filters, language, visible)
    return sessions.filter(_touching(first_on, last_on)).order_by("starts_at", "pk")


def event_sessions(
    slug: str, *, now: datetime, language: str | None = None, visible: PageQuerySet | None = None
) -> QuerySet["models.EventSession"]:
    """All sessions of the one public event with that address part, earliest start first."""
    return _sessions(now, NO_FILTER, language, visible).filter(page__slug=slug).order_by("starts_at", "pk")


def all_sessions(*, now: datetime, language: str = JAPANESE) -> QuerySet["models.EventSession"]:
    """Every session of every public event, over or not, earliest start first."""
    return _sessions(now, NO_FILTER, language, None).order_by("starts_at", "pk")


def past_sessions(
    *,
    now: datetime,
    first_on: date | None = None,
    last_on: date | None = None,
    filters: EventFilter = NO_FILTER,
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.EventSession"]:
    """The last session of each public event that is over at `now`, latest first; days bound as in `coming_sessions`."""
    sessions = _sessions(now, filters, language, visible).filter(_touching(first_on, last_on), _is_last(now))
    return sessions.order_by("-starts_at", "-pk")


def past_months(
    *,
    now: datetime,
    filters: EventFilter = NO_FILTER,
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> list[tuple[date, int]]:
    """The months in which `past_sessions` stand, latest first, each as its first day with how many there are."""
    sessions = _public_sessions(now, filters, language, visible).filter(_is_last(now)).order_by()
    months = sessions.annotate(month=TruncMonth("starts_at", tzinfo=TOKYO)).values_list("month")
    return [(tokyo_date(month), count) for month, count in months.annotate(n=Count("pk")).order_by("-month")]


def _is_last(now: datetime) -> Q:
    """A filter on sessions: over at `now`, and the last one of an event that is over altogether."""
    later = models.EventSession.objects.filter(page_id=OuterRef("page_id")).filter(
        Q(until_at__gt=now)
        | Q(starts_at__gt=OuterRef("starts_at"))
        | Q(starts_at=OuterRef("starts_at"), pk__gt=OuterRef("pk"))
    )
    return Q(until_at__lte=now) & ~Exists(later)


def _touching(first_on: date | None, last_on: date | None) -> Q:
    bounds = Q()
    if first_on:
        bounds &= Q(until_at__gt=day_start(first_on))
    if last_on:
        bounds &= Q(starts_at__lt=day_end(last_on))
    return bounds


def changed_events(
    *,
    now: datetime,
    filters: EventFilter = NO_FILTER,
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.EventPage"]:
    """Public events that were cancelled, postponed or changed and are not over at `now`.

    Cancelled ones first, then postponed, then changed; within each the earliest first. `next_starts_at` is the start
    of the first session that is not over.
    """
    states = models.EventState
    events = models.EventPage.objects.exclude(state=states.PLANNED).filter(_wanted(filters))
    events = _pages(events, now, language, visible, group="organiser_group").select_related("locale", "place", "area")
    return (
        events.annotate(next_starts_at=Min("sessions__starts_at", filter=Q(sessions__until_at__gt=now)))
        .filter(next_starts_at__isnull=False)
        .annotate(
            urgency=Case(
                When(state=states.CANCELLED, then=Value(0)),
                When(state=states.POSTPONED, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .order_by("urgency", "next_starts_at", "pk")
    )


def latest_events(
    *,
    now: datetime,
    filters: EventFilter = NO_FILTER,
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.EventPage"]:
    """Public events, the last published or changed one first, with their sessions."""
    found = models.EventPage.objects.filter(_wanted(filters))
    events = _pages(found, now, language, visible, group="organiser_group")
    events = events.select_related("locale", "place", "area").prefetch_related("sessions")
    return events.order_by("-last_published_at", "-pk")


def others_of_type(
    page: "models.EventPage", *, now: datetime, language: str | None = None, visible: PageQuerySet | None = None
) -> QuerySet["models.EventPage"]:
    """The other public events of the type of `page`, earliest first, those without a session left out.

    `first_at` is the start of the first session, `over_at` the end of the last one.
    """
    found = type(page).objects.exclude(translation_key=page.translation_key)
    found = _pages(found, now, language, visible)
    found = found.annotate(first_at=Min("sessions__starts_at"), over_at=Max("sessions__until_at"))
    return found.filter(first_at__isnull=False).order_by("first_at", "pk")


# Grants


class GrantStage(IntegerChoices):
    """What is to be done about a grant, the most pressing first: the order of its list."""

    SOON = 0
    OPEN = 1
    ALWAYS = 2
    LATER = 3


def _closed_grants(now: datetime) -> Q:
    today, clock = tokyo_date(now), now.astimezone(TOKYO).time()
    return Q(closes_on__lt=today) | Q(closes_on=today, closes_time__lt=clock)


def _grants(
    now: datetime, language: str | None, who: str, visible: PageQuerySet | None, amount: str = ""
) -> QuerySet["models.GrantPage"]:
    grants = _pages(models.GrantPage.objects.all(), now, language, visible).prefetch_related("applicants")
    if who:
        of_kind = models.GrantApplicant.objects.filter(page_id=OuterRef("pk"), kind=who)
        grants = grants.filter(Exists(of_kind))
    if amount in AMOUNTS:
        least, most = AMOUNTS[amount]
        grants = grants.filter(amount_upper__gte=least)
        grants = grants.filter(amount_upper__lte=most) if most else grants
    return grants


def open_grants(
    *,
    now: datetime,
    who: str = "",
    after_on: date | None = None,
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.GrantPage"]:
    """Public grants with a deadline that has not passed at `now`, nearest deadline first, cancelled ones left out.

    Those that open later are among them. `who` is a value of ApplicantKind; `after_on`: only deadlines on later days.
    """
    grants = _grants(now, language, who, visible)
    grants = grants.filter(closes_on__isnull=False, is_cancelled=False).exclude(_closed_grants(now))
    if after_on:
        grants = grants.filter(closes_on__gt=after_on)
    return grants.order_by("closes_on", F("closes_time").asc(nulls_last=True), "pk")


def closing_soon_grants(
    *,
    now: datetime,
    days: int = SOON_DAYS,
    who: str = "",
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.GrantPage"]:
    """Those of `open_grants` whose deadline lies at most `days` days after today."""
    grants = open_grants(now=now, who=who, language=language, visible=visible)
    return grants.filter(closes_on__lte=tokyo_date(now) + timedelta(days=days))


def always_open_grants(
    *, now: datetime, who: str = "", language: str | None = None, visible: PageQuerySet | None = None
) -> QuerySet["models.GrantPage"]:
    """Public grants without a deadline, by title, cancelled ones left out."""
    grants = _grants(now, language, who, visible)
    return grants.filter(closes_on__isnull=True, is_cancelled=False).order_by("title", "pk")


def current_grants(
    *,
    now: datetime,
    who: str = "",
    amount: str = "",
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.GrantPage"]:
    """Public grants that are open or open later, by their `stage` (GrantStage), cancelled ones left out.

    Within a stage the nearest deadline first, those that open later by the day of opening. `amount` is a key of
    AMOUNTS; a grant without an upper amount is in no band.
    """
    today = tokyo_date(now)
    grants = _grants(now, language, who, visible, amount).filter(is_cancelled=False).exclude(_closed_grants(now))
    stage = Case(
        When(opens_on__gt=today, then=Value(GrantStage.LATER)),
        When(closes_on__isnull=True, then=Value(GrantStage.ALWAYS)),
        When(closes_on__lte=today + timedelta(days=SOON_DAYS), then=Value(GrantStage.SOON)),
        default=Value(GrantStage.OPEN),
        output_field=IntegerField(),
    )
    day = Case(When(opens_on__gt=today, then=F("opens_on")), default=F("closes_on"))
    grants = grants.annotate(stage=stage, stage_day=day)
    return grants.order_by(
        "stage", F("stage_day").asc(nulls_last=True), F("closes_time").asc(nulls_last=True), "title", "pk"
    )


def closed_grants(
    *,
    now: datetime,
    who: str = "",
    amount: str = "",
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.GrantPage"]:
    """Public grants that are closed at `now` or were cancelled, latest deadline first."""
    grants = _grants(now, language, who, visible, amount).filter(_closed_grants(now) | Q(is_cancelled=True))
    return grants.order_by(F("closes_on").desc(nulls_last=True), "pk")


def grant_with_deadline(slug: str, *, now: datetime, language: str | None = None) -> "models.GrantPage | None":
    """The one public grant with that address part, where it has a deadline; None otherwise."""
    return _grants(now, language, "", None).filter(slug=slug, closes_on__isnull=False).first()


# Groups


def groups(
    *,
    now: datetime,
    field: str = "",
    area: str = "",
    kind: str = "",
    recruiting: bool = False,
    row: str = "",
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.GroupPage"]:
    """Public groups in the order of their readings (五十音順), those without a reading last.

    `field` and `area` are address parts, `kind` a value of GroupKind, `row` the head of a row of kana (か) or 他.
    `recruiting`: only those that look for members today.
    """
    found = _pages(models.GroupPage.objects.all(), now, language, visible)
    if field:
        found = found.filter(activity_fields__slug=field)
    if area:
        found = found.filter(areas__slug=area)
    if kind:
        found = found.filter(kind=kind)
    if recruiting:
        found = found.filter(recruiting_at(now))
    if row:
        found = found.filter(kana_row=row)
    return found.prefetch_related("activity_fields").order_by("kana_key", "title", "pk")


def recruiting_at(now: datetime) -> Q:
    """A filter on groups: those that look for members on the day of `now`."""
    open_still = Q(recruiting_until_on__isnull=True) | Q(recruiting_until_on__gte=tokyo_date(now))
    return Q(is_recruiting=True) & open_still


def fields_of_activity(
    *, now: datetime, language: str = JAPANESE, visible: PageQuerySet | None = None
) -> QuerySet["models.ActivityField"]:
    """All fields of activity in the law's order, each with the `group_count` of its public groups."""
    shown = _pages(models.GroupPage.objects.all(), now, language, visible).order_by().values("pk")
    fields = models.ActivityField.objects.annotate(
        group_count=Count("groups", filter=Q(groups__in=shown), distinct=True)
    )
    return fields.order_by("order", "slug")


def groups_by_field(
    *, now: datetime, language: str = JAPANESE, visible: PageQuerySet | None = None
) -> QuerySet["models.ActivityField"]:
    """Those `fields_of_activity` in which a public group is active."""
    return fields_of_activity(now=now, language=language, visible=visible).filter(group_count__gt=0)


# News, posts, magazine


def news(
    *,
    now: datetime,
    kind: str = "",
    year: int | None = None,
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.NewsPage"]:
    """Public news, newest first by the day that it carries (`shown_on`; without one the day of publishing).

    `year` is a calendar year of that day.
    """
    found = _pages(models.NewsPage.objects.all(), now, language, visible, group="group")
    if kind:
        found = found.filter(kind=kind)
    shown_on = Coalesce("published_on", TruncDate("first_published_at", tzinfo=TOKYO))
    found = found.annotate(shown_on=shown_on)
    if year:
        found = found.filter(shown_on__gte=date(year, 1, 1), shown_on__lt=date(year + 1, 1, 1))
    return found.order_by("-shown_on", "-pk")


def news_years(*, now: datetime, language: str | None = None, visible: PageQuerySet | None = None) -> list[int]:
    """The calendar years that have public news, latest first."""
    found = news(now=now, language=language, visible=visible).prefetch_related(None).order_by()
    years = found.annotate(shown_year=ExtractYear("shown_on")).values_list("shown_year", flat=True).distinct()
    return sorted({year for year in years if year}, reverse=True)


def calls(
    *, now: datetime, language: str | None = None, visible: PageQuerySet | None = None
) -> QuerySet["models.NewsPage"]:
    """Public calls that are open at `now`, nearest deadline first, those without a deadline last and newest first."""
    today, clock = tokyo_date(now), now.astimezone(TOKYO).time()
    passed = Q(deadline_on__lt=today) | Q(deadline_on=today, deadline_time__lt=clock)
    found = news(now=now, kind=models.NewsKind.CALL, language=language, visible=visible)
    found = found.filter(is_closed=False).exclude(passed)
    return found.order_by(F("deadline_on").asc(nulls_last=True), "-shown_on", "-pk")


def match_posts(
    *,
    now: datetime,
    direction: str = "",
    resource: str = "",
    actor: str = "",
    area: str = "",
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.MatchPage"]:
    """Public matching posts of every state, newest first. `area` is the address part of a part of the city."""
    found = _pages(models.MatchPage.objects.all(), now, language, visible, group="group").select_related("area")
    asked = {"direction": direction, "resource": resource, "actor": actor, "area__slug": area}
    found = found.filter(**{name: value for name, value in asked.items() if value})
    return found.order_by("-first_published_at", "-pk")


def open_match_posts(
    *,
    now: datetime,
    direction: str = "",
    resource: str = "",
    actor: str = "",
    area: str = "",
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.MatchPage"]:
    """Public matching posts that are open at `now`, nearest end first, those without an end last and newest first."""
    asked = {"direction": direction, "resource": resource, "actor": actor, "area": area}
    found = match_posts(now=now, language=language, visible=visible, **asked)
    found = found.filter(state=models.MatchState.OPEN).exclude(open_until_on__lt=tokyo_date(now))
    return found.order_by(F("open_until_on").asc(nulls_last=True), "-first_published_at", "-pk")


def closed_match_posts(
    *,
    now: datetime,
    direction: str = "",
    resource: str = "",
    actor: str = "",
    area: str = "",
    language: str | None = None,
    visible: PageQuerySet | None = None,
) -> QuerySet["models.MatchPage"]:
    """Public matching posts that are not open at `now`, newest first.

    Those being arranged; those matched, ended or past their day stay for ARCHIVE_DAYS after that.
    """
    asked = {"direction": direction, "resource": resource, "actor": actor, "area": area}
    found = match_posts(now=now, language=language, visible=visible, **asked)
    today, states = tokyo_date(now), models.MatchState
    since = now - timedelta(days=ARCHIVE_DAYS)
    return found.filter(
        Q(state=states.ARRANGING)
        | Q(state__in=(states.MATCHED, states.ENDED), last_published_at__gte=since)
        | Q(state=states.OPEN, open_until_on__lt=today, open_until_on__gte=tokyo_date(since))
    )


def magazine_issues(
    *, now: datetime, year: int | None = None, language: str | None = None, visible: PageQuerySet | None = None
) -> QuerySet["models.MagazineIssuePage"]:
    """Public issues of the magazine, newest first; with `year` those of that fiscal year (April to March)."""
    found = _pages(models.MagazineIssuePage.objects.all(), now, language, visible)
    found = found.select_related("pdf__pdf_reading__cover", "cover", "locale")
    found = found.prefetch_related("cover__renditions", "pdf__pdf_reading__cover__renditions")
    if year:
        found = found.filter(issued_on__gte=date(year, 4, 1), issued_on__lt=date(year + 1, 4, 1))
    return found.order_by("-issued_on", "-number", "-pk")


def newest_magazine_issue(
    *, now: datetime, language: str | None = None, visible: PageQuerySet | None = None
) -> "models.MagazineIssuePage | None":
    """The public issue that came out last, with its articles; None where there is none."""
    issues = magazine_issues(now=now, language=language, visible=visible)
    return issues.prefetch_related("articles").first()


def next_magazine_on(after: date) -> date | None:
    """The first day of publication later than `after`, by the cadence on the magazine's page; None without one."""
    page = models.MagazineIndexPage.objects.filter(locale__language_code=JAPANESE).order_by("path").first()
    return page.next_issue_on(after) if page else None
