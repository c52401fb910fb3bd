"""Trusted groups: what the clock publishes by itself, what it leaves to staff, and what everybody is told."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.template.loader import render_to_string
from wagtail.models import Page, PageLogEntry, PageViewRestriction

from activities import services
from activities.models import EventIndexPage, GroupPage, Notice, NoticePolicy, NoticeState, TrustedPublication
from activities.notices import trusted_steps
from activities.notices.queries import on_time
from activities.notices.reminder_mails import send_reminders
from activities.notices.trusted import verdict_of
from activities.notices.words import entry_words
from center.models import OutgoingMail
from config.builders import add_group
from newsletter.notice_facts import is_unseen, mail_notices
from tests.activities.notice_builders import day, mails, photo, receive, words_of

pytestmark = pytest.mark.django_db
NAME = "大槻もちつきの会"
RECEIVED = day(2026, 11, 18, 10)
DUE = day(2026, 11, 21, 9)


@pytest.fixture
def rule(db) -> NoticePolicy:
    return NoticePolicy.objects.create(valid_from_at=day(2026, 4, 1), trusted_rule=True)


@pytest.fixture
def group(tree, rule) -> GroupPage:
    """A group that staff trust."""
    with time_machine.travel(day(2026, 4, 1), tick=False):
        return add_group(tree, NAME, is_trusted=True)


def sent(group: GroupPage, now: datetime = RECEIVED, *, known_by: str = "link", **data) -> Notice:
    """A notice that came by the group's link."""
    notice = receive(now, **{"group": group, "group_name": group.title} | data)
    Notice.objects.filter(pk=notice.pk).update(group_from=known_by)
    notice.refresh_from_db()
    return notice


def tick(now: datetime) -> dict[str, int]:
    with time_machine.travel(now, tick=False):
        return services.tick_notices(now=now)


def state_of(notice: Notice) -> str:
    notice.refresh_from_db()
    return notice.state


def history(notice: Notice) -> list[str]:
    return [entry_words(entry) for entry in notice.entries.all()]


# what it publishes


def test_a_complete_notice_of_a_trusted_group_is_public_at_nine_of_its_due_day(group, client, staff):
    notice = sent(group)
    tick(DUE - timedelta(seconds=1))
    assert state_of(notice) == NoticeState.RECEIVED
    assert tick(DUE)["trusted"] == 1
    assert state_of(notice) == NoticeState.PUBLISHED
    assert notice.public_since == DUE
    assert on_time(notice, today=DUE.date()) is True
    page = notice.pages.get()
    assert client.get(page.get_url()).status_code == 200
    assert [tag.name for tag in page.specific.tags.all()] == ["催し"]
    assert page.owner is None
    assert "信頼団体として自動で公開しました。" in history(notice)
    [told] = mails("notice-published")
    assert page.get_url_parts()[2] in told.text
    [reminder] = OutgoingMail.objects.filter(kind="desk-reminder")
    assert reminder.to == staff.email
    assert "自動で公開しました" in reminder.text
    assert f"/admin/notices/{notice.pk}/" in reminder.text


def test_the_group_is_not_told_that_it_is_trusted(group):
    notice = sent(group)
    tick(DUE)
    shown = [entry_words(entry) for entry in notice.entries.filter(is_public=True)]
    assert not [words for words in shown if "信頼" in words]


def test_the_rule_switched_on_at_five_past_nine_still_works_that_day(group, rule):
    notice = sent(group)
    NoticePolicy.objects.filter(pk=rule.pk).update(trusted_rule=False)
    tick(DUE)
    assert state_of(notice) == NoticeState.RECEIVED
    NoticePolicy.objects.create(valid_from_at=DUE + timedelta(minutes=5), trusted_rule=True)
    tick(DUE + timedelta(minutes=4))
    assert state_of(notice) == NoticeState.RECEIVED
    tick(day(2026, 11, 21, 23, 59))
    assert state_of(notice) == NoticeState.PUBLISHED


def test_what_is_overdue_is_left_to_staff(group):
    notice = sent(group)
    tick(day(2026, 11, 22, 0, 0))
    tick(day(2026, 11, 22, 9))
    assert state_of(notice) == NoticeState.RECEIVED


def test_fifty_ticks_publish_once_and_tell_once(group, staff):
    notice = sent(group)
    for minute in range(50):
        with time_machine.travel(DUE + timedelta(minutes=minute), tick=False):
            trusted_steps.publish_trusted(now=DUE + timedelta(minutes=minute))
            send_reminders(now=DUE + timedelta(minutes=minute))
    assert notice.pages.count() == 1
    assert notice.pages.get().specific.revisions.count() == 1
    assert len(mails("notice-published")) == 1
    assert OutgoingMail.objects.filter(kind="desk-reminder").count() == 1
    assert history(notice).count("信頼団体として自動で公開しました。") == 1


