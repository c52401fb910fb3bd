"""The tree of the site: one page of each list, under one home, in the house's addresses. Safe to repeat."""

from dataclasses import dataclass

from wagtail.models import Locale, Page, Site

from activities.models import (
    EventIndexPage,
    GrantIndexPage,
    GroupIndexPage,
    MagazineIndexPage,
    MatchIndexPage,
    NewsIndexPage,
)
from home.models import HomePage, PlanPage, ServiceIndexPage

LANGUAGES = ("ja", "en", "ja-x-easy")


@dataclass(frozen=True)
class Tree:
    """The pages that everything hangs on."""

    home: HomePage
    events: EventIndexPage
    groups: GroupIndexPage
    grants: GrantIndexPage
    magazine: MagazineIndexPage
    news: NewsIndexPage
    matching: MatchIndexPage
    services: ServiceIndexPage
    plan: PlanPage


SECTIONS = (
    ("events", EventIndexPage, "催し・講座"),
    ("groups", GroupIndexPage, "団体"),
    ("grants", GrantIndexPage, "助成金"),
    ("matching", MatchIndexPage, "ほしい・あるよ"),
    ("magazine", MagazineIndexPage, "広報誌"),
    ("news", NewsIndexPage, "お知らせ"),
    ("services", ServiceIndexPage, "使う・相談する"),
    ("plan", PlanPage, "協働の計画と成果"),
)


def _home(ja: Locale) -> HomePage:
    home = HomePage.objects.filter(locale=ja).first()
    if home:
        return home
    root = Page.get_first_root_node() or Page.add_root(title="Root", slug="root", locale=ja)
    Page.objects.filter(depth=2, slug="home").exclude(pk__in=HomePage.objects.values("pk")).delete()
    root.refresh_from_db()
    home = HomePage(title="アシストパーク郡山", slug="home", locale=ja)
    root.add_child(instance=home)
    home.save_revision().publish()
    return HomePage.objects.get(pk=home.pk)


def build_tree(*, hostname: str = "localhost", port: int = 80, keep_site: bool = False) -> Tree:
    """Make what is missing of the locales, the home page, the lists and the site record; return them.

    With `keep_site` a site record that stands is left as it is.
    """
    for code in LANGUAGES:
        Locale.objects.get_or_create(language_code=code)
    ja = Locale.objects.get(language_code="ja")
    home = _home(ja)
    if not (keep_site and Site.objects.filter(is_default_site=True, root_page=home).exists()):
        Site.objects.update_or_create(
            is_default_site=True,
            defaults={"root_page": home, "hostname": hostname, "port": port, "site_name": "アシストパーク郡山"},
        )
    made = {}
    for slug, model, title in SECTIONS:
        page = model.objects.child_of(home).first()
        if page is None:
            page = model(title=title, slug=slug, locale=ja, show_in_menus=True)
            home.add_child(instance=page)
            page.save_revision().publish()
            page = model.objects.get(pk=page.pk)
        made[slug] = page
    return Tree(home=home, **made)


def standing_tree() -> Tree:
    """The tree as it stands. Raises DoesNotExist where a part of it is missing."""
    home = HomePage.objects.get(locale__language_code="ja")
    return Tree(home=home, **{slug: model.objects.child_of(home).get() for slug, model, _title in SECTIONS})
