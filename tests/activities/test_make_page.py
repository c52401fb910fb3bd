"""One click makes the page: the right type, every field in its place, clean files, nothing published."""

from datetime import date, time

import pytest
from PIL import Image
from wagtail.models import Page

from activities import services
from activities.models import EventPage, GrantPage, MatchPage, NewsPage, Notice, Place
from activities.notices import pages as notice_pages
from activities.notices.pages import paragraphs_of, summary_of
from center.models import CentreDocument, CentreImage
from config.builders import add_group
from tests.activities.notice_builders import day, flyer, make_and_publish, photo, receive, tree_of

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 18, 10)


@pytest.fixture(autouse=True)
def tree(db):
    return tree_of(2026)


def make(**fields) -> Page:
    notice = receive(day(2026, 11, 18, 9), **fields)
    page = services.make_page(notice=notice, by=None, now=NOW)
    return page.get_latest_revision_as_object()


def tags_of(page: Page) -> set[str]:
    return {tag.name for tag in page.tags.all()}


def test_an_event_becomes_an_event_page_with_everything_the_group_wrote(tree):
    place = Place.objects.create(name="大槻ふれあいセンター", address="大槻町1-1")
    group = add_group(tree, "大槻もちつきの会")
    page = make(
        place=place,
        capacity=30,
        application_way="phone",
        application_text="前の日まで",
        deadline_on=date(2026, 12, 10),
        deadline_time=time(17),
        is_walk_in=True,
        target="どなたでも",
        public_contact="佐藤 電話 ０２４-９００-００００ メール mochi@example.jp",
        url="https://mochi.example.jp/",
    )
    assert isinstance(page, EventPage)
    assert page.get_parent().pk == tree.events.pk
    assert page.title == "昔の道具で、もちをつく"
    assert page.summary == "うすときねで、もちをつきます。"
    assert [(session.starts_at, session.ends_at) for session in page.sessions.all()] == [
        (day(2026, 12, 12, 10), day(2026, 12, 12, 12))
    ]
    assert (page.place, page.venue_name, page.venue_words) == (place, "", "大槻ふれあいセンター")
    assert page.fee_words == "無料"
    assert (page.capacity, page.target, page.is_walk_in) == (30, "どなたでも", True)
    assert (page.apply_by_on, page.apply_by_time) == (date(2026, 12, 10), time(17))
    assert (page.application_way, page.application_text) == ("phone", "前の日まで")
    assert page.organiser_group == group
    assert page.organiser_name == ""
    assert (page.contact_name, page.contact_phone, page.contact_email) == ("佐藤", "024-900-0000", "mochi@example.jp")
    assert page.contact_url == "https://mochi.example.jp/"
    assert tags_of(page) == {"催し"}


def test_private_contacts_never_reach_the_page():
    page = make(contact_name="鈴木一郎", contact_email="himitsu@example.jp", contact_phone="024-911-1111")
    shown = page.to_json()
    for secret in ("鈴木一郎", "himitsu@example.jp", "024-911-1111"):
        assert secret not in shown


def test_an_unknown_group_stands_by_its_name(tree):
    page = make()
    assert (page.organiser_group, page.organiser_name) == (None, "大槻もちつきの会")


def test_two_groups_of_one_name_are_left_to_staff(tree):
    add_group(tree, "大槻もちつきの会")
    add_group(tree, "大槻もちつきの会")
    assert make().organiser_group is None


def test_a_grant_becomes_a_grant_page(tree):
    page = make(
        kind="grant",
        sessions=[],
        funder="見本財団",
        amount_upper=300_000,
        deadline_on=date(2026, 12, 20),
        target="市民活動団体",
        files=[flyer("要項.pdf")],
        url="https://fund.example.jp/",
    )
    assert isinstance(page, GrantPage)
    assert page.get_parent().pk == tree.grants.pk
    assert (page.funder, page.amount_upper, page.closes_on) == ("見本財団", 300_000, date(2026, 12, 20))
    assert (page.applicants_text, page.guide_url) == ("市民活動団体", "https://fund.example.jp/")
    assert page.guide.title == "要項.pdf"
    assert tags_of(page) == {"助成金"}


