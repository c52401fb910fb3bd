"""Languages, addresses, days and papers for the templates of the public pages: `{% load look_tags %}`.

The tags find the request in the template's context, also inside `{% include … only %}`.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django import template
from django.conf import settings
from django.forms import BoundField
from django.http import HttpRequest
from django.template.base import Node, NodeList, Parser, Token
from django.urls import translate_url
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from center.japanese.dates import (
    EASY,
    ENGLISH,
    JAPANESE,
    MONTHS_EN,
    day_words,
    holiday_name,
    period_words,
    weekday_word,
)
from center.opening import SATURDAY, SUNDAY, TOKYO, tokyo_date
from center.visibility import publicly_visible

register = template.Library()

PREFIXES = {JAPANESE: "", ENGLISH: f"/{ENGLISH}", EASY: f"/{EASY}"}
"""What an address of each language begins with."""
CLOSING_SOON_DAYS = 14
"""From so many days before it on, a deadline is said in red."""
DAYS_COUNTED = 60
"""A deadline farther away is said as a day, not as a number of days."""
PAPERS = {
    "event": "momo",
    "festa": "momo",
    "salon": "momo",
    "lecture": "sora",
    "mail": "sora",
    "call": "wakakusa",
    "grant": "lemon",
    "match": "fuji",
}
"""The pale paper on which each kind of thing is printed; whatever is not here is white."""
TINTS = {
    "lecture": "lecture",
    "mail": "lecture",
    "call": "call",
    "grant": "grant",
    "match": "match",
    "group": "centre",
    "page": "centre",
    "news": "centre",
    "report": "centre",
    "change": "centre",
    "announcement": "centre",
    "magazine": "paper",
    "plan": "paper",
}
"""The colour of a kind's label and leaf; the kinds of events that are not here share the first one."""

KINDS = {
    "event": pgettext_lazy("kind", "event"),
    "lecture": pgettext_lazy("kind", "lecture"),
    "festa": pgettext_lazy("kind", "festa"),
    "salon": pgettext_lazy("kind", "salon"),
    "grant": pgettext_lazy("kind", "grant"),
    "call": pgettext_lazy("kind", "call"),
    "report": pgettext_lazy("kind", "report"),
    "change": pgettext_lazy("kind", "change"),
    "announcement": pgettext_lazy("kind", "announcement"),
    "news": pgettext_lazy("kind", "news"),
    "match": pgettext_lazy("kind", "wanted or offered"),
    "magazine": pgettext_lazy("kind", "magazine"),
    "group": pgettext_lazy("kind", "group"),
    "page": pgettext_lazy("kind", "guide"),
    "plan": pgettext_lazy("kind", "plan"),
}
"""The word on the label of each kind, and with it the kinds that there are."""


def _request(context: template.Context) -> HttpRequest | None:
    return context.get("request") or getattr(context, "request", None)


def _language() -> str:
    code = get_language() or JAPANESE
    return code if code in PREFIXES else JAPANESE


# languages and addresses


@register.simple_tag
def html_lang() -> str:
    """The `lang` of the page: en, or ja for Japanese and easy Japanese."""
    return ENGLISH if _language() == ENGLISH else JAPANESE


@register.filter
def only_repeats_japanese(page: Page | None) -> bool:
    """Is it a page of another language that nobody has translated yet, so that it shows the Japanese words?"""
    return isinstance(page, Page) and page.alias_of_id is not None and _language() != JAPANESE


@register.simple_tag
def localised(path: str) -> str:
    """The address of a screen that is no page, in the language of the page: '/search/' becomes '/en/search/'."""
    return PREFIXES[_language()] + path


@register.simple_tag(takes_context=True)
def page_at(context: template.Context, path: str) -> str:
    """The address of a page right below home, or of home itself ('/'): in the language of the page where it has one.

    Otherwise the Japanese one, so that no link leads nowhere.
    """
    prefix = PREFIXES[_language()]
    return prefix + path if not prefix or path in _own_paths(_request(context)) else path


def _own_paths(request: HttpRequest | None) -> set[str]:
    """The paths of the public home page and of the public pages right below it in the language of the page."""
    known = getattr(request, "own_paths", None)
    if known is None:
        pages = Page.objects.filter(depth__in=(2, 3), locale__language_code=_language())
        rows = publicly_visible(pages).values_list("depth", "slug")
        known = {"/" if depth == 2 else f"/{slug}/" for depth, slug in rows}
        if request is not None:
            request.own_paths = known
    return known


