"""The editor of every page type: its form, its previews with empty and with full content, its words.

All of it is walked through the real addresses by a member of staff with the role of an editor. Types that are added
later are walked without a line here: fields are filled by what they are.
"""

import json
import re
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields.files import FieldFile
from django.urls import reverse
from modelcluster.models import ClusterableModel, get_all_child_relations
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html, rich_text, streamfield

from activities.models import Area, Place
from center.blocks import BodyBlock
from center.models import CentreImage
from config.builders import add_group, add_page
from config.roles import EDITOR, make_roles
from config.tree import Tree

PAGE_TYPES = sorted(
    (model for model in apps.get_models() if issubclass(model, Page) and model is not Page),
    key=lambda model: model._meta.label,
)
NAMES = [model._meta.model_name for model in PAGE_TYPES]
NOT_FILLED = {"is_always_open", "alias_of", "is_cancelled", "is_closed", "has_new_dates"}
"""Fields whose value forbids that of another one."""
OURS = ("activities", "home", "newsletter", "center")
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
NAMES_AS_THEY_ARE = {"PDF", "URL", "SNS", "SEO", "Facebook"}
NOT_OURS = {
    "Meta description",
    "The name of the page displayed on search engine results as the clickable headline.",
    'Multi-word tags with spaces will automatically be enclosed in double quotes (").',
}
"""Words of packages that have no Japanese yet."""


@pytest.fixture
def editor(client, tree, django_user_model):
    """Logged in as somebody with the role of an editor."""
    user = django_user_model.objects.create_user(username="henshu", password="himitsu-no-kotoba")
    user.groups.add(make_roles(tree.home)[EDITOR])
    client.force_login(user)
    return client


# Pages with everything, and with nothing


class Filler:
    """Values for fields, by what the fields are."""

    def __init__(self, tree: Tree) -> None:
        Area.objects.get_or_create(slug="centre", defaults={"name": "中心部", "order": 1})
        CentreImage.objects.bulk_create([CentreImage(title="川べり", width=10, height=10, file_size=1)])
        self.rows = {
            "area": Area.objects.first(),
            "place": Place.objects.create(name="ニコニコこども館", address="郡山市桑野1-2-3"),
            "grouppage": add_group(tree, "おはなしの木"),
            "page": tree.news,
        }

    def value(self, field: models.Field) -> object:
        """A value of that field, or None where none is at hand."""
        if isinstance(field, models.ForeignKey):
            return self.rows.get(field.related_model._meta.model_name)
        if field.choices:
            return field.flatchoices[0][0] or field.flatchoices[1][0]
        if isinstance(field, StreamField):
            return None
        plain = {
            models.BooleanField: True,
            models.DateTimeField: datetime(2026, 12, 5, 12 if field.name.startswith("end") else 10, tzinfo=UTC),
            models.DateField: date(2026, 12, 5),
            models.TimeField: time(12 if field.name.startswith("end") else 10),
            models.DecimalField: Decimal("70.0"),
            models.IntegerField: 12,
            models.FloatField: 37.4,
            models.URLField: "https://mihon.example.jp/",
            models.EmailField: "mihon@example.jp",
            models.TextField: "見本の文です。",
            models.CharField: "見本の文です。"[: field.max_length or 7],
        }
        return next((value for kind, value in plain.items() if isinstance(field, kind)), None)

    def fill(self, row: models.Model, *, only_required: bool = False) -> models.Model:
        """Give the row's own empty fields a value."""
        for field in row._meta.concrete_fields:
            if field.primary_key or not field.editable or field.model is Page or field.name in NOT_FILLED:
                continue
            if field.name.endswith("_ptr") or (only_required and (field.blank or field.has_default())):
                continue
            value = self.value(field)
            if value is not None and not isinstance(getattr(row, field.attname, None), FieldFile):
                setattr(row, field.name, value)
        return row

    def hang_rows(self, owner: ClusterableModel) -> None:
        """One filled row in each relation that the project's own models hang on it."""
        for relation in get_all_child_relations(type(owner)):
            model = relation.related_model
            if model._meta.app_label not in OURS or relation.get_accessor_name() == "page_tags":
                continue
            row = self.fill(model())
            if isinstance(row, ClusterableModel):
                self.hang_rows(row)
            try:
                row.clean_fields(exclude=[relation.field.name])
            except ValidationError:  # it needs what is not at hand here, such as a file
                continue
            setattr(owner, relation.get_accessor_name(), [row])


def place_of(model: type[Page], tree: Tree) -> Page:
    """The first page of the tree below which such a page may be made."""
    parents = [getattr(tree, name) for name in tree.__dataclass_fields__]
    return next(parent for parent in parents if type(parent) in model.allowed_parent_page_models())


def page_of(model: type[Page], tree: Tree, *, full: bool) -> Page:
    """A page of that type with nothing but what must be, or with everything."""
    standing = model.objects.filter(locale__language_code="ja").first()
    filler = Filler(tree)
    page = standing or model(title=f"見本の{model._meta.verbose_name}")
    filler.fill(page, only_required=not full)
    if full:
        filler.hang_rows(page)
    if standing:
        page.save_revision().publish()
        return model.objects.get(pk=page.pk)
    return add_page(place_of(model, tree), page)


