"""The page of an address, found by its slug and path instead of step by step from the home page."""

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from wagtail.models import Page, Site


def page_for_path(request: HttpRequest, path: str, *, language: str) -> Page | None:
    """The live page at `path` ("events/fair/") below the home page in `language`, of its own type, with its locale.

    None where there is none, or where the address is not that plain: Wagtail's own routing then decides. The slug
    has an index, the whole path has none. Two queries beside the one for the site.
    """
    slugs = [part for part in path.split("/") if part]
    site = Site.find_for_request(request)
    if site is None or not slugs or path != "/".join(slugs) + "/":
        return None
    home = Page.objects.filter(depth=OuterRef("depth") - len(slugs), locale=OuterRef("locale"))
    home = home.filter(translation_key=site.root_page.translation_key).values("url_path")[:1]
    found = (
        Page.objects.filter(slug=slugs[-1], depth=site.root_page.depth + len(slugs), live=True)
        .filter(locale__language_code=language, url_path=Concat(Subquery(home), Value(path)))
        .select_related("locale")
        .first()
    )
    if found is None:
        return None
    page = found.specific
    page.locale = found.locale
    return page
