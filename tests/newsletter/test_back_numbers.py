"""The back numbers on the site."""

from datetime import datetime, timedelta
from xml.etree import ElementTree

import pytest

from newsletter.mailed_issues import fiscal_years, issue_words, mailed_in_fiscal_year, mailed_issues, next_issue
from newsletter.models import BackNumberNote, Issue, IssueItem, IssueKind, IssueState, Rendering
from newsletter.slots import TOKEN_SLOT, personal_url

DAY = timedelta(days=1)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def issue(tree):
    def make(send_at, state=IssueState.SENT, *, mailed=True, renderings=("ja",), **fields) -> Issue:
        values = {
            "year": send_at.year,
            "month": send_at.month,
            "number": Issue.objects.count() + 1,
            "slug": f"{send_at:%Y-%m}",
            "subject": f"サポートメール {send_at.month}月号",
            "preheader": "今月のお知らせ",
            "cutoff_at": send_at - 5 * DAY,
            "send_at": send_at,
            "not_after": send_at + DAY,
            "created_at": send_at - 20 * DAY,
            "sending_started_at": send_at if mailed else None,
        }
        made = Issue.objects.create(state=state, **(values | fields))
        for code in renderings:
            Rendering.objects.create(
                issue=made,
                locale=code,
                subject=f"{made.subject} {code}",
                html="<p>mail</p>",
                text=f"本文\n{personal_url()}",
                web_html=f'<h2>見出し {code}</h2><a href="{personal_url()}">やめる</a>',
                sha256="0" * 64,
                rendered_at=send_at - DAY,
            )
        return made

    return make


def test_an_issue_stands_on_the_site_as_it_was_mailed(client, issue, tokyo):
    issue(tokyo(2026, 12, 1, 10))
    response = client.get("/mail/2026-12/")
    assert response.status_code == 200
    assert "<h2>見出し ja</h2>" in response.text
    assert "サポートメール 12月号 ja" in response.text
    assert 'datetime="2026-12-01"' in response.text
    assert "2026年（令和8年）12月1日（火）" in response.text
    assert not response.cookies


def test_no_personal_link_is_left_on_it(client, issue, tokyo):
    issue(tokyo(2026, 12, 1, 10))
    text = client.get("/mail/2026-12/").text
    assert TOKEN_SLOT not in text
    assert "/u/" not in text


def test_each_language_reads_its_own_edition_or_the_japanese_one(client, issue, tokyo):
    issue(tokyo(2026, 12, 1, 10), renderings=("ja", "en"))
    assert "見出し en" in client.get("/en/mail/2026-12/").text
    assert "見出し ja" in client.get("/ja-x-easy/mail/2026-12/").text
    issue(tokyo(2026, 11, 2, 10))
    text = client.get("/en/mail/2026-11/").text
    assert "見出し ja" in text
    assert "This issue was mailed in Japanese only." in text
    assert '<article class="stack" lang="ja">' in text


@pytest.mark.parametrize(
    "state", [state for state in IssueState if state not in (IssueState.SENT, IssueState.SENT_WITH_EXCEPTIONS)]
)
def test_an_issue_that_nobody_got_is_not_public(client, issue, tokyo, state):
    issue(tokyo(2026, 12, 1, 10), state, mailed=False)
    assert client.get("/mail/2026-12/").status_code == 404
    assert "/mail/2026-12/" not in client.get("/mail/").text
    assert "/mail/2026-12/" not in client.get("/mail/feed.atom").text
    assert client.get("/mail/2026/").status_code == 404


@pytest.mark.parametrize("state", [IssueState.SENDING, IssueState.PAUSED, IssueState.CANCELLED])
def test_the_first_readers_can_follow_the_link_while_the_last_ones_wait(client, issue, tokyo, state):
    issue(tokyo(2026, 12, 1, 10), state)
    assert client.get("/mail/2026-12/").status_code == 200


def test_what_turned_out_differently_stands_beside_it_with_its_day(client, issue, tokyo):
    made = issue(tokyo(2026, 12, 1, 10))
    BackNumberNote.objects.create(issue=made, at=tokyo(2026, 12, 3, 9), text="餅つきは中止になりました。<b>")
    text = client.get("/mail/2026-12/").text
    assert "12月3日（木）" in text
    assert "餅つきは中止になりました。&lt;b&gt;" in text


