"""The tabs of the desk: notices, what may come from machines, consultations, matching. Each for whoever may see it."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail.permission_policies import ModelPermissionPolicy

from activities.desk.frame import NAMESPACE, may
from activities.models import Consultation, Inquiry, MatchContact, MatchPage

ALL, NOTICES, HELD = "all", "notices", "held"
CONSULTATIONS, CONTACTS, POSTS = "consultations", "contacts", "posts"


@dataclass(frozen=True)
class Tab:
    """One tab: its words, where it leads, how many wait there."""

    key: str
    words: str | Promise
    url: str
    count: int | None = None
    is_on: bool = False


def may_read(request: HttpRequest, model: type[Inquiry] | type[MatchPage], *actions: str) -> bool:
    """Whether this user may look at that inbox."""
    return ModelPermissionPolicy(model).user_has_any_permission(request.user, actions or ("view", "change"))


def may_see_posts(request: HttpRequest) -> bool:
    """Whoever handles the contacts sees the posts that they are about."""
    return may_read(request, MatchContact)


def waiting_inquiries(request: HttpRequest, counts: dict[str, int]) -> dict[str, int]:
    """How many consultations and contacts are open, for the inboxes that this user may see."""
    boxes = {CONSULTATIONS: Consultation, CONTACTS: MatchContact}
    return {key: counts[key] for key, model in boxes.items() if may_read(request, model)}


def tabs_for(request: HttpRequest, now_at: str, counts: dict[str, int]) -> list[Tab]:
    """The tabs that this user may open; one with nothing held is left out unless it is open."""
    inquiries = waiting_inquiries(request, counts)
    tabs = []
    if may(request, "view"):
        tabs.append((NOTICES, pgettext_lazy("notice", "Notices"), "index", counts["open"]))
        if counts["held"] or now_at == HELD:
            tabs.append((HELD, _("To be checked (perhaps a machine)"), "held", counts["held"]))
    if CONSULTATIONS in inquiries:
        tabs.append((CONSULTATIONS, _("Consultations"), "consultations", inquiries[CONSULTATIONS]))
    if CONTACTS in inquiries:
        tabs.append((CONTACTS, _("Contacts about matching"), "contacts", inquiries[CONTACTS]))
        tabs.append((POSTS, _("Matching posts"), "posts", None))
    waiting = ([counts["open"]] if may(request, "view") else []) + list(inquiries.values())
    if len(waiting) > 1:
        tabs.insert(0, (ALL, pgettext_lazy("tab", "Everything"), "all", sum(waiting)))
    return [
        Tab(key, words, reverse(f"{NAMESPACE}:{name}"), count, is_on=key == now_at) for key, words, name, count in tabs
    ]