def test_a_wish_not_to_be_seen_earlier_is_kept(group):
    notice = sent(group, not_before_on=day(2026, 11, 30).date())
    tick(DUE)
    assert state_of(notice) == NoticeState.RECEIVED
    tick(day(2026, 11, 30, 9))
    assert state_of(notice) == NoticeState.PUBLISHED


def test_a_notice_typed_in_by_staff_who_chose_the_group_counts(group, staff):
    notice = sent(group, known_by="staff", channel="phone", by=staff)
    tick(DUE)
    assert state_of(notice) == NoticeState.PUBLISHED


def test_a_described_photo_with_consent_is_published(group):
    notice = sent(group, files=[photo()], alts=["もちをつく人たち"], has_photo_consent=True)
    tick(DUE)
    assert state_of(notice) == NoticeState.PUBLISHED


# what it leaves to staff

LEFT = {
    "the rule is off": ("rule", lambda n, s: NoticePolicy.objects.update(trusted_rule=False)),
    "only the name was typed": ("certain", lambda n, s: Notice.objects.update(group_from="")),
    "another name was typed over the link": ("certain", lambda n, s: Notice.objects.update(group_name="べつの会")),
    "the group has no mark": ("trusted", lambda n, s: GroupPage.objects.update(is_trusted=False)),
    "the group's page is hidden": ("trusted", lambda n, s: GroupPage.objects.update(live=False)),
    "a change": ("kind", lambda n, s: Notice.objects.update(kind="change")),
    "a cancellation": ("kind", lambda n, s: Notice.objects.update(kind="cancellation")),
    "no place": ("fields", lambda n, s: Notice.objects.update(venue_name="", place=None)),
    "no date": ("fields", lambda n, s: n.sessions.all().delete()),
    "no text": ("text", lambda n, s: Notice.objects.update(text=" ")),
    "it is over": ("over", lambda n, s: n.sessions.update(starts_at=RECEIVED, ends_at=RECEIVED)),
    "held": ("held", lambda n, s: Notice.objects.update(held_at=RECEIVED)),
    "in charge": ("untouched", lambda n, s: Notice.objects.update(assigned_to=s)),
    "a word of the group": (
        "untouched",
        lambda n, s: services.add_group_message(notice=n, text="日が違いました", now=RECEIVED),
    ),
    "a note of staff": ("untouched", lambda n, s: services.set_note(notice=n, text="電話する", by=s, now=RECEIVED)),
    "read by staff": ("untouched", lambda n, s: services.start_review(notice=n, by=s, now=RECEIVED)),
    "a page made": ("untouched", lambda n, s: services.make_page(notice=n, by=s, now=RECEIVED)),
    "sent twice": ("twin", lambda n, s: receive(RECEIVED, group_name=NAME)),
}


@pytest.mark.parametrize("case", LEFT)
def test_in_doubt_it_is_left_to_staff(case, group, staff):
    code, doubt = LEFT[case]
    notice = sent(group)
    doubt(notice, staff)
    pages = Page.objects.count()
    for now in (DUE, day(2026, 11, 21, 20)):
        with time_machine.travel(now, tick=False):
            assert trusted_steps.publish_trusted(now=now)["trusted"] == 0
    assert state_of(notice) != NoticeState.PUBLISHED
    assert Page.objects.count() == pages
    if case == "the rule is off":
        assert "自動では公開されません" in verdict_of(notice, now=DUE).headline
    assert [condition.code for condition in verdict_of(notice, now=DUE).unmet] == [code]


def test_photos_without_consent_or_description_are_left_to_staff(group):
    silent = sent(group, files=[photo()], alts=["もち"], has_photo_consent=False)
    unsaid = sent(group, title="べつの日のもちつき大会を公民館で", files=[photo()], alts=[""], has_photo_consent=True)
    Notice.objects.filter(pk=unsaid.pk).update(title="書道展のおしらせ")
    tick(DUE)
    assert {state_of(silent), state_of(unsaid)} == {NoticeState.RECEIVED}


def test_a_lost_attachment_is_left_to_staff(group):
    notice = sent(group, files=[photo()], alts=["もち"])
    file = notice.attachments.get().file
    file.storage.delete(file.name)
    tick(DUE)
    assert state_of(notice) == NoticeState.RECEIVED


# failures


def test_one_that_fails_does_not_stop_the_others_and_is_told_once(group, staff, monkeypatch):
    bad, good = sent(group), sent(group, title="手話の読み聞かせ", venue_name="中央図書館")
    make = trusted_steps.make_page

    def fails_for_one(*, notice, by, now):
        if notice.pk == bad.pk:
            raise FileNotFoundError("private words of a file")
        return make(notice=notice, by=by, now=now)

    monkeypatch.setattr(trusted_steps, "make_page", fails_for_one)
    for minute in (0, 1, 15, 30):
        tick(DUE + timedelta(minutes=minute))
    assert (state_of(bad), state_of(good)) == (NoticeState.RECEIVED, NoticeState.PUBLISHED)
    texts = [mail.text for mail in OutgoingMail.objects.filter(kind="desk-reminder")]
    assert sum("うまくいきませんでした" in text for text in texts) == 1
    assert "private words" not in "".join(texts)
    monkeypatch.setattr(trusted_steps, "make_page", make)
    tick(DUE + timedelta(minutes=45))
    assert state_of(bad) == NoticeState.PUBLISHED


