"""How staff write events: the panels, what the editor refuses in words, what it only mentions, and the preview."""

from datetime import date, time

import pytest
from django.urls import reverse
from wagtail.models import Locale, Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from activities.models import (
    EventPage,
    FestaExhibitor,
    FestaPage,
    FestaProgrammeItem,
    LecturePage,
    SalonPage,
)
from center.content_checks import findings
from config.builders import add_event, add_festa, add_group, add_lecture, add_salon

TYPES = [EventPage, LecturePage, FestaPage, SalonPage]


@pytest.fixture
def office(client, staff):
    client.force_login(staff)
    return client


@pytest.mark.parametrize("model", TYPES)
def test_the_editor_asks_in_the_order_in_which_staff_think(tree, office, model):
    address = reverse("wagtailadmin_pages:add", args=["activities", model._meta.model_name, tree.events.pk])
    html = office.get(address).content.decode()
    form = html[html.index('id="page-edit-form"') :]
    names = ["title", "summary", "sessions-TOTAL_FORMS", "state", "venue_name", "is_free", "application_way", "target"]
    names += ["wheelchair_access", "contact_phone", "image_alt", "tags", "is_sample"]
    places = [form.index(f'name="{name}"') for name in names]
    assert places == sorted(places)
    assert "もとの開始日時" in form
    assert "確かめたことだけ選んでください。" in form
    assert "だれにでも見えます。いちばん上に出ます。" in form


def form_of(page: EventPage, staff, parent, **changes):
    """The editor's form of a page, filled with what is needed and `changes`."""
    data = {
        "title": "催し",
        "slug": "moyooshi",
        "state": "planned",
        "application_way": "none",
        "body": streamfield([]),
        "report": streamfield([]),
        "series": "support",
        "comments": inline_formset([]),
        "sessions": inline_formset([{"starts_at": "2026-12-05 09:00", "ends_at": "2026-12-05 11:00"}]),
        "materials": inline_formset([]),
        "programme": inline_formset([]),
        "exhibitors": inline_formset([]),
        "measure_links": inline_formset([]),
    }
    form_class = type(page).get_edit_handler().get_form_class()
    return form_class(nested_form_data(data | changes), instance=page, parent_page=parent, for_user=staff)


