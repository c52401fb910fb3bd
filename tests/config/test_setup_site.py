"""The site as it starts: tree, roles, content."""

from datetime import date

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from wagtail.models import Page

from activities.models import (
    ActivityField,
    Area,
    Equipment,
    MagazineIndexPage,
    MagazineIssuePage,
    MeasurePage,
    NoticePolicy,
    Place,
)
from center.models import CentreSettings
from config.content.plan import MATRIX
from config.plan_pages import build_plan
from home.models import PlanIndicator, PlanPage, PlanResult, StandardPage
from newsletter.models import MailPolicy, Section


@pytest.fixture
def site(whole_site):
    """The site as `setup_site` leaves it."""


def test_the_centre_has_its_address_and_phone_and_unknown_hours(site):
    centre = CentreSettings.load()
    assert centre.phone == "024-924-3352"
    assert "朝日1-23-7" in centre.address
    assert centre.hours == ""


def test_all_facilities_of_the_city_are_places_with_their_source(site):
    assert Place.objects.count() == 458
    assert not Place.objects.filter(source_url="").exists()
    assert Place.objects.get(name="西田ふれあいセンター").doubt


def test_the_twenty_fields_of_the_law_are_there_in_its_order(site):
    fields = list(ActivityField.objects.all())
    assert len(fields) == 20
    assert (fields[0].name, fields[19].name) == ("保健・医療・福祉", "条例で定める活動")


def test_the_matrix_has_68_entries_counted_by_beneficiary(site):
    page = PlanPage.objects.get(locale__language_code="ja")
    counts = {}
    for entry in page.matrix.all():
        counts[entry.beneficiary] = counts.get(entry.beneficiary, 0) + 1
    assert counts == {"citizens": 13, "neighbourhood": 16, "npo": 13, "business": 11, "city": 15}
    assert len(MATRIX) == 25


def test_the_plan_is_a_tree_of_points_policies_and_measures(site):
    plan = PlanPage.objects.get(locale__language_code="ja")
    points = MeasurePage.objects.child_of(plan).filter(kind="point")
    assert [page.title for page in points] == [
        "市民総活躍の推進",
        "セーフコミュニティ活動の推進",
        "ICTの活用",
        "人材の育成と活用",
    ]
    policies = MeasurePage.objects.child_of(plan).filter(kind="policy")
    assert [MeasurePage.objects.child_of(policy).count() for policy in policies] == [2, 2, 3]
    doubtful = MeasurePage.objects.exclude(doubt="")
    assert [page.title for page in doubtful] == ["市民活動への参加と市民参画の促進"]
    assert plan.is_finished and not PlanResult.objects.exists()


def test_a_part_of_the_plan_that_staff_changed_or_took_out_stays_so(site):
    plan = PlanPage.objects.get(locale__language_code="ja")
    MeasurePage.objects.get(slug="training").delete()
    changed = MeasurePage.objects.get(slug="support")
    changed.summary = "職員が書き直した文"
    changed.save_revision().publish()
    assert build_plan(plan) == 0
    assert not MeasurePage.objects.filter(slug="training").exists()
    assert MeasurePage.objects.get(slug="support").summary == "職員が書き直した文"


def test_rows_from_before_the_parts_were_pages_become_pages_as_staff_left_them(tree):
    """Such a plan has its rows in its last revision only."""
    plan = tree.plan
    plan.goal = "市民総活躍のまち"
    plan.indicators = [
        PlanIndicator(title="満足度", unit="点", base_year=2016, base="62.3", target_year=2025, target="70.0")
    ]
    revision = plan.save_revision()
    revision.publish()
    revision.content |= {
        "points": [{"title": "ICTの活用", "text": "職員が書き直した文"}, {"title": "足したポイント", "text": ""}],
        "measures": [
            {"policy": "協働に関する情報の発信・共有", "title": "足した施策", "text": "短く", "doubt": "年度は未確認"},
            {"policy": "足した方針", "title": "別の施策", "text": "", "doubt": ""},
        ],
        "indicators": [{"title": "満足度", "result": "66.6", "result_year": 2024}],
    }
    revision.save()
    assert build_plan(PlanPage.objects.get(pk=plan.pk)) == 6
    pages = {page.title: page for page in MeasurePage.objects.all()}
    assert set(pages) == {
        "ICTの活用",
        "足したポイント",
        "協働に関する情報の発信・共有",
        "足した施策",
        "足した方針",
        "別の施策",
    }
    assert pages["ICTの活用"].summary == "職員が書き直した文" and pages["足した施策"].doubt == "年度は未確認"
    assert pages["別の施策"].get_parent().title == "足した方針"
    assert [(result.year, str(result.value)) for result in PlanResult.objects.all()] == [(2024, "66.6")]


def test_setting_up_twice_changes_nothing_that_staff_wrote(db):
    call_command("setup_site", verbosity=0)
    page = StandardPage.objects.get(slug="about", locale__language_code="ja")
    page.summary = "職員が書き直した文"
    page.save_revision().publish()
    centre = CentreSettings.load()
    centre.phone = "024-000-0000"
    centre.save()
    pages = Page.objects.count()
    call_command("setup_site", verbosity=0)
    assert StandardPage.objects.get(slug="about", locale__language_code="ja").summary == "職員が書き直した文"
    assert CentreSettings.load().phone == "024-000-0000"
    assert Page.objects.count() == pages
    assert (Place.objects.count(), Area.objects.count(), Equipment.objects.count()) == (458, 15, 6)


@pytest.mark.parametrize(("prefix", "heading"), [("/en", "Events and lectures"), ("/ja-x-easy", "イベント・講座")])
def test_the_lists_stand_in_the_other_languages_under_the_same_addresses(site, client, prefix, heading):
    for path in ("/", "/events/", "/groups/", "/services/", "/plan/", "/about/"):
        assert client.get(f"{prefix}{path}").status_code == 200, path
    assert heading in client.get(f"{prefix}/events/").content.decode()


def test_the_default_rules_hold_from_the_beginning(site):
    assert NoticePolicy.objects.get().as_deadline_policy().days == 3
    assert MailPolicy.objects.get().cutoff_open_days == 3
    assert list(Section.objects.values_list("name", flat=True))[0] == "センターから"


@pytest.mark.parametrize(
    ("role", "permission", "allowed"),
    [
        ("閲覧", "change_notice", False),
        ("編集", "change_notice", True),
        ("編集", "approve_issue", False),
        ("承認・配信", "approve_issue", True),
        ("管理", "approve_issue", False),
        ("管理", "change_user", True),
        ("編集", "change_user", False),
    ],
)
def test_roles_may_do_what_they_are_for(site, role, permission, allowed):
    assert Group.objects.get(name=role).permissions.filter(codename=permission).exists() == allowed


def test_editors_may_publish_pages_without_a_second_person(site, django_user_model):
    user = django_user_model.objects.create_user("henshu", password="himitsu-no-kotoba")
    user.groups.add(Group.objects.get(name="編集"))
    page = StandardPage.objects.get(slug="about", locale__language_code="ja")
    assert page.permissions_for_user(user).can_publish()


def test_of_the_magazine_stands_what_was_published_and_nothing_invented(site):
    issues = MagazineIssuePage.objects.live().order_by("number")
    assert [issue.number for issue in issues] == list(range(49, 57))
    assert (issues[0].issued_on, issues[7].issued_on) == (date(2018, 6, 1), date(2020, 3, 1))
    assert all(
        issue.pdf is None and not issue.articles.exists() and "2018〜2020年" in issue.summary for issue in issues
    )
    assert "未確認" in MagazineIndexPage.objects.live().first().cadence_note
