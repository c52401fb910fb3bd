"""Facts never wait for translators: what is a fact on the Japanese page is the same on its published translations.

Facts are the fields that wagtail-localize calls synchronised: dates, sessions, venue, fee, state, deadline, contact and
the slug. Words are left to translators.
"""

from django.conf import settings
from wagtail.models import Page
from wagtail_localize.fields import SynchronizedField, copy_synchronised_fields, get_translatable_fields

OWN_KEYS = {"pk", "id", "page", "content_object", "translation_key", "locale"}


def synchronised(*names: str) -> list[SynchronizedField]:
    """For `override_translatable_fields`: these text fields are facts too, and the slug with them."""
    return [SynchronizedField("slug"), *(SynchronizedField(name) for name in names)]


def _bare(value):
    if isinstance(value, list):
        return [_bare(item) for item in value]
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if key not in OWN_KEYS}
    return value


def facts_of(page: Page) -> dict:
    """The synchronised fields of a specific page, comparable between languages."""
    data = page.serializable_data()
    return {
        field.field_name: _bare(data.get(field.field_name))
        for field in get_translatable_fields(type(page))
        if isinstance(field, SynchronizedField) and field.is_synchronized(page)
    }


def _bring_facts(source: Page, target: Page) -> bool:
    if facts_of(source) == facts_of(target):
        return False
    copy_synchronised_fields(source, target)
    target.save_revision().publish()
    return True


def bring_facts_to_translations(page: Page) -> list[Page]:
    """Bring the facts of the Japanese page to its live translations; return those that changed.

    Called with whatever page was published: a translation that was published from an older source is mended too.
    Safe to repeat: where nothing differs, nothing is written.
    """
    source = page
    if page.locale.language_code != settings.LANGUAGE_CODE:
        source = page.get_translations().filter(locale__language_code=settings.LANGUAGE_CODE, live=True).first()
        if source is None:
            return []
        targets = [page]
    else:
        targets = list(page.get_translations().filter(live=True, alias_of__isnull=True))
    source = source.specific
    return [target for target in (found.specific for found in targets) if _bring_facts(source, target)]