@register.simple_tag(takes_context=True)
def address(context: template.Context, page: Page | None) -> str:
    """The address of a page, without a query per page; '' where it has none."""
    return (page.get_url(_request(context)) or "") if page else ""


@register.simple_tag(takes_context=True)
def canonical(context: template.Context) -> str:
    """The one full address of what is shown, without its query string."""
    page, request = context.get("page"), _request(context)
    if only_repeats_japanese(page):
        page = page.alias_of
    if isinstance(page, Page) and page.pk and (path := page.get_url(request)):
        return settings.SITE_URL + (path if path.startswith("/") else "/" + path.split("/", 3)[-1])
    return settings.SITE_URL + request.path if request else settings.SITE_URL + "/"


@dataclass(frozen=True)
class Language:
    """One way of reading the page: `lang` is the HTML language, `url` '' for the one that is shown.

    `is_translation`: there the same page stands in that language's own words.
    """

    code: str
    lang: str
    name: str
    url: str
    is_translation: bool

    @property
    def full_url(self) -> str:
        """Its address with scheme and host, as search engines want it."""
        return settings.SITE_URL + self.url if self.url.startswith("/") else self.url


@register.simple_tag(takes_context=True)
def languages(context: template.Context) -> list[Language]:
    """The languages in which the page, or else the home page, can be read, the shown one included; Japanese first.

    A page links to its public translation; a form or a search to itself in the other language; whatever has no
    translation to that language's home. A language without a public home page is left out.
    """
    page, request, shown = context.get("page"), _request(context), _language()
    if isinstance(page, Page) and page.pk:
        found = _translated(page, request)
    else:
        found = _screens(request, shown) or _translated(None, request)
    names = dict(settings.LANGUAGES)
    return [
        Language(
            code=code,
            lang=ENGLISH if code == ENGLISH else JAPANESE,
            name=names[code],
            url="" if code == shown else found[code][0],
            is_translation=code == shown or found[code][1],
        )
        for code in PREFIXES
        if code == shown or code in found
    ]


def _screens(request: HttpRequest | None, shown: str) -> dict[str, tuple[str, bool]]:
    """By language: (address, True) of a screen that is no page; nothing for one whose address has no language."""
    if not request or not request.resolver_match or request.resolver_match.view_name == "wagtail_serve":
        return {}
    here = request.get_full_path()
    found = {code: translate_url(here, code) for code in PREFIXES if code != shown}
    return {code: (url, True) for code, url in found.items() if url != here}


def _translated(page: Page | None, request: HttpRequest | None) -> dict[str, tuple[str, bool]]:
    """By language: (address, is it a translation?) of the public counterparts of the page, or of the home page."""
    site = Site.find_for_request(request) if request else None
    if site is None:
        return {}
    keys = [site.root_page.translation_key] + ([page.translation_key] if page else [])
    pages = Page.objects.filter(translation_key__in=keys, live=True).exclude(locale__language_code=_language())
    others = list(publicly_visible(pages).select_related("locale"))
    found: dict[str, tuple[str, bool]] = {}
    # the home pages first, so that a translation of the page itself takes their place
    for other in sorted(others, key=lambda other: page is not None and other.translation_key == page.translation_key):
        is_page = page is not None and other.translation_key == page.translation_key
        if other.locale.language_code in PREFIXES:
            found[other.locale.language_code] = (other.get_url(request) or "", is_page and other.alias_of_id is None)
    return found


@dataclass(frozen=True)
class MenuItem:
    """One entry of the menu; `lang` is set where an English menu leads to a Japanese page."""

    url: str
    words: str
    is_current: bool
    lang: str = ""


@register.simple_tag(takes_context=True)
def site_menu(context: template.Context) -> list[MenuItem]:
    """The entries of the menu; in another language those without a page of their own lead to the Japanese one."""
    request, prefix = _request(context), PREFIXES[_language()]
    entries = (
        ("events", pgettext("menu", "Events and lectures")),
        ("groups", pgettext("menu", "Groups")),
        ("grants", pgettext("menu", "Grants")),
        ("matching", pgettext("menu", "Wanted and offered")),
        ("magazine", pgettext("menu", "Magazine")),
        ("mail", pgettext("menu", "Support mail")),
        ("services", pgettext("menu", "Use and ask")),
    )
    own = {"/mail/", *_own_paths(request)} if prefix else {f"/{name}/" for name, _words in entries}
    path = (request.path if request else "").removeprefix(prefix)
    return [
        MenuItem(
            url=f"{prefix if f'/{name}/' in own else ''}/{name}/",
            words=words,
            is_current=path.startswith(f"/{name}/"),
            lang=JAPANESE if f"/{name}/" not in own and _language() == ENGLISH else "",
        )
        for name, words in entries
    ]


