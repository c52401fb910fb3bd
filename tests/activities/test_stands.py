"""情報スタンド: copies that came, where they hang, when they come down, and what the public sees of it."""

from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.urls import reverse

from activities.models import EventState, Notice, Stand, StandDisplay
from activities.notices import stands
from activities.notices.errors import InTheFuture
from activities.notices.media_errors import CopiesMissing, StandMissing, WrongDays
from activities.notices.media_filter import not_done
from activities.notices.media_states import media_states
from activities.service_queries import displays_on
from tests.activities.notice_builders import day, make_and_publish, publish, receive, words_of

pytestmark = pytest.mark.django_db
NOW = day(2026, 11, 20, 9)
TODAY = date(2026, 11, 20)
TASKS = "/admin/stand-tasks/"


@pytest.fixture(autouse=True)
def on_that_morning(tree):
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def places() -> list[Stand]:
    return [Stand.objects.create(name=name, order=order) for order, name in enumerate(("中央公民館", "図書館"))]


def flyer_of(**data) -> Notice:
    return receive(day(2026, 11, 18, 9), **({"media": ["web", "stands"]} | data))


def came(notice: Notice, count: int = 30) -> None:
    stands.receive_copies(notice=notice, count=count, received_on=TODAY, by=None, now=NOW)


def put(notice: Notice, place: Stand, count: int = 10, *, up=TODAY, down=date(2026, 12, 13)) -> StandDisplay:
    facts = {"stands": {place: count}, "put_up_on": up, "take_down_on": down}
    return stands.put_up(notice=notice, by=None, now=NOW, **facts)[0]


def stands_state(notice: Notice):
    return media_states([notice], now=NOW)[notice.pk][-1]


def test_copies_come_are_counted_and_go_to_several_stands(places):
    notice = flyer_of()
    came(notice, 30)
    came(notice, 5)
    assert (stands.copies_left(notice), notice.copies_given) == (35, 35)
    facts = {"put_up_on": TODAY, "take_down_on": None, "by": None, "now": NOW}
    stands.put_up(notice=notice, stands={places[0]: 20, places[1]: 10}, **facts)
    assert stands.copies_left(notice) == 5
    state = stands_state(notice)
    assert (state.is_done, state.words, state.place) == (True, "置いています", "中央公民館、図書館")
    with pytest.raises(CopiesMissing):
        put(notice, places[0], 6)


def test_it_comes_down_the_day_after_the_last_day():
    last = (day(2026, 12, 19, 10), day(2026, 12, 20, 0))  # 24:00 of the 19th
    notice = flyer_of(sessions=[(day(2026, 12, 12, 10), day(2026, 12, 12, 12)), last])
    assert stands.default_take_down_on(notice) == date(2026, 12, 20)
    call = flyer_of(kind="call", sessions=[], deadline_on=date(2026, 12, 31))
    assert stands.default_take_down_on(call) == date(2027, 1, 1)
    assert stands.default_take_down_on(flyer_of(kind="call", sessions=[])) is None


def test_what_the_stands_refuse(places):
    notice = flyer_of()
    with pytest.raises(CopiesMissing):
        came(notice, 0)
    with pytest.raises(InTheFuture):
        stands.receive_copies(notice=notice, count=1, received_on=date(2026, 11, 21), by=None, now=NOW)
    came(notice)
    with pytest.raises(StandMissing):
        stands.put_up(notice=notice, stands={}, put_up_on=TODAY, take_down_on=None, by=None, now=NOW)
    with pytest.raises(WrongDays):
        put(notice, places[0], down=date(2026, 11, 19))
    with pytest.raises(InTheFuture):
        put(notice, places[0], up=date(2026, 11, 21), down=None)


def test_today_this_week_and_later(places):
    notice = flyer_of()
    came(notice)
    for down in (date(2026, 11, 27), date(2026, 11, 26), TODAY):
        put(notice, places[0], 5, down=down)
    overdue = put(notice, places[1], 5, up=date(2026, 11, 10), down=date(2026, 11, 19))
    tasks = stands.take_down_tasks(today=TODAY, until=stands.this_week(TODAY))
    assert [task.on for task in tasks] == [date(2026, 11, 19), TODAY, date(2026, 11, 26)]
    assert (tasks[0].display, tasks[0].is_overdue) == (overdue, True)


def test_a_cancellation_lets_the_flyer_come_down_at_once(places):
    notice = flyer_of()
    page = make_and_publish(notice, NOW)
    came(notice)
    display = put(notice, places[0])
    assert stands.take_down_tasks(today=TODAY, until=stands.this_week(TODAY)) == []
    news = receive(NOW, kind="cancellation", sessions=[], about_page=page, media=["web"])
    (task,) = stands.take_down_tasks(today=TODAY, until=stands.this_week(TODAY))
    assert (task.display, task.is_urgent) == (display, True)
    state = stands_state(news)
    assert (state.is_open, state.words, state.place) == (True, "ちらしを下げます", "中央公民館")
    stands.take_down(display=display, taken_down_on=TODAY, by=None, now=NOW)
    assert stands.take_down_tasks(today=TODAY, until=stands.this_week(TODAY)) == []
    assert stands_state(news).is_done