def test_issues_are_listed_by_fiscal_year_with_the_day_they_were_mailed(client, issue, tokyo):
    issue(tokyo(2027, 3, 2, 10))
    issue(tokyo(2027, 4, 6, 10))
    assert fiscal_years() == [2027, 2026]
    assert [one.slug for one in mailed_in_fiscal_year(2026)] == ["2027-03"]
    text = client.get("/mail/2026/").text
    assert 'datetime="2027-03-02"' in text and "/mail/2027-03/" in text and "/mail/2027-04/" not in text
    assert 'href="/mail/2027/"' in text
    assert client.get("/mail/2025/").status_code == 404


def test_the_fiscal_year_turns_at_midnight_in_tokyo(issue, tokyo):
    issue(tokyo(2027, 3, 31, 23, 59), slug="a")
    issue(tokyo(2027, 4, 1, 0, 0), slug="b")
    assert [one.slug for one in mailed_in_fiscal_year(2026)] == ["a"]
    assert [one.slug for one in mailed_in_fiscal_year(2027)] == ["b"]


def test_the_sign_up_page_shows_the_three_latest(client, issue, tokyo):
    for month in (8, 9, 10, 11):
        issue(tokyo(2026, month, 3, 10))
    text = client.get("/mail/").text
    assert [f"/mail/2026-{month:02}/" in text for month in (8, 9, 10, 11)] == [False, True, True, True]
    assert 'href="/mail/2026/"' in text


