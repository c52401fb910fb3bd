"""Posts for Facebook: their words, what becomes of a call, never two posts, and people who have the last word."""

import logging
import socket
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
import time_machine
from django.urls import reverse

from activities.facebook import client, services, texts
from activities.facebook.addresses import post_address
from activities.facebook.errors import AlreadyPosted, AlreadyQueued, NotConnected, WrongState
from activities.facebook.words import trouble_words
from activities.models import EventState, FacebookPost, FacebookState
from activities.notices.media_errors import NotPublicYet, NotWanted
from activities.notices.media_marks import mark_medium, overrule_medium
from activities.notices.queries import settlement
from tests.activities import facebook_stub
from tests.activities.facebook_stub import TOKEN, refused
from tests.activities.notice_builders import day, make_and_publish, photo, publish, receive, words_of

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 20, 9)
FACEBOOK = ["web", "facebook", "mail"]


@pytest.fixture(autouse=True)
def on_that_morning(tree):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def stub(settings, monkeypatch):
    """A Facebook that listens, and a token for it."""
    monkeypatch.setattr(client, "READ_SECONDS", 0.4)
    with facebook_stub.running() as stub:
        settings.FACEBOOK_PAGE_ID, settings.FACEBOOK_PAGE_TOKEN = "100", TOKEN
        settings.FACEBOOK_GRAPH_URL = stub.url
        yield stub


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def told(**data):
    """A published notice for Facebook."""
    notice = receive(day(2026, 11, 18, 9), media=FACEBOOK, **data)
    make_and_publish(notice, NOW)
    return notice


def queued(notice, text: str = "もちをつきます") -> FacebookPost:
    return services.queue_post(notice=notice, text=text, by=None, now=NOW)


def url(name: str, notice) -> str:
    return reverse(f"notice_desk:{name}", args=[notice.pk])


# The words


def test_the_first_lines_tell_what_when_and_where():
    notice = told(fee="100円", is_free=False)
    page = services.public_page(notice, now=NOW)
    lines = texts.post_text(page, notice=notice).splitlines()
    assert lines[:3] == ["昔の道具で、もちをつく", "12月12日（土）10時〜12時", "大槻ふれあいセンター"]
    assert lines[-1].endswith(f"https://assist-park.example{page.get_url()}")
    assert any(line.startswith("費用：100円") or "100円" in line for line in lines)
    assert "#" not in "".join(lines)


@pytest.mark.parametrize(
    ("state", "mark"),
    [(EventState.CANCELLED, "【中止】"), (EventState.CHANGED, "【変更】"), (EventState.POSTPONED, "【延期】")],
)
def test_a_cancelled_or_changed_event_says_so_first(state, mark):
    notice = told()
    page = services.public_page(notice, now=NOW)
    page.state, page.change_note = state, "大雨のためです。"
    lines = texts.post_text(page, notice=notice).splitlines()
    assert lines[0] == f"{mark}昔の道具で、もちをつく"
    assert lines[1] == "大雨のためです。"


def test_a_long_text_is_cut_and_the_address_stays():
    page = services.public_page(told(text="長い文です。" * 400, target="あ" * 200), now=NOW)
    page.summary = "か" * 300
    page.venue_name = "さ" * 120
    text = texts.post_text(page)
    assert len(text) <= texts.TEXT_LENGTH
    assert text.splitlines()[-1].endswith(page.get_url())


def test_nobody_is_mentioned_and_nothing_invisible_is_posted():
    assert texts.cleaned("a\u202eb @[123:1] c\x00\n\n\n\nd") == "ab @ [123:1] c\n\nd"


def test_a_page_without_a_picture_gets_the_drawn_one_and_its_own_goes_first():
    content, kind, _name = texts.picture(services.public_page(told(), now=NOW))
    assert (content[:4], kind) == (b"\x89PNG", "image/png")
    content, kind, _name = texts.picture(services.public_page(told(files=[photo()], alts=["もちつき"]), now=NOW))
    assert (content[:2], kind) == (b"\xff\xd8", "image/jpeg")
    assert b"GPS" not in content


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        (
            "https://www.facebook.com/park/posts/pfbid02x?__cft__=1&ref=share",
            "https://www.facebook.com/park/posts/pfbid02x",
        ),
        ("m.facebook.com/story.php?story_fbid=1&id=2&mibextid=z", "https://m.facebook.com/story.php?story_fbid=1&id=2"),
        (" http://fb.watch/abc/ ", "https://fb.watch/abc/"),
        ("https://www.facebook.com/", None),
        ("https://facebook.com.example/posts/1", None),
        ("https://notfacebook.com/posts/1", None),
        ("https://user@facebook.com/posts/1", None),
        ("javascript://www.facebook.com/%0aalert(1)", None),
        ("https://www.facebook.com:8000/x", None),
        ("https://[www.facebook.com/x", None),
        ("", None),
    ],
)
def test_only_the_address_of_a_post_on_facebook_is_taken(typed, address):
    assert post_address(typed) == address