def test_a_clock_that_died_halfway_ends_what_it_began(group, monkeypatch):
    notice = sent(group)
    monkeypatch.setattr(trusted_steps, "_is_ours", lambda page: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        tick(DUE)
    monkeypatch.undo()
    assert state_of(notice) == NoticeState.REVIEWING
    tick(DUE + timedelta(minutes=5))
    assert state_of(notice) == NoticeState.REVIEWING
    tick(DUE + timedelta(minutes=11))
    assert state_of(notice) == NoticeState.PUBLISHED
    assert notice.pages.count() == 1


def test_a_page_that_nobody_could_read_is_not_called_published(group, tree, staff):
    PageViewRestriction.objects.create(page=EventIndexPage.objects.get(), restriction_type="login")
    notice = sent(group)
    assert tick(DUE)["trusted_failed"] == 1
    assert state_of(notice) == NoticeState.REVIEWING
    assert not notice.pages.get().live
    assert "隠れている" in str(verdict_of(notice, now=DUE).failure_words)


# the year's end


def test_the_promise_survives_the_year_end(group):
    """The centre is closed from 12-29 to 1-3; what comes on 12-28 to 12-31 is public by its due day all the same."""
    moments = [day(2026, 12, 28, 10), day(2026, 12, 29, 10), day(2026, 12, 30, 23, 59), day(2026, 12, 31, 12)]
    titles = ["初日の出を見る会", "昔あそび大会", "新春の書きぞめ", "七草がゆのふるまい"]
    later = [(day(2027, 1, 20, 10), day(2027, 1, 20, 12))]
    due = [day(2026, 12, 31), day(2027, 1, 1), day(2027, 1, 2), day(2027, 1, 3)]
    notices = []
    for now in [day(2026, 12, 28) + timedelta(hours=hours) for hours in range(10, 169) if hours % 24 in (8, 9, 10, 20)]:
        while len(notices) < 4 and moments[len(notices)] <= now:
            notices.append(sent(group, moments[len(notices)], title=titles[len(notices)], sessions=later))
        tick(now)
    assert [state_of(notice) for notice in notices] == [NoticeState.PUBLISHED] * 4
    assert [notice.due_on for notice in notices] == [moment.date() for moment in due]
    assert [notice.public_since.astimezone(DUE.tzinfo).date() for notice in notices] == [day.date() for day in due]
    assert all(on_time(notice, today=day(2027, 1, 4).date()) for notice in notices)


# what staff see


def test_the_newsletter_warns_until_staff_have_looked(group, client, staff):
    notice = sent(group)
    tick(DUE)
    assert [is_unseen(row) for row in mail_notices(RECEIVED - timedelta(days=1))] == [True]
    client.force_login(staff)
    with time_machine.travel(DUE, tick=False):
        assert "自動で公開したページ" in words_of(client.get("/admin/"))
        assert client.post(f"/admin/notices/{notice.pk}/seen/").status_code == 302
        assert "自動で公開したページ" not in words_of(client.get("/admin/"))
        assert client.post(f"/admin/notices/{notice.pk}/seen/").status_code == 302
    record = TrustedPublication.objects.get()
    assert (record.seen_by, record.is_unseen) == (staff, False)
    assert [is_unseen(row) for row in mail_notices(RECEIVED - timedelta(days=1))] == [False]
    assert history(notice).count("自動で公開したページを、職員が見ました。") == 1


def test_the_detail_screen_says_why_or_why_not(group, client, staff, rf):
    notice = sent(group)
    with time_machine.travel(RECEIVED, tick=False):
        words = words_of_part(render_to_string("activities/admin/parts/trusted.html", {"notice": notice}))
    assert "11月21日（土）の9時に自動で公開します" in words
    Notice.objects.update(text="")
    notice.refresh_from_db()
    with time_machine.travel(RECEIVED, tick=False):
        words = words_of_part(render_to_string("activities/admin/parts/trusted.html", {"notice": notice}))
    assert "自動では公開されません" in words
    assert "文章がありません" in words


def words_of_part(html: str) -> str:
    class Answer:
        content = html.encode()

    return words_of(Answer)


def test_who_gave_the_mark_and_when_is_in_the_log(tree, staff):
    with time_machine.travel(RECEIVED, tick=False):
        page = add_group(tree, NAME)
        for is_trusted in (True, True, False):
            page = GroupPage.objects.get(pk=page.pk)
            page.is_trusted = is_trusted
            page.save_revision(user=staff).publish()
    rows = PageLogEntry.objects.filter(page_id=page.pk, action__startswith="activities.group.").order_by("pk")
    assert [(row.action, row.user, row.timestamp) for row in rows] == [
        ("activities.group.trusted", staff, RECEIVED),
        ("activities.group.untrusted", staff, RECEIVED),
    ]