@dataclass(frozen=True)
class Crumb:
    """One step of the way to the page."""

    url: str
    words: str


@register.simple_tag(takes_context=True)
def crumbs_of(context: template.Context, page: Page | None) -> list[Crumb]:
    """The pages between the home page and `page`, the highest first. No query for a page right below home."""
    if not isinstance(page, Page) or not page.pk or page.depth <= 3:
        return []
    return [
        Crumb(above.get_url(_request(context)) or "", above.title) for above in page.get_ancestors().filter(depth__gt=2)
    ]


@register.simple_tag
def pages_beside(page: Page) -> list[Page]:
    """The public pages of its type under the same page as `page`, itself included; none right below home."""
    if not page.pk or page.depth <= 3:
        return []
    near = Page.objects.sibling_of(page).filter(content_type_id=page.content_type_id)
    return list(publicly_visible(near).select_related("locale").order_by("path"))


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, **changes: object) -> str:
    """The query string of the request with parts changed: `{% query_with p=2 %}`; an empty value leaves one out."""
    request = _request(context)
    query = request.GET.copy() if request else {}
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return "?" + query.urlencode() if query else "?"


class Capture(Node):
    """`{% capture as name %}…{% endcapture %}`: what stands inside, trimmed and fit for an attribute, in a variable."""

    def __init__(self, nodelist: NodeList, name: str) -> None:
        self.nodelist = nodelist
        self.name = name

    def render(self, context: template.Context) -> str:
        words = " ".join(self.nodelist.render(context).split())
        context[self.name] = mark_safe(words.replace('"', "&quot;"))
        return ""


@register.tag
def capture(parser: Parser, token: Token) -> Capture:
    """Keep what stands inside in a variable; blocks inside can be filled by the pages that extend it."""
    parts = token.split_contents()
    if len(parts) != 3 or parts[1] != "as":
        raise template.TemplateSyntaxError("{% capture as name %}")
    nodelist = parser.parse(("endcapture",))
    parser.delete_first_token()
    return Capture(nodelist, parts[2])


# days


@register.simple_tag
def today() -> date:
    """This day in Asia/Tokyo."""
    return timezone.localdate(timezone=TOKYO)


def _day(value: date) -> date:
    return tokyo_date(value) if isinstance(value, datetime) else value


@dataclass(frozen=True)
class Leaf:
    """What a leaf of the calendar says. `tone` is '', ' day--sat' or ' day--sun' (Sundays and holidays).

    `holiday` is the name of a national holiday, in Japanese only.
    """

    iso: str
    month: str
    number: int
    suffix: str
    week: str
    tone: str
    holiday: str


@register.simple_tag
def leaf(on: date) -> Leaf:
    """The leaf of one day (a date, or a moment whose day in Tokyo is meant)."""
    day, is_english = _day(on), _language() == ENGLISH
    if day.weekday() == SUNDAY or holiday_name(day):
        tone = " day--sun"
    else:
        tone = " day--sat" if day.weekday() == SATURDAY else ""
    return Leaf(
        iso=day.isoformat(),
        month=MONTHS_EN[day.month - 1][:3] if is_english else f"{day.month}月",
        number=day.day,
        suffix="" if is_english else "日",
        week=weekday_word(day, form="leaf"),
        tone=tone,
        holiday="" if is_english else holiday_name(day),
    )


@dataclass(frozen=True)
class Stamp:
    """A state in words. `tone` is '', now, good, warn or unknown."""

    words: str
    tone: str = ""


@dataclass(frozen=True)
class SessionRow:
    """What a list says of one session: the day on the leaf (`is_until`: its last), how near it is, and its times."""

    leaf_on: date
    is_until: bool
    nearness: Stamp | None
    is_over: bool
    times: str