def full_body() -> list[tuple[str, object]]:
    """One of each block, as the form sends it."""
    facts = {"items-count": "1", "items-0-deleted": "", "items-0-order": "0", "items-0-type": ""}
    facts |= {"items-0-value-name": "持ちもの", "items-0-value-value": "軍手"}
    picture = CentreImage.objects.first()
    return [
        ("heading", "当日の流れ"),
        ("subheading", "雨のとき"),
        ("paragraph", rich_text("<p>前の日の17時までにお知らせします。</p>")),
        ("image", {"image": str(picture.pk) if picture and picture.file else "", "alt": "", "caption": ""}),
        ("document", {"document": "", "title": "案内"}),
        ("notice", {"kind": "warn", "text": "会場が変わりました。"}),
        ("facts", facts),
        ("figure_number", {"value": "約4割", "meaning": "交通事故", "source": "消防組合", "year": "2010年"}),
        ("quote", {"text": "楽しみができた。", "source": "参加した人"}),
        ("link", {"page": "", "url": "https://www.city.koriyama.lg.jp/", "words": "郡山市のサイト"}),
        ("table", json.dumps({"data": [["日", "時間"], ["5日", "10時"]], "first_row_is_table_header": True})),
    ]


def sent_form(html: str, page: Page, *, full: bool) -> dict:
    """What the browser sends from the edit form of the page, with its running texts empty or full."""
    data = querydict_from_html(html, form_id="page-edit-form")
    sent = {name: values if len(values) > 1 else values[0] for name, values in data.lists() if values}
    names = [field.name for field in page._meta.get_fields() if isinstance(field, StreamField)]
    for relation in get_all_child_relations(type(page)):
        of_rows = [field.name for field in relation.related_model._meta.get_fields() if isinstance(field, StreamField)]
        accessor = relation.get_accessor_name()
        count = int(sent.get(f"{accessor}-TOTAL_FORMS") or 0)
        names += [f"{accessor}-{number}-{name}" for number in range(count) for name in of_rows]
    for name in names:
        sent |= nested_form_data({name: streamfield(full_body() if full else [])})
    return sent


# Forms and previews


def english_words(html: bytes) -> set[str]:
    """Labels, headings, help texts and choices of the form that are not Japanese, and should be."""
    form = BeautifulSoup(html, "html.parser").select_one("#page-edit-form")
    for hidden in form.select("[data-comments], template, script, .w-sr-only"):
        hidden.extract()
    said = {
        " ".join(tag.get_text(" ", strip=True).split())
        for tag in form.select("label, .w-panel__heading, .w-field__help, .help, option, [role=tab]")
    }
    assert len(said) > 5
    english = {words for words in said if re.search(r"[A-Za-z]{3}", words) and not JAPANESE.search(words)}
    return english - NAMES_AS_THEY_ARE - NOT_OURS


@pytest.mark.parametrize("full", [False, True], ids=["empty", "full"])
@pytest.mark.parametrize("model", PAGE_TYPES, ids=NAMES)
def test_the_form_speaks_japanese_and_every_preview_shows_what_stands_in_it(editor, tree, model, full):
    page = page_of(model, tree, full=full)
    response = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert response.status_code == 200
    if full:
        assert not english_words(response.content)
    address = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    sent = sent_form(response.content.decode(), page, full=full) | {"title": "書きかえた題名"}
    if "heading" in sent:
        sent["heading"] = "書きかえた題名"
    answer = editor.post(address, sent)
    assert answer.json() == {"is_valid": True, "is_available": True}, faults(editor, page, sent)
    modes = [mode for mode, _label in page.preview_modes]
    assert modes
    for mode in modes:
        response = editor.get(address, {"mode": mode, "in_preview_panel": "true"})
        assert response.status_code == 200
        text = BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)
        assert "書きかえた題名" in text, mode
        if full and hasattr(page, "body"):
            assert "前の日の17時までにお知らせします。" in text


def faults(editor, page: Page, sent: dict) -> list[str]:
    """What the form says is wrong, for the message of a failing test."""
    shown = BeautifulSoup(editor.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), sent).content, "html.parser")
    return [tag.get_text(" ", strip=True) for tag in shown.select(".error-message, .help-critical, .w-field__errors")]


@pytest.mark.parametrize("model", [model for model in PAGE_TYPES if model.is_creatable], ids=lambda m: m.__name__)
def test_a_new_page_can_be_looked_at_before_it_is_saved(editor, tree, model):
    if model.objects.exists():
        pytest.skip("one of it stands already, and there is no second one")
    parent = place_of(model, tree)
    where = [model._meta.app_label, model._meta.model_name, parent.pk]
    assert editor.get(reverse("wagtailadmin_pages:add", args=where)).status_code == 200
    response = editor.get(reverse("wagtailadmin_pages:preview_on_add", args=where))
    assert response.status_code == 200


# Words where a type or a block is chosen


@pytest.mark.parametrize("model", [model for model in PAGE_TYPES if model.is_creatable], ids=lambda m: m.__name__)
def test_each_type_is_explained_where_it_is_chosen(model):
    assert JAPANESE.search(model.get_page_description()), "one sentence: what it is for"
    assert JAPANESE.search(str(model._meta.verbose_name))


def test_the_explanations_stand_in_the_chooser(editor, tree):
    html = editor.get(reverse("wagtailadmin_pages:add_subpage", args=[tree.events.pk])).content.decode()
    for model in tree.events.allowed_subpage_models():
        assert model.get_page_description() in html


@pytest.mark.parametrize("name", list(BodyBlock().child_blocks))
def test_each_block_shows_what_it_looks_like_and_says_what_it_is_for(editor, name):
    block = BodyBlock().child_blocks[name]
    assert JAPANESE.search(str(block.label)) and JAPANESE.search(str(block.get_description()))
    response = editor.get(reverse("wagtailadmin_block_preview"), {"id": block.definition_prefix})
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    assert JAPANESE.search(page.body.get_text())
    assert page.select_one("link[href$='centre/look.css']"), "in the look of the site"