# What becomes of a call


def test_an_accepted_post_marks_the_notice_with_address_and_time(stub):
    notice = told(files=[photo()], alts=["もちつき"])
    post = queued(notice)
    assert stub.calls == []  # queueing calls nobody
    assert services.tick_facebook(now=NOW)["facebook_posted"] == 1
    post.refresh_from_db()
    notice.refresh_from_db()
    assert (post.state, post.url) == (FacebookState.POSTED, "https://www.facebook.com/100_1")
    assert (notice.facebook_url, notice.facebook_posted_at) == ("https://www.facebook.com/100_1", NOW)
    assert settlement(notice, medium="facebook").public_since == NOW
    (call,) = stub.calls
    assert call.path == "/v23.0/100/photos"
    assert call.headers["Authorization"] == f"Bearer {TOKEN}"
    assert facebook_stub.message_of(call) == "もちをつきます"
    assert b"\xff\xd8" in call.body
    assert TOKEN not in call.path


def test_without_a_picture_words_and_the_link_are_posted(stub):
    notice = told()
    queued(notice)
    services.tick_facebook(now=NOW)
    (call,) = stub.calls
    page = services.public_page(notice, now=NOW)
    sent = parse_qs(call.words)
    assert call.path == "/v23.0/100/feed"
    assert sent == {"message": ["もちをつきます"], "link": [f"https://assist-park.example{page.get_url()}"]}


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        (refused(190, status=401), FacebookState.REFUSED, "トークン"),
        (refused(200, status=403), FacebookState.REFUSED, "手で投稿"),
        (refused(10, status=403), FacebookState.REFUSED, "手で投稿"),
        (refused(100), FacebookState.REFUSED, "短く"),
        ((404, b"<html>", {}), FacebookState.REFUSED, "手で投稿"),
        ((302, b"", {"Location": "https://elsewhere.example/"}), FacebookState.REFUSED, "手で投稿"),
        ((500, {"error": {"code": 2, "message": "oops"}}, {}), FacebookState.UNCERTAIN, "Facebookのページ"),
        ((503, b"", {}), FacebookState.UNCERTAIN, "Facebookのページ"),
        ((200, b"<html>", {}), FacebookState.UNCERTAIN, "Facebookのページ"),
        ((200, {}, {}), FacebookState.UNCERTAIN, "Facebookのページ"),
        ("slow", FacebookState.UNCERTAIN, "Facebookのページ"),
        ("cut", FacebookState.UNCERTAIN, "Facebookのページ"),
    ],
)
def test_what_went_wrong_is_told_and_never_tried_again_by_a_machine(stub, answer, state, words):
    notice = told()
    post = queued(notice)
    stub.will(answer)
    services.tick_facebook(now=NOW)
    for later in (1, 60, 1500):
        services.tick_facebook(now=NOW + timedelta(minutes=later))
    post.refresh_from_db()
    notice.refresh_from_db()
    assert (post.state, len(stub.calls)) == (state, 1)
    assert words in trouble_words(post)
    assert (notice.state, notice.facebook_posted_at) == ("published", None)


@pytest.mark.parametrize(
    ("answer", "minutes"),
    [
        (refused(4, status=403), 5),
        (refused(17), 5),
        (refused(32), 5),
        (refused(613), 5),
        ((429, b"", {}), 5),
        ((429, b"", {"Retry_After": "3600"}), 60),
        ((429, b"", {"Retry_After": "99999999"}), 5),
    ],
)
def test_a_busy_facebook_is_asked_again_later(stub, answer, minutes):
    post = queued(told())
    stub.will(answer, (200, {"id": "100_7"}, {}))
    services.tick_facebook(now=NOW)
    post.refresh_from_db()
    assert (post.state, post.next_try_at) == (FacebookState.WAITING, NOW + timedelta(minutes=minutes))
    services.tick_facebook(now=NOW + timedelta(minutes=minutes, seconds=-1))
    assert len(stub.calls) == 1
    services.tick_facebook(now=NOW + timedelta(minutes=minutes))
    post.refresh_from_db()
    assert (post.state, post.post_id, post.error_code) == (FacebookState.POSTED, "100_7", "")


def test_after_many_attempts_it_is_given_up_and_told(stub):
    post = queued(told())
    stub.will(refused(613))
    moment = NOW
    for _attempt in range(12):
        services.tick_facebook(now=moment)
        moment += timedelta(hours=25)
    post.refresh_from_db()
    assert (post.state, len(stub.calls)) == (FacebookState.GIVEN_UP, len(services.WAITS) + 1)
    assert trouble_words(post)