@register.simple_tag
def session_row(session: object, today: date) -> SessionRow:
    """A session as seen on `today`: one that has run since an earlier day stands under its last day."""
    first = tokyo_date(session.starts_at)
    last = max(first, tokyo_date(session.until_at - timedelta(microseconds=1)))
    is_running = first < today <= last
    return SessionRow(
        leaf_on=last if is_running else first,
        is_until=is_running,
        nearness=_nearness(first, last, today),
        is_over=last < today,
        times=_times(session, first, last, today),
    )


def _nearness(first: date, last: date, today: date) -> Stamp | None:
    if last < today:
        return Stamp(pgettext("event", "over"))
    if first < today:
        return Stamp(pgettext("event", "now running"), "good")
    return {0: Stamp(pgettext("day", "today"), "now"), 1: Stamp(pgettext("day", "tomorrow"), "now")}.get(
        (first - today).days
    )


def _times(session: object, first: date, last: date, today: date) -> str:
    """The times alone for a session of one day, because the leaf says the day; otherwise from when to when."""
    words = period_words(session.starts_at, session.ends_at, session.is_all_day, seen_on=today)
    if first != last:
        return words
    return words.removeprefix(day_words(first, seen_on=today)).lstrip(", ") or pgettext("event", "all day")


@dataclass(frozen=True)
class Left:
    """How long until a deadline, in words; `is_soon` is said in red."""

    words: str
    is_soon: bool = False


@register.filter
def season(on: date) -> str:
    """The season of a day, for the paper of a cover: spring from March, summer from June, autumn, winter."""
    return ("winter", "spring", "summer", "autumn")[on.month % 12 // 3]


@register.simple_tag
def page_numbers(page_obj: object) -> list[int]:
    """The numbers of a list's pages around the shown one, first and last included; 0 where some are left out."""
    numbers = page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=2, on_ends=1)
    return [number if isinstance(number, int) else 0 for number in numbers]


@register.simple_tag
def deadline_left(on: date | None, today: date) -> Left | None:
    """締切まであと6日, 今日が締切, 締め切りました; a far one by its day; None without a deadline."""
    if not on:
        return None
    days = (_day(on) - today).days
    if days < 0:
        return Left(_("applications are closed"))
    if days == 0:
        return Left(_("the deadline is today"), is_soon=True)
    if days > DAYS_COUNTED:
        return Left(_("deadline %(day)s") % {"day": day_words(on, seen_on=today)})
    words = ngettext("%(days)d day until the deadline", "%(days)d days until the deadline", days) % {"days": days}
    return Left(words, is_soon=days <= CLOSING_SOON_DAYS)


# kinds and papers


def kind_of(page: object) -> str:
    """The kind of a page: one of KINDS, `page` for whatever is none of them. No query, also for a page's base row."""
    if not isinstance(page, Page):
        return str(page or "")
    model = page.specific_class or type(page)
    kind = getattr(model, "mail_kind", "") or model._meta.model_name.removesuffix("page")
    if not isinstance(kind, str):  # news say themselves what they are
        kind = page.__dict__.get("kind", "news")
    return kind if kind in KINDS else "page"


@register.filter(name="kind_of")
def kind_of_filter(page: object) -> str:
    """See `kind_of`."""
    return kind_of(page)


@register.filter
def kind_words(kind: str) -> str:
    """The word on the label of a kind."""
    return KINDS.get(kind, kind)


@register.filter
def type_words(kind: str) -> str:
    """The word for all pages of a type, as the search narrows by it."""
    return {
        "event": pgettext("menu", "Events and lectures"),
        "grant": pgettext("menu", "Grants"),
        "group": pgettext("menu", "Groups"),
        "match": pgettext("menu", "Wanted and offered"),
        "news": pgettext("menu", "News"),
        "magazine": pgettext("menu", "Magazine"),
        "page": pgettext("menu", "Guide"),
    }.get(kind, kind)


@register.filter
def tint(kind: str, part: str) -> str:
    """The class of a kind's colour for a part of the page: `kind|tint:'day'` is 'day--lecture', or ''."""
    colour = TINTS.get(kind)
    return f"{part}--{colour}" if colour else ""


@register.filter
def paper(kind: str) -> str:
    """The class of the paper of a kind: 'sheet--momo', or '' for white."""
    name = PAPERS.get(kind)
    return f"sheet--{name}" if name else ""