def test_a_page_that_staff_cancelled_lets_it_come_down_too(places):
    notice = flyer_of()
    page = make_and_publish(notice, NOW)
    came(notice)
    put(notice, places[0])
    page.refresh_from_db()
    page.state = EventState.CANCELLED
    page.save_revision()
    publish(page, NOW)
    (task,) = stands.take_down_tasks(today=TODAY, until=stands.this_week(TODAY))
    assert task.is_urgent


def test_what_was_taken_down_is_no_longer_shown_to_readers(places):
    notice = flyer_of()
    came(notice)
    display = put(notice, places[0])
    shown = StandDisplay.objects.filter(displays_on(TODAY))
    assert list(shown) == [display]
    stands.take_down(display=display, taken_down_on=TODAY, copies_left_over=3, by=None, now=NOW)
    assert (list(shown.all()), display.copies_left) == ([], 3)
    stands.put_back(display=display, by=None, now=NOW)
    assert list(shown.all()) == [display]


def test_what_waits_for_the_stands(places):
    waiting, here, hanging = flyer_of(title="待つ"), flyer_of(title="届いた"), flyer_of(title="置いた")
    over = flyer_of(title="終わった", sessions=[(day(2026, 11, 19, 10), day(2026, 11, 19, 12))])
    came(here)
    came(hanging)
    put(hanging, places[0])
    rows = stands.waiting_for_stands(now=NOW)
    assert [(row.title, row.copies_here) for row in rows] == [("待つ", None), ("届いた", 30)]
    assert over in not_done(Notice.objects.all(), "stands")
    assert waiting.pk


# The screens


def test_staff_write_down_copies_and_put_them_up(desk, places, seen):
    notice = flyer_of()
    address = reverse("notice_desk:stands", args=[notice.pk])
    assert "先に、届いた枚数を" in words_of(desk.get(address))
    on = {"came-year": "2026", "came-month": "11", "came-day": "20"}
    assert "数字を書いてください" in words_of(desk.post(address, on | {"receive": "1", "count": "x"}))
    desk.post(address, on | {"receive": "1", "count": "３０", "note": "受付の棚"})
    page = desk.get(address)
    assert "手もとに30枚あります" in words_of(page)
    assert 'value="13"' in page.content.decode()  # the day after the event
    up = {
        "up-year": "2026",
        "up-month": "11",
        "up-day": "20",
        "down-year": "2026",
        "down-month": "12",
        "down-day": "13",
    }
    too_many = desk.post(address, up | {"put-up": "1", f"stand_{places[0].pk}": "31"})
    assert "枚数が足りません" in words_of(too_many)
    desk.post(address, up | {"put-up": "1", f"stand_{places[0].pk}": "20", f"stand_{places[1].pk}": ""})
    display = StandDisplay.objects.get()
    assert (display.stand, display.copies_count, display.take_down_on) == (places[0], 20, date(2026, 12, 13))
    assert "20枚" in words_of(desk.get(address))


def test_the_list_of_the_day_is_worked_with_one_button(desk, places):
    assert "今日はがすものはありません" in words_of(desk.get(TASKS))
    notice = flyer_of()
    came(notice)
    display = put(notice, places[0], down=TODAY)
    assert "はがしました" in words_of(desk.get(TASKS))
    desk.post(f"{TASKS}{display.pk}/down/", {"left": "４"})
    display.refresh_from_db()
    assert (display.taken_down_on, display.copies_left) == (TODAY, 4)
    assert "この7日ではがしたもの" in words_of(desk.get(TASKS))
    desk.post(f"{TASKS}{display.pk}/back/")
    display.refresh_from_db()
    assert display.taken_down_on is None


def test_whoever_may_only_look_takes_nothing_down(client, django_user_model, places):
    user = django_user_model.objects.create_user(username="mirudake", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["access_admin", "view_notice"]))
    client.force_login(user)
    notice = flyer_of()
    came(notice)
    display = put(notice, places[0], down=TODAY)
    assert "今日はがすもの" in words_of(client.get(TASKS))
    client.post(f"{TASKS}{display.pk}/down/")
    client.post(reverse("notice_desk:stands", args=[notice.pk]), {"receive": "1", "count": "5"})
    display.refresh_from_db()
    assert (display.taken_down_on, stands.copies_left(notice)) == (None, 20)