@pytest.mark.parametrize(
    ("kind", "news_kind", "tag"),
    [("call", "call", "募集"), ("report", "report", "団体から"), ("other", "announcement", "団体から")],
)
def test_a_call_a_report_and_the_rest_become_news(tree, kind, news_kind, tag):
    page = make(
        kind=kind, sessions=[], deadline_on=date(2026, 12, 20), files=[photo(), flyer()], alts=["もちつきの様子"]
    )
    assert isinstance(page, NewsPage)
    assert page.get_parent().pk == tree.news.pk
    assert (page.kind, page.deadline_on) == (news_kind, date(2026, 12, 20))
    assert page.image_alt == "もちつきの様子"
    assert [block.block_type for block in page.body] == ["paragraph", "document"]
    assert tags_of(page) == {tag}


def test_a_matching_post_says_nothing_of_how_to_reach_its_sender(tree):
    page = make(
        kind="match",
        sessions=[],
        match_direction="offered",
        match_actor="company",
        match_resource="things",
        deadline_on=date(2027, 1, 31),
        public_contact="024-900-0000",
    )
    assert isinstance(page, MatchPage)
    assert (page.direction, page.actor, page.resource) == ("offered", "company", "things")
    assert page.open_until_on == date(2027, 1, 31)
    assert "024-900-0000" not in page.to_json()
    assert tags_of(page) == {"募集"}


@pytest.mark.parametrize("kind", ["change", "cancellation"])
def test_a_change_makes_no_page_but_leads_to_the_one_it_is_about(kind):
    about = make_and_publish(receive(day(2026, 11, 1, 9)), day(2026, 11, 2, 9))
    notice = receive(day(2026, 11, 18, 9), kind=kind, about_page=about)
    before = Page.objects.count()
    with pytest.raises(services.ChangesPublished) as refused:
        services.make_page(notice=notice, by=None, now=NOW)
    assert refused.value.page.pk == about.pk
    assert Page.objects.count() == before
    assert [link.page_id for link in notice.page_links.all()] == [about.pk]


def test_a_change_without_its_page_asks_for_it():
    notice = receive(day(2026, 11, 18, 9), kind="change")
    with pytest.raises(services.NoPageChosen):
        services.make_page(notice=notice, by=None, now=NOW)


def test_the_page_is_a_draft_with_an_ascii_address(client):
    page = make()
    assert page.slug == "n-2026-0001"
    assert not Page.objects.get(pk=page.pk).live
    assert client.get("/events/n-2026-0001/").status_code == 404


def test_an_address_that_is_taken_is_not_taken_twice(tree):
    tree.events.add_child(instance=EventPage(title="先客", slug="n-2026-0001"))
    assert make().slug == "n-2026-0001-2"


def test_a_second_click_returns_the_same_page(staff):
    notice = receive(day(2026, 11, 18, 9), files=[photo(), flyer()])
    first = services.make_page(notice=notice, by=staff, now=NOW)
    second = services.make_page(notice=notice, by=staff, now=NOW)
    assert first.pk == second.pk
    assert EventPage.objects.count() == 1
    assert (CentreImage.objects.count(), CentreDocument.objects.count()) == (1, 1)
    assert notice.entries.filter(kind="page_made").count() == 1


def test_pictures_and_papers_come_along_clean(tree):
    page = make(files=[photo("表.jpg"), flyer(), photo("裏.jpg")], alts=["うすときね", "", "地図"])
    with page.image.file.open("rb") as stored:
        content = stored.read()
        picture = Image.open(stored)
        assert dict(picture.getexif()) == {}
    assert b"CANARY" not in content
    assert picture.size == (20, 40)
    assert (page.image.alt, page.image_alt) == ("うすときね", "うすときね")
    assert page.flyer.title == "ちらし.pdf"
    assert "表" not in page.image.file.name
    assert [block.block_type for block in page.body] == ["paragraph", "image"]
    assert page.body[1].value["alt"] == "地図"
    assert page.image.file_size == len(content)


