"""The notice board: today, what is coming, what closes soon, and the promise."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from bs4 import BeautifulSoup
from wagtail.models import Locale, PageViewRestriction

from activities.deadlines import ClosedDue, DeadlinePolicy, Rate
from activities.models import ActivityField, Notice, NoticePolicy
from center.models import CentreSettings, SpecialDay
from config.builders import (
    add_event,
    add_grant,
    add_group,
    add_lecture,
    add_magazine,
    add_match,
    add_news,
    add_page,
)
from home.models import HomePage, StandardPage
from home.overview import board_at
from home.promise import MonthRate, Record
from newsletter.models import Issue, IssueState

MOST_QUERIES = 15


@pytest.fixture
def now(tokyo) -> datetime:
    """A Tuesday morning."""
    return tokyo(2026, 11, 24, 9)


@pytest.fixture
def read(tree, client, now):
    """Read the home page as anybody would at 9:00 of 2026-11-24, or at another moment."""

    def at(moment: datetime = now) -> BeautifulSoup:
        with time_machine.travel(moment, tick=False):
            response = client.get("/")
        assert response.status_code == 200
        return BeautifulSoup(response.content, "html.parser")

    return at


@pytest.fixture
def board(tree, now):
    """What is on the board at a moment, in Japanese."""
    return lambda moment=now: board_at(moment, home=tree.home, language="ja")


def issue(send_at: datetime, cutoff_at: datetime, **fields) -> Issue:
    values = {
        "year": send_at.year,
        "month": send_at.month,
        "number": Issue.objects.count() + 1,
        "slug": f"{send_at:%Y-%m}",
        "subject": f"サポートメール{send_at.month}月号",
        "not_after": send_at + timedelta(hours=14),
        "created_at": cutoff_at - timedelta(days=14),
    }
    return Issue.objects.create(send_at=send_at, cutoff_at=cutoff_at, **(values | fields))


def words(tag) -> str:
    return " ".join(tag.get_text(" ", strip=True).split())


def under(page: BeautifulSoup, heading: str) -> BeautifulSoup:
    """The paper under a heading."""
    found = [tag for tag in page.select("h2, h3") if heading in tag.get_text()]
    assert found, f"no heading says {heading}"
    return found[0].find_parent("section")


# the empty board


def test_an_empty_board_says_in_words_what_is_missing(read):
    page = read()
    assert "いま、お知らせしている催しはありません" in words(under(page, "今週の催し"))
    assert "そのあと" not in words(page.main)
    assert "2週間以内に締め切る助成金はありません" in words(under(page, "締切が近い助成金"))
    assert "いま募集はありません" in words(under(page, "いっしょにやる人"))
    assert not page.select(".hero__aside, .himekuri__foot")
    assert not [tag for tag in page.select("h2") if "分野からさがす" in tag.get_text()]
    assert under(page, "相談する").select_one("a[href='/services/']")


def test_english_words_are_nowhere_on_the_japanese_board(read, tree, tokyo):
    add_event(tree, "川そうじ", sessions=[(tokyo(2026, 11, 28, 9), None)], state="postponed")
    issue(tokyo(2026, 12, 1, 10), tokyo(2026, 11, 26, 17, 15))
    text = words(read().body)
    for known in ("PDF", "NPO"):
        text = text.replace(known, "")
    assert not [word for word in text.split() if len(word) > 3 and word.isascii() and word.isalpha()]


# today


def test_today_is_the_picture(read, tokyo):
    leaf = read(tokyo(2026, 11, 23, 0, 0)).select_one(".himekuri")
    assert leaf.time["datetime"] == "2026-11-23"
    assert words(leaf) == "2026年 令和8年 11月 23 月曜日 勤労感謝の日"
    assert "day--sun" in leaf.select_one(".himekuri__num")["class"]


def test_the_leaf_turns_at_midnight_in_tokyo(read, tokyo):
    assert read(tokyo(2026, 11, 24, 23, 59)).select_one(".himekuri time")["datetime"] == "2026-11-24"
    assert read(tokyo(2026, 11, 25, 0, 0)).select_one(".himekuri time")["datetime"] == "2026-11-25"


def test_the_leaf_counts_the_days_to_the_next_mail(read, tokyo):
    issue(tokyo(2026, 11, 3, 10), tokyo(2026, 10, 29, 17, 15), state=IssueState.SENT)
    issue(tokyo(2026, 12, 1, 10), tokyo(2026, 11, 26, 17, 15))
    assert words(read().select_one(".himekuri__foot")) == "次のサポートメールまで あと7日"
    assert words(read(tokyo(2026, 12, 1, 8)).select_one(".himekuri__foot")) == "今日、サポートメールが届きます"
    assert not read(tokyo(2026, 12, 1, 11)).select(".himekuri__foot")


# events


def this_week(page: BeautifulSoup) -> list:
    return under(page, "今週の催し").select(".rows > li")


def later(page: BeautifulSoup) -> list[str]:
    return [words(row) for row in under(page, "今週の催し").select(".days > li")]


def test_coming_events_stand_in_the_order_of_their_days(read, tree, tokyo):
    add_event(tree, "土曜の催し", sessions=[(tokyo(2026, 11, 28, 10), tokyo(2026, 11, 28, 12))], fee="300円")
    add_event(tree, "あしたの催し", sessions=[(tokyo(2026, 11, 25, 10), tokyo(2026, 11, 25, 11, 30))], is_free=True)
    add_event(tree, "終わった催し", sessions=[(tokyo(2026, 11, 20, 10), tokyo(2026, 11, 20, 12))])
    add_event(tree, "下書きの催し", sessions=[(tokyo(2026, 11, 26, 10), None)], live=False)
    rows = this_week(read())
    assert [words(row.h3) for row in rows] == ["あしたの催し", "土曜の催し"]
    assert words(rows[0].select_one(".row__labels")) == "催し あした"
    assert words(rows[0].select_one(".row__meta")) == "10時〜11時30分"
    assert words(rows[0].select_one(".row__terms")) == "無料・申込なし"
    assert words(rows[1].time) == "11月 28 日 土曜"


def test_after_this_week_a_month_is_told_day_by_day(read, tree, tokyo):
    add_event(tree, "日曜の催し", sessions=[(tokyo(2026, 11, 29, 10), None)])
    add_event(tree, "月曜の催し", sessions=[(tokyo(2026, 11, 30, 10), None)])
    add_event(tree, "ひと月後の催し", sessions=[(tokyo(2026, 12, 25, 10), None)])
    add_event(tree, "来年の催し", sessions=[(tokyo(2027, 1, 9, 10), None)])
    page = read()
    assert [words(row.h3) for row in this_week(page)] == ["日曜の催し"]
    assert later(page) == ["11月30日（月） 月曜の催し", "12月25日（金） ひと月後の催し"]


def test_a_week_without_an_event_says_so_and_shows_what_comes_after(read, tree, tokyo):
    add_event(tree, "来週の催し", sessions=[(tokyo(2026, 12, 1, 10), None)])
    page = read()
    assert "今週の催しは、ありません。" in words(under(page, "今週の催し"))
    assert later(page) == ["12月1日（火） 来週の催し"] and not this_week(page)


def test_a_course_is_one_row(read, tree, tokyo):
    days = [tokyo(2026, 11, day, 13, 30) for day in (25, 27, 29)]
    add_lecture(tree, "はじめての団体会計", sessions=[(day, day + timedelta(hours=2)) for day in days])
    page = read()
    assert [words(row.h3) for row in this_week(page)] == ["はじめての団体会計"] and not later(page)
    leaves = under(read(tokyo(2026, 11, 26, 9)), "今週の催し").select(".rows > li time")
    assert [leaf["datetime"] for leaf in leaves] == ["2026-11-27"]


def test_what_is_running_stands_under_its_last_day(read, tree, tokyo):
    add_event(tree, "まちの写真展", sessions=[(tokyo(2026, 11, 20, 9), tokyo(2026, 12, 15, 17))])
    row = under(read(), "今週の催し").select_one(".rows > li")
    assert "開催中" in words(row.select_one(".row__labels"))
    assert row.time["datetime"] == "2026-12-15" and words(row.time).startswith("〜12月")
    assert "11月20日（金）" in words(row.select_one(".row__meta"))


def test_a_cancelled_event_is_announced_first_and_leaves_the_list(read, tree, tokyo):
    add_event(
        tree,
        "焼きいも",
        sessions=[(tokyo(2026, 11, 29, 10), None)],
        state="cancelled",
        change_note="会場の都合のためです。",
    )
    page = read()
    announcement = page.select_one(".hero .notice")
    assert "中止" in words(announcement)
    assert "11月29日（日）「焼きいも」は、中止になりました。 会場の都合のためです。" in words(announcement)
    assert not under(page, "今週の催し").select(".rows")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "postponed"}, "11月29日（日）「焼きいも」は、延期になりました。"),
        (
            {"state": "postponed", "has_new_dates": True},
            "「焼きいも」は延期になりました。新しい日は11月29日（日）です。",
        ),
        ({"state": "changed"}, "11月29日（日）「焼きいも」に、変更があります。"),
    ],
)
def test_a_change_is_told_in_a_sentence(read, tree, tokyo, fields, said):
    add_event(tree, "焼きいも", sessions=[(tokyo(2026, 11, 29, 10), None)], **fields)
    assert said in words(read().select_one(".hero .notice"))


def test_what_is_not_for_everybody_is_not_on_the_board(read, tree, tokyo):
    add_event(tree, "会員だけの集まり", sessions=[(tokyo(2026, 11, 28, 10), None)])
    add_grant(tree, "会員だけの助成", closes_on=date(2026, 11, 30))
    for page in (tree.events, tree.grants):
        PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert "会員だけ" not in words(read().body)


# grants and calls


def test_grants_that_close_within_two_weeks_stand_with_their_days(read, tree):
    add_grant(tree, "つながり助成", closes_on=date(2026, 11, 30), amount_upper=300_000)
    add_grant(tree, "今日まで助成", closes_on=date(2026, 11, 24))
    add_grant(tree, "まだ先の助成", closes_on=date(2026, 12, 9))
    add_grant(tree, "締め切った助成", closes_on=date(2026, 11, 23))
    rows = under(read(), "締切が近い助成金").select(".rows > li")
    assert [words(row.h3) for row in rows] == ["今日まで助成", "つながり助成"]
    assert words(rows[0].select_one(".left")) == "今日が締切"
    assert words(rows[1].select_one(".left")) == "締切まであと6日"
    assert "上限30万円" in words(rows[1])


def test_calls_and_matching_posts_share_a_paper(read, tree):
    group = add_group(tree, "おはなしの木")
    add_news(tree, "絵本を読む人", kind="call", group=group, deadline_on=date(2026, 12, 20))
    add_news(tree, "終わった募集", kind="call", deadline_on=date(2026, 11, 23))
    add_news(tree, "ただの報告", kind="report")
    add_match(tree, "ホームページを手伝える人", open_until_on=date(2026, 12, 31))
    rows = under(read(), "いっしょにやる人").select(".rows > li")
    assert [words(row.h3) for row in rows] == ["絵本を読む人", "ホームページを手伝える人"]
    assert "おはなしの木" in words(rows[0]) and "募集：12月20日（日）まで" in words(rows[0])
    assert "募集：12月31日（木）まで" in words(rows[1])


def test_posts_never_push_all_calls_off_the_paper(board, tree):
    for number in range(5):
        add_match(tree, f"ほしい{number}")
        add_news(tree, f"募集{number}", kind="call")
    shown = board()
    assert (len(shown["calls"]), len(shown["posts"])) == (2, 2)


# the promise


def test_the_promise_of_today_is_counted_in_calendar_days(read):
    promise = under(read(), "3日以内に貼り出します")
    assert "11月27日（金）までに" in words(promise)
    assert promise.select_one("a.btn")["href"] == "/notices/new/"


def test_the_promise_follows_the_rule_in_force_and_the_calendar(board, tokyo):
    NoticePolicy.objects.create(valid_from_at=tokyo(2026, 4, 1), closed_due=ClosedDue.NEXT_OPEN_DAY)
    NoticePolicy.objects.create(valid_from_at=tokyo(2027, 4, 1), days=5)
    SpecialDay.objects.create(on=date(2026, 11, 30), kind=SpecialDay.Kind.CLOSED, name="停電")
    assert board(tokyo(2026, 11, 25, 9))["due_on"] == date(2026, 12, 1)


def test_the_way_of_a_notice_ends_in_the_mail_that_it_reaches(board, tokyo):
    issue(tokyo(2026, 12, 1, 10), tokyo(2026, 11, 26, 17, 15))
    in_time = board(tokyo(2026, 11, 23, 9))["promise_steps"]
    assert [step.on for step in in_time] == [date(2026, 11, 23), date(2026, 11, 26), date(2026, 12, 1)]
    assert "12月号" in in_time[2].text
    too_late = board(tokyo(2026, 11, 24, 9))["promise_steps"]
    assert too_late[2].on is None and "12月号" not in too_late[2].text


def notice(number: str, received_at: datetime, public_since: datetime) -> None:
    Notice.objects.create(
        number=number,
        kind="event",
        state="published",
        received_at=received_at,
        clock_started_at=received_at,
        due_on=(received_at + timedelta(days=3)).date(),
        public_since=public_since,
        policy=DeadlinePolicy().as_json(),
        status_token_hash=number,
    )


def test_the_record_is_told_as_it_is_month_by_month(read, tokyo):
    for number in range(3):
        notice(f"26-{number}", tokyo(2026, 10, 5, 9), tokyo(2026, 10, 7, 9))
    notice("26-9", tokyo(2026, 11, 5, 9), tokyo(2026, 11, 9, 9))
    figure = read().select_one("figure")
    assert words(figure.figcaption) == "75% 期限までに公開できた割合 2026年度のここまで、4件のうち3件"
    assert figure.desc.get_text() == "10月 100%、11月 0%"
    rows = [[words(cell) for cell in row.select("th, td")] for row in figure.select("tbody tr")]
    assert rows == [["10月", "3", "3 （100%）", "3 （100%）"], ["11月", "1", "0 （0%）", "0 （0%）"]]


def test_without_a_notice_there_is_no_record(read):
    assert not read().select("figure")


def test_almost_all_is_not_all():
    month = MonthRate(10, Rate(on_time=1999, total=2000, literal=1999))
    assert month.share_words == "99%"
    assert Record(2026, month.rate, [month]).share_words == "99.9%"


# mail, magazine, groups, services


def test_the_mail_is_told_with_its_days_and_signed_up_for_elsewhere(read, tokyo):
    issue(tokyo(2026, 12, 1, 10), tokyo(2026, 11, 26, 17, 15))
    paper = under(read(), "サポートメール")
    assert "12月号は12月1日（火）10時に届きます。" in words(paper)
    assert paper.select_one("a.btn")["href"] == "/mail/"
    assert not paper.select("form, input")


def test_the_newest_mail_can_be_read_by_everybody(read, tokyo):
    assert "を読む" not in words(under(read(), "サポートメール"))
    for month in (10, 11):
        issue(
            tokyo(2026, month, 4, 10),
            tokyo(2026, month, 1, 17, 15),
            state=IssueState.SENT,
            sending_started_at=tokyo(2026, month, 4, 10),
        )
    link = under(read(), "サポートメール").select_one("a.go")
    assert (link["href"], words(link)) == ("/mail/2026-11/", "11月号を読む（11月4日（水）発行）")


def test_the_board_says_how_to_reach_the_centre(read):
    centre = CentreSettings.load()
    centre.phone, centre.address = "024-924-3352", "郡山市朝日1-23-7"
    centre.save()
    paper = under(read(), "場所と電話")
    assert "郡山市朝日1-23-7" in words(paper) and "開館時間・休館日 未確認" in words(paper)
    assert paper.select_one("a.tel")["href"] == "tel:0249243352"
    assert paper.select_one("a[href='/contact/']")


def test_the_newest_magazine_is_shown(read, tree):
    add_magazine(tree, 55, date(2019, 12, 1))
    add_magazine(tree, 56, date(2020, 3, 1), summary="はじめての団体づくり")
    paper = under(read(), "あしすとぱぁく")
    assert paper.select_one(".cover__num").get_text() == "56"
    assert "はじめての団体づくり" in words(paper)


def test_fields_with_a_group_are_counted(read, tree):
    children = ActivityField.objects.create(slug="children", name="子どもの健全育成", order=13)
    safety = ActivityField.objects.create(slug="safety", name="地域安全", order=9)
    ActivityField.objects.create(slug="science", name="科学技術", order=15)
    for title, fields, live in (("あ", [children, safety], True), ("い", [children], True), ("う", [safety], False)):
        group = add_group(tree, title, live=False)
        group.activity_fields.set(fields)
        revision = group.save_revision()
        if live:
            revision.publish()
    links = under(read(), "分野からさがす").select(".fields a")
    assert [words(link) for link in links] == ["子どもの健全育成 2団体", "地域安全 1団体"]
    assert links[1]["href"] == "/groups/?field=safety"


def test_what_one_can_do_at_the_centre_comes_from_its_pages(read, tree):
    add_page(tree.services, StandardPage(title="会計の相談", slug="accounting"))
    add_page(tree.services, StandardPage(title="まだ書いていない相談", slug="draft"), live=False)
    links = under(read(), "相談する").select(".plain a")
    assert [(words(link), link["href"]) for link in links] == [("会計の相談", "/services/accounting/")]


def test_made_up_things_are_marked_on_the_board_and_above_it(read, tree, tokyo):
    assert not read().select(".sample-strip")
    add_event(tree, "見本の催し", sessions=[(tokyo(2026, 11, 28, 9), None)], is_sample=True)
    page = read()
    assert "つくりもの" in words(page.select_one(".sample-strip"))
    assert under(page, "今週の催し").select_one(".sample")


def test_an_english_board_links_to_japanese_pages_without_a_translation(client, tree, now, tokyo):
    add_event(tree, "川そうじ", sessions=[(tokyo(2026, 11, 28, 9), None)])
    tree.home.copy_for_translation(Locale.objects.get(language_code="en")).save_revision().publish()
    with time_machine.travel(now, tick=False):
        page = BeautifulSoup(client.get("/en/").content, "html.parser")
    row = under(page, "This week").select_one(".rows > li")
    assert row.a["href"].startswith("/events/") and words(row.a) == "川そうじ (Japanese only)"
    assert words(row.time) == "Nov 28 Sat"


# cost


def fill(tree, tokyo, count: int) -> None:
    for number in range(count):
        day = tokyo(2026, 11, 25 + number % 5, 10)
        group = add_group(tree, f"団体{number}")
        add_event(tree, f"催し{number}", sessions=[(day, None), (day + timedelta(days=7), None)], organiser_group=group)
        add_event(tree, f"中止{number}", sessions=[(day, None)], state="cancelled")
        add_grant(tree, f"助成{number}", closes_on=date(2026, 11, 30))
        add_news(tree, f"募集{number}", kind="call", group=group)
        add_match(tree, f"ほしい{number}", group=group)


def test_the_board_costs_as_many_queries_however_much_hangs_on_it(board, tree, tokyo, django_assert_max_num_queries):
    add_page(tree.services, StandardPage(title="会計の相談", slug="accounting"))
    add_magazine(tree, 56, date(2020, 3, 1))
    issue(tokyo(2026, 12, 1, 10), tokyo(2026, 11, 26, 17, 15))
    fill(tree, tokyo, 1)
    board()
    with django_assert_max_num_queries(MOST_QUERIES) as few:
        board()
    fill(tree, tokyo, 5)
    with django_assert_max_num_queries(len(few)):
        shown = board()
    assert (len(shown["week"]), len(shown["later"])) == (5, 0)


def test_showing_the_board_adds_only_the_frame(client, tree, tokyo, now, django_assert_max_num_queries):
    fill(tree, tokyo, 4)
    with time_machine.travel(now, tick=False):
        client.get("/")
        with django_assert_max_num_queries(MOST_QUERIES + 9):
            client.get("/")


def test_the_heading_is_that_of_the_page(read, tree):
    home = HomePage.objects.get(pk=tree.home.pk)
    home.heading, home.lead = "まちの活動、ただいま 貼り出し中。", "郡山の催しと募集を、ここで。"
    home.save_revision().publish()
    page = read()
    assert page.h1.get_text() == "まちの活動、ただいま貼り出し中。"
    assert [span.get_text() for span in page.h1.select("span")] == ["まちの活動、", "ただいま", "貼り出し中。"]
    assert page.select_one("meta[name=description]")["content"] == "郡山の催しと募集を、ここで。"