def faults(form) -> dict[str, str]:
    assert not form.is_valid()
    found = {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
    for name, formset in form.formsets.items():
        for errors in formset.errors:
            found |= {f"{name}.{field}": " ".join(map(str, words)) for field, words in errors.items()}
    return found


@pytest.mark.parametrize(
    ("model", "changes", "field", "words"),
    [
        (EventPage, {"capacity": "0"}, "capacity", "1以上の数を書いてください"),
        (EventPage, {"apply_by_on": "2026-12-06"}, "apply_by_on", "催しの日より後"),
        (EventPage, {"apply_by_time": "17:00"}, "apply_by_on", "時刻"),
        (EventPage, {"has_new_dates": "on"}, "has_new_dates", "延期の催しだけ"),
        (EventPage, {"application_way": "web"}, "application_url", "申"),
        (
            EventPage,
            {"sessions": inline_formset([{"starts_at": "2026-12-05 09:00", "ends_at": "2026-12-05 08:00"}])},
            "sessions.ends_at",
            "前",
        ),
        (FestaPage, {"call_closes_on": "2026-12-06"}, "call_closes_on", "催しの日より後"),
        (FestaPage, {"call_opens_on": "2026-11-06", "call_closes_on": "2026-11-05"}, "call_closes_on", "始まりより前"),
        (
            FestaPage,
            {"programme": inline_formset([{"title": "発表", "starts_at_time": "10:00", "ends_at_time": "9:00"}])},
            "programme.ends_at_time",
            "前",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(tree, staff, model, changes, field, words):
    assert words in faults(form_of(model(), staff, tree.events, **changes))[field]


def test_the_day_of_the_event_itself_is_a_good_deadline(tree, staff):
    form = form_of(EventPage(), staff, tree.events, apply_by_on="2026-12-05")
    assert form.is_valid(), form.errors


def words_about(page) -> str:
    return "\n".join(finding.words for finding in findings(page))


def test_a_cancellation_without_a_word_is_allowed_and_mentioned(tree, tokyo, staff):
    form = form_of(EventPage(), staff, tree.events, state="cancelled")
    assert form.is_valid(), form.errors
    assert "なぜ中止か" in words_about(form.instance)
    form.instance.change_note = "雪のため"
    assert "なぜ中止か" not in words_about(form.instance)


def test_what_readers_will_ask_for_is_mentioned(tree):
    bare = words_about(EventPage(title="催し", wheelchair="スロープ", application_way="phone"))
    for words in ("いつあるか", "会場か、オンライン", "費用を書くか", "問い合わせ先", "申し込む先", "できるかどうかも"):
        assert words in bare


def test_a_full_event_is_mentioned_nothing(tree, tokyo):
    page = add_event(
        tree,
        "催し",
        sessions=[(tokyo(2026, 12, 5, 9), None)],
        summary="落ち葉を集めます。",
        venue_name="広場",
        is_free=True,
        contact_phone="024-924-3352",
        wheelchair="スロープ",
        wheelchair_access="yes",
    )
    assert words_about(page) == ""


def unsaved(model, parent) -> Page:
    """A page as the editor previews it before it was ever saved."""
    page = model(title="", slug="")
    page.locale = parent.locale
    page.set_url_path(parent)
    page.depth = parent.depth + 1
    page.path = Page._get_children_path_interval(parent.path)[1]
    return page


@pytest.mark.parametrize("model", TYPES)
def test_every_type_can_be_previewed_while_it_is_still_empty(tree, centre, model):
    response = unsaved(model, tree.events).make_preview_request()
    assert response.status_code == 200
    response.render()
    assert "未確認" in response.content.decode()


def test_every_type_can_be_previewed_when_it_is_full(tree, tokyo, morning, centre):
    when = [(tokyo(2026, 12, day, 13), tokyo(2026, 12, day, 15)) for day in (5, 12)]
    common = {"sessions": when, "wheelchair_access": "yes", "application_way": "phone", "contact_phone": "024-924-3352"}
    group = add_group(tree, "川とみどりの会")
    pages = [
        add_event(tree, "催し", organiser_group=group, **common),
        add_lecture(tree, "講座", speaker_name="見本花子", **common),
        add_salon(tree, "サロン", number=3, theme="なかま", **common),
        add_festa(tree, "フェスタ", edition=2, call_text="募集", call_closes_on=date(2026, 12, 1), **common),
    ]
    pages[3].programme = [FestaProgrammeItem(title="開会", starts_at_time=time(10))]
    pages[3].exhibitors = [FestaExhibitor(group=group, booth="A-1"), FestaExhibitor(name="ほかの会")]
    for page in pages:
        page.title = f"直した{page.title}"
        page.body = [("paragraph", "<p>くわしい文</p>")]
        page.save_revision()
        draft = page.get_latest_revision_as_object()
        response = draft.make_preview_request()
        response.render()
        html = response.content.decode()
        assert response.status_code == 200
        assert page.title in html and "くわしい文" in html


def test_new_facts_reach_the_translations_with_the_page(tree, tokyo):
    start = tokyo(2026, 12, 5, 9)
    page = add_festa(tree, "フェスタ", sessions=[(start, None)])
    english = Locale.objects.get(language_code="en")
    for parent in (tree.home, tree.events):
        parent.copy_for_translation(english).save_revision().publish()
    page.copy_for_translation(english).save_revision().publish()

    session = page.sessions.get()
    session.previous_starts_at = tokyo(2026, 12, 1, 9)
    page.sessions = [session]
    page.wheelchair_access, page.hearing_access, page.children_access = "yes", "ask", "no"
    page.call_opens_on, page.call_closes_on = date(2026, 10, 1), date(2026, 11, 1)
    page.call_url, page.is_full, page.edition = "https://apply.example/", True, 7
    page.save_revision().publish()

    other = FestaPage.objects.get(locale=english, translation_key=page.translation_key)
    assert (other.wheelchair_access, other.hearing_access, other.children_access) == ("yes", "ask", "no")
    assert (other.call_opens_on, other.call_closes_on) == (date(2026, 10, 1), date(2026, 11, 1))
    assert (other.call_url, other.is_full, other.edition) == ("https://apply.example/", True, 7)
    assert other.sessions.get().previous_starts_at == tokyo(2026, 12, 1, 9)