@pytest.mark.parametrize(("count", "path"), [(1, "/mail/"), (12, "/mail/"), (1, "/mail/2026/"), (12, "/mail/2026/")])
def test_lists_ask_the_database_no_more_for_more_issues(
    client, issue, tokyo, django_assert_max_num_queries, count, path
):
    for number in range(count):
        issue(tokyo(2026 + (number + 3) // 12, (number + 3) % 12 + 1, 2, 10))
    client.get(path)
    with django_assert_max_num_queries(16):
        client.get(path)


def test_the_next_issue_is_the_first_monthly_one_still_to_come(issue, tokyo):
    issue(tokyo(2026, 11, 2, 10))
    issue(tokyo(2026, 11, 20, 10), IssueState.DRAFT, mailed=False, kind=IssueKind.EXTRA, slug="x")
    issue(tokyo(2027, 1, 5, 10), IssueState.DRAFT, mailed=False)
    december = issue(tokyo(2026, 12, 1, 10), IssueState.SCHEDULED, mailed=False)
    assert next_issue(now=tokyo(2026, 11, 18)) == december
    assert next_issue(now=tokyo(2026, 12, 1, 10)).slug == "2027-01"
    Issue.objects.filter(slug="2027-01").update(state=IssueState.CANCELLED)
    assert next_issue(now=tokyo(2026, 12, 1, 10)) is None


def test_issues_are_called_by_their_month(issue, tokyo):
    regular, extra = issue(tokyo(2026, 12, 1, 10)), issue(tokyo(2026, 12, 9, 10), kind=IssueKind.EXTRA, slug="x")
    assert [issue_words(regular, code) for code in ("ja", "ja-x-easy", "en")] == ["12月号", "12月号", "December issue"]
    assert [issue_words(extra, code) for code in ("ja", "en")] == ["臨時号", "extra issue"]


def test_the_feed_names_the_issues_with_full_addresses(client, issue, tokyo):
    issue(tokyo(2026, 11, 2, 10))
    issue(tokyo(2026, 12, 1, 10))
    response = client.get("/mail/feed.atom", headers={"host": "localhost"})
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.find(f"{ATOM}link").get("href") for entry in entries] == [
        "https://assist-park.example/mail/2026-12/",
        "https://assist-park.example/mail/2026-11/",
    ]
    assert "12月号" in entries[0].find(f"{ATOM}title").text
    assert entries[0].find(f"{ATOM}updated").text.startswith("2026-12-01")


def test_the_feed_is_valid_atom_with_the_days_of_mailing_and_of_later_notes(client, issue, tokyo):
    november, december = issue(tokyo(2026, 11, 4, 10)), issue(tokyo(2026, 12, 1, 10))
    BackNumberNote.objects.create(issue=november, at=tokyo(2026, 12, 3, 9), text="中止になりました。")
    BackNumberNote.objects.create(issue=november, at=tokyo(2026, 11, 20, 9), text="会場が変わりました。")
    feed = ElementTree.fromstring(client.get("/mail/feed.atom").content)
    for name in ("id", "title", "updated", "author"):
        assert len(feed.findall(f"{ATOM}{name}")) == 1, name
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == "https://assist-park.example/mail/feed.atom"
    rows = feed.findall(f"{ATOM}entry")
    assert len({row.find(f"{ATOM}id").text for row in rows}) == 2
    dates = [
        tuple(datetime.fromisoformat(row.find(f"{ATOM}{name}").text) for name in ("published", "updated"))
        for row in rows
    ]
    assert dates == [
        (december.send_at, december.send_at),
        (november.send_at, tokyo(2026, 12, 3, 9)),
    ]
    assert datetime.fromisoformat(feed.find(f"{ATOM}updated").text) == tokyo(2026, 12, 3, 9)


def test_no_list_feed_or_search_holds_a_personal_link(client, issue, tokyo):
    issue(tokyo(2026, 12, 1, 10))
    for path in ("/mail/2026/", "/mail/search/?q=サポート", "/mail/feed.atom"):
        assert TOKEN_SLOT not in client.get(path).text, path


def test_the_mailed_words_stay_when_the_page_says_something_else(client, issue, tokyo):
    made = issue(tokyo(2026, 12, 1, 10))
    before = client.get("/mail/2026-12/").text
    BackNumberNote.objects.create(issue=made, at=tokyo(2026, 12, 3, 9), text="二つ目の知らせ")
    BackNumberNote.objects.create(issue=made, at=tokyo(2026, 12, 2, 9), text="一つ目の知らせ")
    after = client.get("/mail/2026-12/").text
    assert "見出し ja" in before and "見出し ja" in after
    assert after.index("12月2日（水）") < after.index("一つ目の知らせ") < after.index("12月3日（木）")
    assert after.index("二つ目の知らせ") < after.index("見出し ja")


# the search


@pytest.fixture
def mailed_items(issue, tokyo):
    """An item in the November mail, its like in December, and one in an issue that never left."""
    sent = [issue(tokyo(2026, 11, 4, 10)), issue(tokyo(2026, 12, 1, 10), renderings=("ja", "en"))]
    draft = issue(tokyo(2027, 1, 5, 10), IssueState.DRAFT, mailed=False)
    english = {"title": "Rice cake day", "url": "", "kind_word": "", "lines": ["Otsuki"], "is_translated": True}
    for number, made in enumerate((*sent, draft)):
        IssueItem.objects.create(
            issue=made,
            page_ref=number + 1,
            section_name="講座・催し",
            section_order=1,
            order=1,
            reason="coming",
            title=f"昔の道具で、もちをつく その{number + 1}",
            url="https://assist-park.example/events/mochi/",
            lines=["12月12日（土）10時〜12時", "大槻ふれあいセンター"],
            translations={"en": english} if number == 1 else {},
        )
    return sent


def test_words_are_found_in_what_was_mailed_however_they_are_typed(client, mailed_items):
    for query in ("もち", "モチ", "ﾓﾁ ふれあいｾﾝﾀｰ", "大槻　もち"):
        text = client.get("/mail/search/", {"q": query}).text
        assert 'href="/mail/2026-12/#p2"' in text, query
        assert text.index("/mail/2026-12/#p2") < text.index("/mail/2026-11/#p1")
        assert "/mail/2027-01/" not in text
    assert "大槻" not in client.get("/mail/search/", {"q": "もち 音楽会"}).text
    assert client.get("/mail/search/").status_code == 200


def test_the_search_reads_the_edition_of_its_reader(client, mailed_items):
    text = client.get("/en/mail/search/", {"q": "rice cake"}).text
    assert 'href="/en/mail/2026-12/#p2">Rice cake day</a>' in text
    assert 'lang="ja">昔の道具で、もちをつく その1</a>' in client.get("/en/mail/search/", {"q": "もち"}).text


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", "%", "\x00", "あ" * 5000, "(", "  "])
def test_whatever_is_typed_the_search_answers(client, mailed_items, query):
    response = client.get("/mail/search/", {"q": query})
    assert response.status_code == 200
    assert "<script>alert" not in response.text


def test_the_search_asks_no_more_for_more_issues(client, mailed_items, django_assert_max_num_queries):
    client.get("/mail/search/", {"q": "もち"})
    with django_assert_max_num_queries(16):
        client.get("/mail/search/", {"q": "もち"})


def test_the_list_of_a_year_leads_to_the_search(client, issue, tokyo):
    issue(tokyo(2026, 12, 1, 10))
    assert 'action="/mail/search/"' in client.get("/mail/2026/").text


def test_an_issue_without_any_rendering_is_not_found_rather_than_broken(client, issue, tokyo):
    issue(tokyo(2026, 12, 1, 10), renderings=())
    assert client.get("/mail/2026-12/").status_code == 404
    assert mailed_issues().count() == 1


@pytest.mark.parametrize("path", ["/mail/nothing/", "/mail/0000/", "/mail/99999/", "/mail/2026-99/", "/mail/%00/"])
def test_what_was_never_mailed_is_not_found(client, tree, path):
    assert client.get(path).status_code == 404
