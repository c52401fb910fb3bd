"""Nine ways of being hidden, and every public list, file and feed: none of them tells of what is hidden."""

import re

import pytest
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import PageViewRestriction

from activities.models import EventIndexPage, EventPage, MagazineArticle, MatchPage
from center.models import CentreDocument, CentreImage
from config.builders import (
    add_event,
    add_festa,
    add_grant,
    add_group,
    add_lecture,
    add_magazine,
    add_match,
    add_news,
    add_page,
    add_salon,
)

CANARY = "カナリヤ"
HIDINGS = ("下書き", "取り下げ", "予約", "期限切れ", "合言葉", "要ログイン", "会員だけ", "隠れた枝", "消した")


def hide(how: str, page, tokyo, morning) -> None:
    """Hide a published page in one of nine ways."""
    if how in ("下書き", "取り下げ"):
        page.unpublish()
    elif how == "予約":
        page.unpublish()
        page.go_live_at = tokyo(2027, 1, 1)
        page.save_revision().publish()
    elif how == "期限切れ":
        type(page).objects.filter(pk=page.pk).update(expire_at=tokyo(2026, 11, 23))
    elif how == "合言葉":
        PageViewRestriction.objects.create(page=page, restriction_type="password", password="himitsu")
    elif how == "要ログイン":
        PageViewRestriction.objects.create(page=page, restriction_type="login")
    elif how == "会員だけ":
        restriction = PageViewRestriction.objects.create(page=page, restriction_type="groups")
        restriction.groups.add(Group.objects.create(name=f"members-{page.pk}"))
    elif how == "消した":
        page.delete()


@pytest.fixture
def canaries(tree, tokyo, morning, centre):
    """One event of each hiding with picture and file, and one of every other kind of page for some of them."""
    when = [(tokyo(2026, 12, 5, 9), None)]
    over = [(tokyo(2026, 11, 5, 9), None)]
    tree.home.refresh_from_db()
    branch = EventIndexPage(title="裏の一覧", slug="hidden-branch", locale=tree.home.locale)
    tree.home.add_child(instance=branch)
    branch.save_revision().publish()
    documents, hidden = [], []
    for number, how in enumerate(HIDINGS):
        text = CentreDocument.objects.create(title=f"{CANARY}資料{number}", file=ContentFile(b"secret", name="a.txt"))
        image = CentreImage.objects.create(title=f"{CANARY}写真{number}", file=get_test_image_file(), alt=CANARY)
        fields = {"sessions": when, "flyer": text, "image": image, "summary": f"{CANARY}の{how}", "state": "changed"}
        if how == "隠れた枝":
            page = EventPage(title=f"{CANARY}催し{how}", slug="canary-child", flyer=text, image=image)
            page = add_page(branch, page, tags=("催し",))
            page.sessions.create(starts_at=when[0][0])
            page.sessions.create(starts_at=over[0][0])
        else:
            page = add_event(tree, f"{CANARY}催し{how}", **fields)
        documents.append(text)
        others = [
            add_event(tree, f"{CANARY}昔{how}", sessions=over),
            add_lecture(tree, f"{CANARY}講座{how}", sessions=when),
            add_salon(tree, f"{CANARY}交流{how}", sessions=when),
            add_festa(tree, f"{CANARY}祭{how}", sessions=when),
            add_group(tree, f"{CANARY}団体{how}", kana="かなりや", is_recruiting=True),
            add_grant(tree, f"{CANARY}助成{how}"),
            add_grant(tree, f"{CANARY}締切助成{how}", closes_on=tokyo(2026, 11, 1).date()),
            add_news(tree, f"{CANARY}知らせ{how}", kind="call"),
            add_match(tree, f"{CANARY}ほしい{how}"),
            add_match(tree, f"{CANARY}あるよ{how}", state="matched"),
            add_magazine(tree, 100 + number, tokyo(2026, 3, 1).date(), title=f"{CANARY}号{how}"),
        ]
        MagazineArticle.objects.create(page=others[-1], title=f"{CANARY}記事")
        group = others[4]
        # public pages that point at hidden ones
        add_event(tree, f"表の催し{number}", sessions=when, organiser_group=group)
        add_event(tree, f"表の昔の催し{number}", sessions=over, organiser_group=group)
        add_news(tree, f"表の知らせ{number}", group=group, about_page=page, kind="call")
        add_match(tree, f"表のほしい{number}", group=group)
        MatchPage.objects.filter(title=f"表のほしい{number}").update(summary="表")
        for one in [*others, page]:
            one.refresh_from_db()
            if how != "隠れた枝":
                hide(how, one, tokyo, morning)
            elif one is not page:
                one.delete()
        hidden.append(page)
    branch.refresh_from_db()
    branch.unpublish()
    return documents, hidden


LISTS = [
    *("/", "/events/", "/events/?past=1", "/events/?month=2026-12", "/events/?kind=lecture&kind=salon&kind=festa"),
    *("/groups/", "/groups/?recruiting=1", "/groups/?kana=か", "/grants/", "/grants/?closed=1", "/news/"),
    *("/news/?kind=call", "/matching/", "/matching/?closed=1", "/magazine/", "/magazine/?year=2025", "/open-data/"),
]
FILES = [
    *("/events/calendar.ics", "/events/feed.atom", "/open-data/events.csv", "/open-data/groups.csv"),
    *("/open-data/facilities.csv", "/sitemap.xml", "/robots.txt", "/mail/feed.atom"),
]
SEARCHES = [f"/search/?q={CANARY}", f"/search/?q={CANARY}&type=event", "/search/?q=資料", "/search/?q=下書き"]
SEARCHES += [f"/mail/search/?q={CANARY}", "/mail/search/?q=資料", f"/en/mail/search/?q={CANARY}"]


def test_nothing_hidden_stands_in_any_list_feed_file_or_search(canaries, client):
    documents, hidden = canaries
    told = {}
    for address in [*LISTS, *FILES, *SEARCHES]:
        response = client.get(address)
        assert response.status_code == 200, address
        text = response.content.decode()
        if address in SEARCHES:  # the words asked for are repeated; titles and texts of pages are longer
            text = text.replace(f"「{CANARY}」", "").replace(f"“{CANARY}”", "").replace(f'value="{CANARY}"', "")
        told[address] = CANARY in text or "canary-child" in text or "hidden-branch" in text
    assert [address for address, found in told.items() if found] == []

    # public pages that point at hidden ones do not name them
    addresses = re.findall(r"<loc>https://assist-park.example(.*?)</loc>", client.get("/sitemap.xml").content.decode())
    assert len(addresses) > 40
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert CANARY not in response.content.decode(), address

    # no calendar file of one hidden event, no file that only hidden pages use
    slugs = EventPage.objects.filter(title__startswith=f"{CANARY}催し").values_list("slug", flat=True)
    assert len(slugs) == len(HIDINGS) - 1
    for slug in slugs:
        assert client.get("/events/calendar.ics", {"event": slug}).status_code == 404, slug
    for document in documents:
        assert client.get(document.url).status_code == 404, document.title


def test_the_canaries_would_sing_if_they_were_public(canaries, client):
    _documents, hidden = canaries
    PageViewRestriction.objects.all().delete()
    EventPage.objects.filter(pk__in=[page.pk for page in hidden if page.pk]).update(live=True, expire_at=None)
    assert CANARY in client.get("/events/").content.decode()
    assert CANARY in client.get("/events/calendar.ics").content.decode()