def test_the_private_file_stays_where_it_was():
    notice = receive(day(2026, 11, 18, 9), files=[photo()])
    services.make_page(notice=notice, by=None, now=NOW)
    attachment = notice.attachments.get()
    with attachment.file.open("rb") as kept:
        assert kept.read()[:2] == b"\xff\xd8"
    assert attachment.image is not None


def test_whatever_the_text_holds_stays_text():
    page = make(text="<script>alert(1)</script>\n2行め & 3 > 2\n\n次の段", title="<b>もち</b>")
    html = str(page.body)
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;<br/>2行め &amp; 3 &gt; 2" in html
    assert page.title == "<b>もち</b>"


def test_a_wished_day_becomes_the_time_of_going_live():
    page = make(not_before_on=date(2026, 12, 1))
    assert page.go_live_at == day(2026, 12, 1)


def test_a_wished_day_that_has_come_schedules_nothing():
    assert make(not_before_on=date(2026, 11, 18)).go_live_at is None


def test_application_on_a_page_without_its_address_can_still_be_stored():
    page = make(application_way="web", application_text="団体のページから")
    assert (page.application_way, page.application_text) == ("other", "団体のページから")


def test_making_the_page_begins_the_review():
    notice = receive(day(2026, 11, 18, 9))
    services.make_page(notice=notice, by=None, now=NOW)
    assert notice.state == "reviewing"


def test_a_site_without_the_list_says_so(tree):
    tree.grants.delete()
    notice = receive(day(2026, 11, 18, 9), kind="grant", sessions=[])
    with pytest.raises(services.NoParentPage):
        services.make_page(notice=notice, by=None, now=NOW)


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("", ""),
        ("一文だけ", "一文だけ"),
        ("一文め。二文め。", "一文め。"),
        ("見出し\n本文です。", "見出し"),
        ("来ますか？ はい。", "来ますか？"),
        ("あ" * 200 + "。", "あ" * 199 + "…"),
        ("あ" * 199 + "。い", "あ" * 199 + "。"),
        ("　前の 空き。", "前の 空き。"),
    ],
)
def test_the_summary_is_the_first_sentence_of_at_most_200_characters(text, summary):
    assert summary_of(text) == summary


def test_paragraphs_keep_line_breaks():
    assert paragraphs_of("一\r\n二\n \n三") == "<p>一<br/>二</p><p>三</p>"
    assert paragraphs_of(" \n ") == ""


def test_two_clicks_at_the_same_moment_make_one_page(monkeypatch):
    """The second click comes while the first one is still copying the files."""
    notice = receive(day(2026, 11, 18, 9), files=[photo()])
    copy_files, made = notice_pages._library_files, []

    def copy_while_somebody_clicks(row):
        monkeypatch.setattr(notice_pages, "_library_files", copy_files)
        made.append(services.make_page(notice=Notice.objects.get(pk=row.pk), by=None, now=NOW).pk)
        return copy_files(row)

    monkeypatch.setattr(notice_pages, "_library_files", copy_while_somebody_clicks)
    made.append(services.make_page(notice=notice, by=None, now=NOW).pk)
    assert len(made) == 2
    assert len(set(made)) == 1
    assert (EventPage.objects.count(), CentreImage.objects.count()) == (1, 1)


def test_a_picture_that_two_clicks_copied_is_kept_once(monkeypatch):
    notice = receive(day(2026, 11, 18, 9), files=[photo()])
    attachment = notice.attachments.get()
    first = notice_pages._take_over(attachment, CentreImage(title="a"), "image")
    second = notice_pages._take_over(attachment, CentreImage(title="b"), "image")
    assert first == second
    assert CentreImage.objects.count() == 1
