"""What the pages of groups show: the directory in the order of kana, and one group with what it does at the moment."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Page

from activities import details, models, queries
from activities.listing import Chip, address, choices, is_on, known, page_of
from center import structured_data
from center.addresses import full_address
from center.japanese.kana import OTHER, ROWS
from center.opening import tokyo_date
from center.visibility import publicly_visible

POSTS_SHOWN = 5
SESSIONS_SHOWN = 6
FESTAS_SHOWN = 3
STILL_FRESH = timedelta(days=365)
"""What a group confirmed longer ago may have changed, and the page says so."""
WEB_ADDRESSES = ("https://", "http://")


def group_list(page: Page, request: HttpRequest) -> dict:
    """Groups in the order of kana. Filters: field, area (address parts), kind, recruiting=1, kana=か (or 他)."""
    return groups_at(timezone.now(), page=page, request=request)


def groups_at(now: datetime, *, page: Page, request: HttpRequest) -> dict:
    """The list of groups at `now`. `wishes`: each condition in words, with the address of the list without it."""
    reading = {"now": now, "language": page.locale.language_code, "visible": publicly_visible(now=now)}
    fields, areas = list(queries.fields_of_activity(**reading)), list(models.Area.objects.all())
    asked = {
        "field": known(request.GET, "field", [field.slug for field in fields]),
        "area": known(request.GET, "area", [area.slug for area in areas]),
        "kind": known(request.GET, "kind", models.GroupKind.values),
        "recruiting": is_on(request.GET, "recruiting"),
    }
    row = known(request.GET, "kana", [*ROWS, OTHER])
    found = queries.groups(**asked, **reading)
    plain = found.prefetch_related(None).order_by()
    heads = dict(plain.values("kana_row").annotate(number=Count("pk")).values_list("kana_row", "number"))
    parts = asked | {"kana": row}
    field_choices = choices([(field.slug, field) for field in fields], asked["field"])
    area_choices = choices([(area.slug, area) for area in areas], asked["area"])
    kind_choices = choices(models.GroupKind.choices, asked["kind"])
    words = {
        "field": _chosen(field_choices),
        "area": _chosen(area_choices),
        "kind": _chosen(kind_choices),
        "recruiting": _("looking for members") if asked["recruiting"] else "",
        "kana": _kana_words(row),
    }
    return {
        "today": tokyo_date(now),
        "page_obj": page_of(
            found.filter(kana_row=row) if row else found,
            request.GET,
            count=heads.get(row, 0) if row else sum(heads.values()),
        ),
        "chips": [
            Chip("?", pgettext("groups", "All"), not any(parts.values())),
            Chip(address(parts, recruiting=not asked["recruiting"]), _("looking for members"), asked["recruiting"]),
            *(
                Chip(address(parts, kind="" if asked["kind"] == kind else kind), str(kind.label), asked["kind"] == kind)
                for kind in (models.GroupKind.NPO, models.GroupKind.VOLUNTARY, models.GroupKind.NEIGHBOURHOOD)
            ),
        ],
        "wishes": [(words[name], address(parts, **{name: ""})) for name in parts if parts[name]],
        "kana": [
            Chip(address(parts, kana="" if head == row else head) if head in heads else "", head, head == row)
            for head in [*ROWS, OTHER]
        ],
        "kana_row": row,
        "fields": field_choices,
        "areas": area_choices,
        "kinds": kind_choices,
        "is_recruiting": asked["recruiting"],
        "is_narrowed": any(parts.values()),
        "is_filter_open": bool(asked["field"] or asked["area"]),
        "by_field": [] if any(parts.values()) else [field for field in fields if field.group_count],
    }


def _chosen(found: list) -> str:
    return next((choice.words for choice in found if choice.is_chosen), "")


def _kana_words(row: str) -> str:
    if not row:
        return ""
    return pgettext("kana", "Others") if row == OTHER else _("%(kana)s row") % {"kana": row}


@dataclass(frozen=True)
class Booth:
    """A festa at which the group shows its work."""

    festa: Page
    on: date | None
    place: str
    is_sample: bool


def group_detail(page: "models.GroupPage", request: HttpRequest) -> dict:
    """The group at this moment."""
    return group_at(timezone.now(), page=page, request=request)


def group_at(now: datetime, *, page: "models.GroupPage", request: HttpRequest) -> dict:
    """The group's own events to come, its news, open posts and booths, and the contacts that everybody may see."""
    visible, asked = details.ground(page, now)
    own = {"page__organiser_group__translation_key": page.translation_key}
    sessions = queries.coming_sessions(one_per_event=True, **asked).filter(**own).prefetch_related(None)
    posts = queries.open_match_posts(**asked).filter(group__translation_key=page.translation_key)
    today = tokyo_date(now)
    contacts = page.public_contacts()
    confirmed_on = page.last_confirmed_on
    return {
        "today": today,
        "is_recruiting": page.is_recruiting_on(today),
        "contacts": contacts,
        "sessions": list(sessions[:SESSIONS_SHOWN]),
        "news": list(queries.news(**asked).filter(group__translation_key=page.translation_key)[: details.NEWS_SHOWN]),
        "posts": list(posts[:POSTS_SHOWN]),
        "booths": _booths(page, asked["language"], visible),
        "is_long_ago": bool(confirmed_on) and confirmed_on < today - STILL_FRESH,
        "structured_data": _script(page, contacts, request),
    }


def _booths(page: "models.GroupPage", language: str, visible) -> list[Booth]:
    rows = models.FestaExhibitor.objects.filter(group__translation_key=page.translation_key).select_related("page")
    rows = list(rows.prefetch_related("page__sessions"))
    festas = details.public_versions([row.page for row in rows], language, visible)
    found: dict[int, Booth] = {}
    for row in rows:
        festa = festas.get(row.page.translation_key)
        if festa:
            days = [session.starts_on for session in row.page.sessions.all()]
            found.setdefault(festa.pk, Booth(festa, min(days, default=None), row.booth, row.page.is_sample))
    return sorted(found.values(), key=lambda booth: booth.on or date.min, reverse=True)[:FESTAS_SHOWN]


def _script(page: "models.GroupPage", contacts: list["models.GroupContact"], request: HttpRequest) -> SafeString:
    kinds = models.GroupContact.Kind
    values: dict[str, list[str]] = {}
    for contact in contacts:
        values.setdefault(contact.kind, []).append(contact.value)
    pages = [*values.get(kinds.WEB, []), *values.get(kinds.SOCIAL, [])]
    facts = structured_data.OrganisationFacts(
        name=page.title,
        url=full_address(page, request),
        description=page.summary,
        is_non_profit=page.kind == models.GroupKind.NPO,
        founded_year=page.founded_year,
        phones=values.get(kinds.PHONE, []),
        emails=values.get(kinds.EMAIL, []),
        addresses=values.get(kinds.ADDRESS, []),
        same_as=[value for value in pages if value.startswith(WEB_ADDRESSES)],
        subjects=[str(field) for field in page.activity_fields.all()],
    )
    return structured_data.script(structured_data.organisation_data(facts))
