"""What a new site needs before anybody works in it. Safe to repeat: what staff have changed since is left alone."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from taggit.models import Tag
from wagtail.models import Locale, Page

from activities.models import (
    ActivityField,
    Area,
    ConsultationKind,
    ConsultationService,
    Equipment,
    LectureTopic,
    MagazineCadence,
    MagazineIssuePage,
    NoticePolicy,
    Place,
    Stand,
)
from center.models import CentreSettings
from config.content import centre as facts
from config.content import languages
from config.content import pages as words
from config.content.places import read_places
from config.plan_pages import build_plan
from config.roles import make_roles
from config.tree import Tree, build_tree
from home.models import StandardPage
from newsletter.models import MailPolicy, Section, Topic


def set_up_site(*, now: datetime) -> dict[str, int]:
    """Build tree, roles and content; return how many rows of each kind were made this time."""
    url = urlsplit(settings.SITE_URL)
    port = url.port or (443 if url.scheme == "https" else 80)
    made: dict[str, int] = {}
    with transaction.atomic():
        tree = build_tree(hostname=url.hostname or "localhost", port=port)
        make_roles(tree.home)
        made["settings"] = _settings()
        made["named rows"] = _named_rows()
        made["policies"] = _policies(now)
        made["sections"] = _sections()
    made["places"] = _places()
    _stand_places()
    with transaction.atomic():
        made["pages"] = _pages(tree)
        _consultation_pages(tree)
    with transaction.atomic():
        made["translations"] = _translations(tree)
    return made


def _translate(page: Page, locale: Locale, fields: dict[str, str]) -> int:
    """Make the page of that language where there is none yet; a page without `fields` follows the Japanese one."""
    if page.get_translation_or_none(locale):
        return 0
    page = page.specific_class.objects.get(pk=page.pk)
    translation = page.copy_for_translation(locale, alias=not fields)
    if fields:
        for name, value in fields.items():
            setattr(translation, name, value)
        translation.live = False
        translation.save_revision().publish()
    return 1


def _translations(tree: Tree) -> int:
    """Home and lists in the other languages; pages of text follow the Japanese ones until somebody translates them."""
    count = 0
    for code, (title, heading, lead) in languages.HOME.items():
        locale = Locale.objects.get(language_code=code)
        count += _translate(tree.home, locale, {"title": title, "heading": heading, "lead": lead})
        for name, (list_title, summary) in languages.LISTS[code].items():
            count += _translate(getattr(tree, name), locale, {"title": list_title, "summary": summary})
        for parent in (tree.services, tree.plan, tree.home):
            for page in StandardPage.objects.child_of(parent):
                count += _translate(page, locale, {})
    return count


def _settings() -> int:
    row = CentreSettings.load()
    empty = [name for name in facts.CENTRE if getattr(row, name) in ("", None)]
    for name in empty:
        setattr(row, name, facts.CENTRE[name])
    if not row.sender_email:
        row.sender_email = settings.DEFAULT_FROM_EMAIL
    row.save()
    return len(empty)


def _named_rows() -> int:
    count = 0
    for model, rows in ((ActivityField, facts.FIELDS), (Area, facts.AREAS), (LectureTopic, facts.LECTURE_TOPICS)):
        for order, (slug, name, name_en, name_easy) in enumerate(rows, start=1):
            _, new = model.objects.get_or_create(
                slug=slug, defaults={"name": name, "name_en": name_en, "name_easy": name_easy, "order": order}
            )
            count += new
    for order, name in enumerate(facts.EQUIPMENT, start=1):
        count += Equipment.objects.get_or_create(name=name, defaults={"order": order})[1]
    for order, (name, note, _place) in enumerate(facts.STANDS, start=1):
        count += Stand.objects.get_or_create(name=name, defaults={"order": order, "note": note})[1]
    for kind in ConsultationKind.values:
        count += ConsultationService.objects.get_or_create(kind=kind)[1]
    for slug, name, description in facts.TOPICS:
        count += Topic.objects.get_or_create(slug=slug, defaults={"name": name, "description": description})[1]
    return count


def _policies(now: datetime) -> int:
    """The default rules, valid from the beginning, where there are none."""
    beginning = now.replace(year=2018, month=4, day=1, hour=0, minute=0, second=0, microsecond=0)
    count = 0
    if not NoticePolicy.objects.exists():
        NoticePolicy.objects.create(valid_from_at=beginning, criteria="\n".join(facts.CRITERIA))
        count += 1
    if not MailPolicy.objects.exists():
        MailPolicy.objects.create(valid_from_at=beginning)
        count += 1
    return count


def _sections() -> int:
    count = 0
    for order, (name, paper, is_usual, tags) in enumerate(facts.SECTIONS, start=1):
        section, new = Section.objects.get_or_create(
            name=name, defaults={"order": order, "paper": paper, "is_usual": is_usual}
        )
        if new:
            section.tags.set(
                [
                    Tag.objects.get_or_create(name=tag, defaults={"slug": f"tag-{order}-{number}"})[0]
                    for number, tag in enumerate(tags)
                ]
            )
        count += new
    return count


def _places() -> int:
    if Place.objects.exists():
        return 0
    areas = dict(Area.objects.values_list("slug", "pk"))
    rows = [Place(area_id=areas.get(row.pop("area_slug")), **row) for row in read_places()]
    Place.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return Place.objects.count()


def _stand_places() -> None:
    """Put the stands on the map, the first time: afterwards staff say where they stand."""
    if Stand.objects.filter(place__isnull=False).exists():
        return
    for name, _note, place in facts.STANDS:
        found = Place.objects.filter(name=place).order_by("pk").first() if place else None
        Stand.objects.filter(name=name, latitude__isnull=True).update(place=found)


def _consultation_pages(tree: Tree) -> None:
    """Say of the pages of the consultations which ones they are, the first time. A page with a draft is left alone."""
    if StandardPage.objects.exclude(consultation="").exists():
        return
    for page in StandardPage.objects.child_of(tree.services).filter(slug__in=words.CONSULTATIONS):
        if not page.has_unpublished_changes:
            page.consultation = words.CONSULTATIONS[page.slug]
            _publish(page)


def _publish(page: Page) -> None:
    page.save_revision().publish()


def _pages(tree: Tree) -> int:
    if not tree.home.heading:
        tree.home.heading, tree.home.lead = words.HOME["heading"], words.HOME["lead"]
        _publish(tree.home)
    for name, summary in words.LIST_SUMMARIES.items():
        page = getattr(tree, name)
        if page.summary:
            continue
        page.summary = summary
        if name == "matching":
            page.body = words.MATCHING_BODY
        if name == "magazine":
            page.cadence = [MagazineCadence(month=month, day=day) for month, day in facts.MAGAZINE_CADENCE]
            page.cadence_note = facts.MAGAZINE_CADENCE_NOTE
        _publish(page)
    count = build_plan(tree.plan)
    for parent, rows in ((tree.services, words.SERVICES), (tree.plan, words.THEMES), (tree.home, words.STANDARD)):
        for slug, title, summary, body in rows:
            if Page.objects.child_of(parent).filter(slug=slug).exists():
                continue
            parent.refresh_from_db()
            page = StandardPage(title=title, slug=slug, summary=summary, body=body, locale=parent.locale, live=False)
            parent.add_child(instance=page)
            _publish(page)
            count += 1
    return count + _magazine(tree)


def _magazine(tree: Tree) -> int:
    """The issues of which the number and the day are known; added once, so that staff may take them out."""
    if MagazineIssuePage.objects.exists():
        return 0
    for number, issued_on in facts.MAGAZINE_ISSUES:
        tree.magazine.refresh_from_db()
        page = MagazineIssuePage(
            title=f"あしすとぱぁく 第{number}号",
            slug=f"no-{number}",
            number=number,
            issued_on=issued_on,
            summary=facts.MAGAZINE_ISSUE_SUMMARY,
            locale=tree.magazine.locale,
            live=False,
        )
        tree.magazine.add_child(instance=page)
        _publish(page)
    return len(facts.MAGAZINE_ISSUES)
