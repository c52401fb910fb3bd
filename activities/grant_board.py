"""What the pages of grants show: the list by what is to be done first, and one grant with its state."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from wagtail.models import Page

from activities import models, queries
from activities.deadline_words import is_past_deadline
from activities.details import State, closed_state, open_state
from activities.listing import Chip, address, choices, is_on, known, page_of
from activities.queries import SOON_DAYS, GrantStage
from center.opening import tokyo_date
from center.visibility import publicly_visible


def grant_list(page: Page, request: HttpRequest) -> dict:
    """Grants by what is to be done first (`?closed=1`: the closed ones, latest first). Filters: who, amount."""
    return grants_at(timezone.now(), page=page, request=request)


def grants_at(now: datetime, *, page: Page, request: HttpRequest) -> dict:
    """The list of grants at `now`, in sections with their numbers on all pages together."""
    today = tokyo_date(now)
    who = known(request.GET, "who", models.ApplicantKind.values)
    amount = known(request.GET, "amount", queries.AMOUNTS)
    is_closed = is_on(request.GET, "closed")
    asked = {
        "now": now,
        "who": who,
        "amount": amount,
        "language": page.locale.language_code,
        "visible": publicly_visible(now=now),
    }
    rows = queries.closed_grants(**asked) if is_closed else queries.current_grants(**asked)
    page_obj = page_of(rows, request.GET)
    parts = {"who": who, "amount": amount, "closed": is_closed}
    amounts = amount_words()
    applicants = dict(models.ApplicantKind.choices)
    words = {"who": str(applicants.get(who, "")), "amount": amounts.get(amount, "")}
    return {
        "today": today,
        "page_obj": page_obj,
        "sections": [] if is_closed else _sections(page_obj.object_list, rows),
        "is_closed": is_closed,
        "chips": [
            Chip(address(parts, who=""), pgettext("grants", "All"), not who),
            *(
                Chip(address(parts, who="" if who == kind else kind), str(label), who == kind)
                for kind, label in models.ApplicantKind.choices
            ),
        ],
        "amounts": choices(amounts.items(), amount),
        "who": who,
        "wishes": [(words[name], address(parts, **{name: ""})) for name in ("who", "amount") if parts[name]],
        "is_narrowed": bool(who or amount),
        "all_url": address({"closed": is_closed}),
        "other_url": address(parts, closed=not is_closed),
    }


def amount_words() -> dict[str, str]:
    """The bands of upper amounts in words, by their value in the address."""
    return {
        "10": _("up to 100,000 yen"),
        "50": _("more, up to 500,000 yen"),
        "over": _("more than 500,000 yen"),
    }


def section_words() -> dict[str, str]:
    """The headings of the list, in its order."""
    return {
        "soon": pgettext("grants", "Closing soon"),
        "open": pgettext("grants", "Open"),
        "always": pgettext("grants", "Without a deadline"),
        "later": pgettext("grants", "Opening later"),
    }


def _sections(shown: Sequence["models.GrantPage"], rows) -> list[dict]:
    """The grants of one page by their section, with the number that the section has on all pages."""
    counts = rows.order_by().aggregate(
        **{stage.name.lower(): Count("pk", filter=Q(stage=stage)) for stage in GrantStage}
    )
    parts: dict[str, list] = {name: [] for name in section_words()}
    for grant in shown:
        parts[GrantStage(grant.stage).name.lower()].append(grant)
    words = section_words()
    return [
        {"name": name, "words": words[name], "count": counts[name], "grants": grants}
        for name, grants in parts.items()
        if grants
    ]


def grant_detail(page: "models.GrantPage", request: HttpRequest) -> dict:
    """The grant at this moment."""
    return grant_at(timezone.now(), page=page)


def grant_at(now: datetime, *, page: "models.GrantPage") -> dict:
    """Where the applications stand, and the address of the deadline for one's own calendar while it lies ahead."""
    today = tokyo_date(now)
    is_over = page.is_cancelled or is_past_deadline(page.closes_on, page.closes_time, now)
    is_later = not is_over and bool(page.opens_on) and page.opens_on > today
    has_deadline = bool(page.closes_on) and not is_over and page.live
    return {
        "today": today,
        "application": grant_state(page, now),
        "is_over": is_over,
        "is_later": is_later,
        "is_soon": bool(page.closes_on) and not is_over and page.closes_on <= today + timedelta(days=SOON_DAYS),
        "deadline_ics": reverse("grant-deadline", args=[page.slug]) if has_deadline else "",
    }


def grant_state(page: "models.GrantPage", now: datetime) -> State:
    """中止, 締切, 受付前, いつでも, 受付中."""
    if page.is_cancelled:
        return State(pgettext("grant", "cancelled"), "warn")
    if is_past_deadline(page.closes_on, page.closes_time, now):
        return closed_state()
    if page.opens_on and page.opens_on > tokyo_date(now):
        return State(_("not open yet"))
    return State(str(_("at any time")), "good") if page.is_always_open else open_state()