def test_a_facebook_that_cannot_be_reached_is_asked_again(stub, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.FACEBOOK_GRAPH_URL = f"http://127.0.0.1:{free.getsockname()[1]}/v23.0"
    post = queued(told())
    services.tick_facebook(now=NOW)
    post.refresh_from_db()
    assert (post.state, post.error_code) == (FacebookState.WAITING, "unreachable")


def test_the_token_is_in_no_log_and_in_no_stored_word(stub, caplog):
    caplog.set_level(logging.DEBUG)
    post = queued(told())
    stub.will(refused(190, words=f"Malformed access token {TOKEN}", status=401))
    services.tick_facebook(now=NOW)
    post.refresh_from_db()
    assert post.error_text == "Malformed access token …"
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(services.account())


# Never two posts


def test_two_ticks_at_once_post_once(stub):
    post = queued(told())

    def poster(*args, **kwargs):
        assert services.tick_facebook(now=NOW, poster=poster) == {"facebook_lost": 0}  # the second tick, meanwhile
        calls.append(1)
        return client.Answer(client.Outcome.POSTED, post_id="100_1")

    calls = []
    services.tick_facebook(now=NOW, poster=poster)
    post.refresh_from_db()
    assert (calls, post.attempts, post.state) == ([1], 1, FacebookState.POSTED)


def test_a_post_whose_process_died_is_left_to_people(stub):
    notice = told()
    post = queued(notice)

    def dies(*args, **kwargs):
        raise SystemExit

    with pytest.raises(SystemExit):
        services.tick_facebook(now=NOW, poster=dies)
    services.tick_facebook(now=NOW + timedelta(minutes=9))
    post.refresh_from_db()
    assert post.state == FacebookState.POSTING
    services.tick_facebook(now=NOW + timedelta(minutes=11))
    post.refresh_from_db()
    assert (post.state, stub.calls) == (FacebookState.UNCERTAIN, [])
    with pytest.raises(AlreadyQueued):
        queued(notice)


def test_what_people_posted_is_not_posted_again_by_the_machine(stub):
    notice = told()
    post = queued(notice)
    mark_medium(notice=notice, medium="facebook", done_at=NOW, url="facebook.com/p/1", by=None, now=NOW)
    services.tick_facebook(now=NOW)
    post.refresh_from_db()
    assert (post.state, stub.calls) == (FacebookState.CANCELLED, [])
    with pytest.raises(AlreadyPosted):
        queued(notice)


def test_a_page_that_went_down_or_a_medium_left_out_is_not_posted(stub):
    down, out = told(), told(title="ほかの催し")
    post = queued(down)
    queued(out)
    page = services.public_page(down, now=NOW)
    page.unpublish()
    overrule_medium(notice=out, medium="facebook", is_in=False, reason="同じ投稿があります。", by=None, now=NOW)
    services.tick_facebook(now=NOW)
    post.refresh_from_db()
    assert (post.state, post.error_code) == (FacebookState.CANCELLED, "gone")
    assert stub.calls == []


def test_people_say_that_it_is_there_or_let_it_be_posted_again(stub):
    there, again = told(), told(title="ほかの催し")
    stub.will("cut")
    first, second = queued(there), queued(again)
    services.tick_facebook(now=NOW)
    services.tick_facebook(now=NOW)
    first.refresh_from_db()
    services.confirm_posted(post=first, url="https://facebook.com/park/posts/9", posted_at=NOW, by=None, now=NOW)
    there.refresh_from_db()
    assert (first.state, there.facebook_url) == (FacebookState.POSTED, "https://facebook.com/park/posts/9")
    stub.will((200, {"id": "100_9"}, {}))
    services.post_again(post=second, by=None, now=NOW)
    services.tick_facebook(now=NOW)
    second.refresh_from_db()
    assert second.state == FacebookState.POSTED
    with pytest.raises((WrongState, AlreadyPosted)):
        services.post_again(post=second, by=None, now=NOW)


def test_a_refused_text_is_mended_and_posted_instead(desk, stub):
    notice = told()
    first = queued(notice, "長すぎる文")
    stub.will(refused(100))
    services.tick_facebook(now=NOW)
    page = desk.get(url("facebook", notice)).content.decode()
    assert "長すぎる文" in page and "自動で投稿する" in page
    stub.will((200, {"id": "100_4"}, {}))
    desk.post(url("facebook-queue", notice), {"text": "短い文"})
    services.tick_facebook(now=NOW)
    first.refresh_from_db()
    notice.refresh_from_db()
    assert (first.state, notice.facebook_url) == (FacebookState.CANCELLED, "https://www.facebook.com/100_4")
    assert [parse_qs(call.words)["message"] for call in stub.calls] == [["長すぎる文"], ["短い文"]]


def test_the_first_screen_names_the_posts_that_need_a_person(desk, stub):
    queued(told())
    assert "お知らせの作業" not in words_of(desk.get("/admin/"))
    stub.will("cut")
    services.tick_facebook(now=NOW)
    words = words_of(desk.get("/admin/"))
    assert "お知らせの作業" in words and "投稿されたか分かりません" in words


# When it may be queued


def test_a_post_needs_a_token_a_public_page_and_the_wish(stub, settings):
    hidden = receive(day(2026, 11, 18, 9), media=FACEBOOK)
    with pytest.raises(NotPublicYet):
        queued(hidden)
    unwished = receive(day(2026, 11, 18, 9), media=["web"])
    make_and_publish(unwished, NOW)
    with pytest.raises(NotWanted):
        queued(unwished)
    settings.FACEBOOK_PAGE_TOKEN = ""
    with pytest.raises(NotConnected):
        queued(told(title="ほかの催し"))


def test_nothing_is_posted_by_itself_unless_the_setting_says_so(stub, settings):
    notice = told()
    services.tick_facebook(now=NOW)
    assert stub.calls == []
    settings.FACEBOOK_AUTOMATIC = True
    services.tick_facebook(now=NOW)
    services.tick_facebook(now=NOW)
    notice.refresh_from_db()
    assert (len(stub.calls), notice.facebook_posted_at) == (1, NOW)


def test_a_broken_facebook_never_keeps_a_page_from_being_published(stub):
    stub.will("cut")
    notice = receive(day(2026, 11, 18, 9), media=FACEBOOK)
    page = make_and_publish(notice, NOW)
    queued(notice)
    services.tick_facebook(now=NOW)
    page.title = "昔の道具で、もちをつく（満員）"
    page.save_revision()
    publish(page, NOW)
    page.refresh_from_db()
    assert (page.live, page.title) == (True, "昔の道具で、もちをつく（満員）")


# The kit


def test_the_kit_waits_for_the_page(desk):
    notice = receive(day(2026, 11, 18, 9), media=FACEBOOK)
    words = words_of(desk.get(url("facebook", notice)))
    assert "ページが公開されると" in words
    assert "もちをつく 12月12日" not in words
    assert desk.get(url("facebook-picture", notice)).status_code == 302


def test_people_post_by_hand_and_say_where_and_when(desk):
    notice = told()
    page = desk.get(url("facebook", notice))
    assert "12月12日（土）10時〜12時" in page.content.decode()
    assert "自動で投稿する" not in words_of(page)  # no token, no button
    assert desk.get(url("facebook-picture", notice) + "?download")["Content-Disposition"].startswith("attachment")
    typed = {"told-year": "2026", "told-month": "11", "told-day": "20", "told-time": "8:30"}
    wrong = desk.post(url("facebook", notice), typed | {"url": "https://example.jp/posts/1"})
    assert "Facebookの投稿のアドレスではありません" in words_of(wrong)
    future = desk.post(url("facebook", notice), typed | {"url": "facebook.com/park/posts/1", "told-time": "23:00"})
    assert "まだ来ていない" in words_of(future)
    desk.post(url("facebook", notice), typed | {"url": "facebook.com/park/posts/1?ref=x"})
    notice.refresh_from_db()
    assert notice.facebook_url == "https://facebook.com/park/posts/1"
    assert notice.facebook_posted_at == day(2026, 11, 20, 8, 30)
    assert "投稿を見る" in words_of(desk.get(url("detail", notice)))


def test_with_a_token_a_button_lets_the_machine_post(desk, stub):
    notice = told()
    assert "自動で投稿する" in words_of(desk.get(url("facebook", notice)))
    desk.post(url("facebook-queue", notice), {"text": "手を入れた文"})
    assert stub.calls == []
    words = words_of(desk.get(url("facebook", notice)))
    assert "投稿を待っています" in words and "取りやめる" in words
    stub.will(refused(190, words="Error validating access token", status=401))
    services.tick_facebook(now=NOW)
    words = words_of(desk.get(url("detail", notice)))
    assert "トークン" in words and "Error validating access token" in words
    assert "もう一度投稿する" in words_of(desk.get(url("facebook", notice)))
    stub.will((200, {"id": "100_3"}, {}))
    desk.post(url("facebook-queue", notice), {"again": "1"})
    services.tick_facebook(now=NOW)
    notice.refresh_from_db()
    assert notice.facebook_url == "https://www.facebook.com/100_3"