@dataclass(frozen=True)
class StateStamp(Stamp):
    """The state of an event; `is_off`: it does not happen on the day that is shown."""

    is_off: bool = False


@register.simple_tag
def state_stamp(page: object) -> StateStamp | None:
    """The stamp of an event that does not happen as it was told; None as planned."""
    state = getattr(page, "state", "planned")
    words = {
        "cancelled": pgettext("event", "cancelled"),
        "postponed": pgettext("event", "postponed"),
        "changed": pgettext("event", "changed"),
    }.get(state)
    if words is None:
        return None
    is_off = state == "cancelled" or (state == "postponed" and not page.has_new_dates)
    return StateStamp(words, "warn", is_off)


@register.filter
def file_size(size: int | None) -> str:
    """A size in bytes as people read it: 420 KB, 3.2 MB; '' where it is unknown."""
    if not size:
        return ""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000))} KB"
    return f"{size / 1_000_000:.1f} MB"


@register.filter
def phrases(text: str | None) -> list[list[str]]:
    """A heading as lines (cut after each 、) of phrases that are not broken; a space between Japanese words says where.

    'まちの活動、ただいま 貼り出し中。' is [['まちの活動、'], ['ただいま', '貼り出し中。']].
    """
    parts = (text or "").replace("、", "、\n").split("\n")
    if _language() == ENGLISH:
        return [[part] for part in parts if part]
    return [part.split() for part in parts if part.strip()]


@register.filter
def lines(text: str | None) -> list[str]:
    """The lines of a text that are not empty."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


@register.filter
def get(mapping: dict, key: object) -> object:
    """The value of a key in a mapping; None where there is none."""
    return mapping.get(key)


# forms


@dataclass(frozen=True)
class Fault:
    """One thing to mend in a form: where (the id of the input, '' for the whole form), its label, and what to do."""

    target: str
    label: str
    message: str


@register.simple_tag
def form_faults(form: object, more: object = ()) -> list[Fault]:
    """What is to be mended in a form, in the order of its fields; `more` are further forms (a formset) of the page."""
    faults = []
    for one in (form, *(more or ())):
        if not getattr(one, "is_bound", False):
            continue
        faults += [Fault("", "", message) for message in one.non_field_errors()]
        for field in one:
            faults += [Fault(_target(field), str(field.label or ""), message) for message in field.errors]
    if hasattr(more, "non_form_errors"):
        faults += [Fault("", "", message) for message in more.non_form_errors()]
    return faults


def _target(field: BoundField) -> str:
    """The id to jump to: the input's, or that of the first of several."""
    return field.id_for_label or field.auto_id


@register.simple_tag
def is_choices(field: BoundField) -> bool:
    """Is it one of the widgets that show each choice on its own (radio buttons, check boxes)?"""
    return getattr(field.field.widget, "input_type", "") in ("radio", "checkbox") and bool(
        getattr(field.field.widget, "subwidgets", None) and hasattr(field.field, "choices")
    )


@register.simple_tag
def is_tick(field: BoundField) -> bool:
    """Is it a single check box?"""
    return getattr(field.field.widget, "input_type", "") == "checkbox" and not hasattr(field.field, "choices")


@register.simple_tag
def control(field: BoundField, hint: object = "", size: str = "") -> SafeString:
    """The input of a field with its class, its state and the ids of its hint and its error.

    `size` is '', short, year or two. The hint stands in `<id>_hint`, the errors in `<id>_error`.
    """
    attrs = {"aria-describedby": _described_by(field, hint)} if _described_by(field, hint) else {}
    if field.errors:
        attrs["aria-invalid"] = "true"
    if not is_tick(field):
        classes = [field.field.widget.attrs.get("class", ""), "input", f"input--{size}" if size else ""]
        attrs["class"] = " ".join(name for name in classes if name)
    return field.as_widget(attrs=attrs)


@register.simple_tag
def described_by(field: BoundField, hint: object = "") -> SafeString | str:
    """The attribute that ties a group of choices to its hint and its error; '' where it has neither."""
    ids = _described_by(field, hint)
    return format_html(' aria-describedby="{}"', ids) if ids else ""


def _described_by(field: BoundField, hint: object) -> str:
    ids = []
    if hint or field.help_text:
        ids.append(f"{field.auto_id}_hint")
    if field.errors:
        ids.append(f"{field.auto_id}_error")
    return " ".join(ids)
