"""What changes while an issue is on its way: before its approval, between approval and send, during the send.

Real services, the real engine and a real relay. No mail leads to a page that is gone or private, and nobody gets one
who has left or whose mailbox does not exist.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from urllib.parse import unquote, urlsplit

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.files.images import ImageFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Picture
from wagtail.images import get_image_model
from wagtail.models import Page, PageViewRestriction

from activities.models import EventPage
from center.models import CentreSettings, OutgoingMail, User
from center.opening import TOKYO
from center.outbox import enqueue
from config.builders import add_grant
from newsletter import services
from newsletter.models import Issue, IssueState, MailPolicy, Subscriber, Topic
from newsletter.sending.engine import Worker
from newsletter.sending.transport import transport_from_url
from newsletter.subscribers import subscribe_by_staff
from newsletter.tokens import personal_token

pytestmark = pytest.mark.django_db
READERS = ("aki@reader.example", "haru@reader.example", "natsu@reader.example")
LAST = READERS[-1]
ADDRESS = re.compile(rf'{re.escape(settings.SITE_URL)}[^\s"<>]*')
STAGES = ("before approval", "before the send", "during the send")
HARD_BOUNCE = "550 5.1.1 User unknown"


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=TOKYO)


FROZEN_AT, APPROVED_AT, CHANGED_AT = at(2026, 11, 26, 17, 30), at(2026, 11, 27, 16), at(2026, 11, 30, 11)
SENT_AT, AGAIN_AT = at(2026, 12, 1, 10), at(2026, 12, 1, 11)


@dataclass
class Race:
    """A closed 12月号 with one event and one grant, its three readers, and whoever works on it."""

    issue: Issue
    event: EventPage
    grant: Page
    editor: User
    approver: User
    relay: object = None
    capture: Callable = None
    now: datetime = FROZEN_AT
    taken_before: int = 0

    @property
    def mails(self) -> list[EmailMessage]:
        """The issue's mails that the relay took."""
        return [mail for mail in self.relay.mails if mail["List-Id"]]

    @property
    def state(self) -> str:
        self.issue.refresh_from_db()
        return self.issue.state

    def staff_were_told(self, kind: str) -> bool:
        return OutgoingMail.objects.filter(kind=kind).exists()

    def approve(self, now: datetime) -> None:
        self.now = now
        with time_machine.travel(now, tick=False):
            services.approve_issue(issue=self.issue, by=self.approver, now=now)

    def freeze(self, now: datetime) -> None:
        self.now = now
        with time_machine.travel(now, tick=False):
            services.freeze_issue(issue=self.issue, by=self.editor, now=now)

    def mend(self, act: Callable[["Race"], None], now: datetime) -> None:
        """What staff do about it: leave out what was taken off the site, with a reason, and close the issue again."""
        if act in HIDES_A_PAGE:
            exclude = {"action": "exclude", "reason": "公開をやめたため"}
            services.choose_page(issue=self.issue, page=self.event, by=self.editor, now=now, **exclude)
        self.freeze(now)

    def happen(self, act: Callable[["Race"], None]) -> None:
        """Somebody does it, and it is committed: what waits for the commit runs."""
        self.taken_before = len(self.mails)
        with time_machine.travel(self.now, tick=False), self.capture(execute=True):
            act(self)

    def send(self, now: datetime, *, meanwhile: Callable[["Race"], None] | None = None) -> None:
        """The worker's minute: start what is due and send; `meanwhile` happens once the first mail has left."""
        self.now = now
        with time_machine.travel(now, tick=False):
            services.start_due_issues(now=now)
            begun = After(self.transport(), lambda: self.happen(meanwhile), lambda: bool(self.mails))
            self.worker(begun if meanwhile else None).run()

    def transport(self):
        return transport_from_url(self.relay.url)

    def worker(self, transport=None) -> Worker:
        means = {"clock": lambda: self.now, "sleep": lambda _seconds: None, "look_again": 0.0}
        return Worker(transport or self.transport(), **means)

    def dead_links(self) -> list[str]:
        """Addresses in the mails since it happened that a stranger cannot open now."""
        found = {}
        with time_machine.travel(self.now, tick=False):
            for mail in self.mails[self.taken_before :]:
                for address in addresses(mail):
                    if address not in found:
                        found[address] = opens(address)
        return [address for address, is_open in found.items() if not is_open]


class After:
    """A transport; when the first mail of the issue has left (single mails go before it), something happens."""

    is_paced = False

    def __init__(self, transport, act: Callable[[], None], is_time: Callable[[], bool]) -> None:
        self.transport, self.act, self.is_time = transport, act, is_time

    def deliver(self, letters, *, offered, settled) -> None:
        def settled_and_then(letter, outcome) -> None:
            settled(letter, outcome)
            if self.act and self.is_time():
                act, self.act = self.act, None
                act()

        self.transport.deliver(letters, offered=offered, settled=settled_and_then)

    def close(self) -> None:
        self.transport.close()


def addresses(mail: EmailMessage) -> set[str]:
    """Every address of ours in a mail: headers, text and HTML."""
    parts = [part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"]
    return set(ADDRESS.findall("\n".join([*parts, str(mail["List-Unsubscribe"])])))


def opens(address: str) -> bool:
    """Whether a stranger gets there, perhaps by a redirect, and not to a login."""
    path = urlsplit(address).path
    if path.startswith(("/media/", "/static/")):
        return Client().get(path).status_code == 200
    response = Client().get(unquote(path), follow=True)
    end = response.redirect_chain[-1][0] if response.redirect_chain else path
    return response.status_code == 200 and "login" not in end


@pytest.fixture(scope="module")
def closed_month(module_world) -> Race:
    """The expensive part, made once: pages, readers, the issue closed for items."""
    world = module_world
    MailPolicy.objects.create(valid_from_at=at(2020, 4, 1), per_minute=60_000)
    CentreSettings.objects.update(sender_email="mail@assist-park.example")
    with time_machine.travel(at(2026, 11, 18, 9), tick=False):
        picture = get_image_model()(title="写真", file=picture_file())
        picture.save()
        event = world.event(
            "音楽会",
            (2026, 11, 18, 9),
            (2026, 12, 20, 14),
            (2026, 12, 20, 16),
            image=picture,
            image_alt="広場で歌う人たち",
        )
        grant = add_grant(world.tree, "地域の助成", closes_on=date(2026, 12, 25))
    issue = services.draft_issue(year=2026, month=12, now=at(2026, 11, 10, 9))
    for address in READERS:
        subscribe_by_staff(
            email=address,
            locale="ja",
            format="html",
            topics=Topic.objects.filter(pk=issue.topic_id),
            channel="paper",
            by=world.editor,
            now=at(2026, 11, 10, 9),
        )
    race = Race(issue, event, grant, world.editor, world.approver)
    race.freeze(FROZEN_AT)
    return race


def picture_file() -> ImageFile:
    data = BytesIO()
    Picture.new("RGB", (600, 400), "#88aa66").save(data, "JPEG")
    data.seek(0)
    return ImageFile(data, name="picture.jpg")


@pytest.fixture
def race(closed_month, db, relay, django_capture_on_commit_callbacks) -> Race:
    """The closed month for one test, read anew."""
    kept = closed_month
    return Race(
        Issue.objects.get(pk=kept.issue.pk),
        EventPage.objects.get(pk=kept.event.pk),
        Page.objects.get(pk=kept.grant.pk),
        User.objects.get(pk=kept.editor.pk),
        User.objects.get(pk=kept.approver.pk),
        relay,
        django_capture_on_commit_callbacks,
    )


# what happens


def unpublish(race: Race) -> None:
    race.event.unpublish()


def make_private(race: Race) -> None:
    PageViewRestriction.objects.create(page=race.event, restriction_type=PageViewRestriction.LOGIN)


def make_the_parent_private(race: Race) -> None:
    PageViewRestriction.objects.create(
        page=race.event.get_parent(), restriction_type=PageViewRestriction.PASSWORD, password="nakama"
    )


def delete(race: Race) -> None:
    race.event.delete()


def edit_the_date(race: Race) -> None:
    page = race.event.get_latest_revision_as_object()
    session = page.sessions.get_object_list()[0]
    session.starts_at, session.ends_at = session.starts_at + timedelta(days=1), session.ends_at + timedelta(days=1)
    page.sessions = [session]
    page.save_revision().publish()


def move_the_slug(race: Race) -> None:
    page = race.event.get_latest_revision_as_object()
    page.slug = "atarashii-basho"
    page.save_revision().publish()


def delete_the_image(race: Race) -> None:
    get_image_model().objects.get(pk=race.event.image_id).delete()


def unsubscribe(race: Race) -> None:
    reader = Subscriber.objects.get(email=LAST)
    answer = Client().post(f"/u/{personal_token(reader.pk)}/", {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200


def bounce(race: Race) -> None:
    """Another mail to the reader comes back: no such mailbox. The relay would take the next one."""
    race.relay.plan["RCPT"] = lambda arg: HARD_BOUNCE if LAST in arg else None
    enqueue(kind="mail-already", to=LAST, subject="お知らせ", text="本文\n", dedupe_key="race", now=race.now)
    race.worker().run()  # beside the one that holds the issue, if one does
    race.relay.plan.clear()
    # The first of two mails to this address is refused, and the next one then does not leave.
    assert OutgoingMail.objects.get(dedupe_key="race").state in ("refused", "suppressed")


def lose_the_role(race: Race) -> None:
    race.approver.user_permissions.remove(Permission.objects.get(codename="approve_issue"))
    race.approver = User.objects.get(pk=race.approver.pk)


HIDES_A_PAGE = (unpublish, make_private, make_the_parent_private)
TAKES_A_PAGE = (*HIDES_A_PAGE, delete)
STOPS = (*TAKES_A_PAGE, edit_the_date)
TAKES_A_READER = (unsubscribe, bounce)
ALL = (*STOPS, move_the_slug, delete_the_image, *TAKES_A_READER, lose_the_role)


def readers_after(act) -> list[str]:
    return [reader for reader in READERS if not (act in TAKES_A_READER and reader == LAST)]


def reached(race: Race) -> list[str]:
    return sorted(mail["To"] for mail in race.mails)


@pytest.mark.parametrize("act", ALL, ids=lambda act: act.__name__)
def test_before_the_approval_what_changed_blocks_it_and_nothing_wrong_leaves(race, act) -> None:
    race.now = FROZEN_AT
    race.happen(act)
    if act in STOPS:
        with pytest.raises(services.Blocked) as blocked:
            race.approve(APPROVED_AT)
        assert "音楽会" in {finding.subject for finding in blocked.value.findings}
        race.mend(act, APPROVED_AT)
    if act is lose_the_role:
        with pytest.raises(services.MayNotApprove):
            race.approve(APPROVED_AT)
        race.send(SENT_AT)
        assert race.state == IssueState.FROZEN and not race.mails
        return
    race.approve(APPROVED_AT + timedelta(minutes=5))
    race.send(SENT_AT)
    assert race.state == IssueState.SENT
    assert reached(race) == readers_after(act)
    assert race.dead_links() == []
    mentions = any("音楽会" in mail.get_body(("plain",)).get_content() for mail in race.mails)
    assert mentions == (act not in TAKES_A_PAGE)


@pytest.mark.parametrize("act", ALL, ids=lambda act: act.__name__)
def test_between_approval_and_send_what_changed_holds_it_with_a_difference_to_read(race, act) -> None:
    race.approve(APPROVED_AT)
    race.now = CHANGED_AT
    race.happen(act)
    assert race.staff_were_told("issue-will-be-held") == (act in STOPS), "staff hear of it at once"
    race.send(SENT_AT)
    if act in STOPS:
        assert race.state == IssueState.HELD and not race.mails
        (hold,) = race.issue.holds
        assert hold["subject"] == "音楽会" and hold["label"]
        if act is edit_the_date:
            assert "20日" in hold["detail"] and "→" in hold["detail"] and "21日" in hold["detail"]
        assert race.staff_were_told("issue-held")
        race.mend(act, AGAIN_AT)
        race.approve(AGAIN_AT)
        race.taken_before = 0
        race.send(AGAIN_AT + timedelta(minutes=5))
    # what somebody approved stays approved when they may not approve any more
    assert race.state == IssueState.SENT
    assert reached(race) == readers_after(act)
    assert race.dead_links() == []


@pytest.mark.parametrize("act", ALL, ids=lambda act: act.__name__)
def test_during_the_send_what_changed_pauses_it_before_the_next_mail(race, act) -> None:
    race.approve(APPROVED_AT)
    race.send(SENT_AT, meanwhile=act)
    assert race.taken_before == 1
    assert race.dead_links() == []
    if act not in STOPS:
        assert race.state == IssueState.SENT
        assert reached(race) == readers_after(act)
        return
    assert race.state == IssueState.PAUSED and len(race.mails) == 1
    assert "音楽会" in race.issue.pause_reason and race.issue.holds
    assert race.staff_were_told("issue-paused")
    client = Client()
    client.force_login(race.approver)
    with time_machine.travel(SENT_AT, tick=False):
        answer = client.post(reverse("issues:resume", args=[race.issue.pk]), follow=True)
    if act is edit_the_date:  # staff go on with what was approved; the page itself tells the new day
        assert race.state == IssueState.SENDING
        race.send(SENT_AT)
        assert reached(race) == sorted(READERS)
    else:  # nobody can send a link to nowhere; the rest is cancelled, or the page published again
        assert race.state == IssueState.PAUSED
        assert "音楽会" in answer.text and "残りを" in answer.text
        race.send(SENT_AT)
        assert len(race.mails) == 1
    assert race.dead_links() == []


# narrower gaps


def test_the_role_is_asked_again_after_the_pages_were_opened(race, monkeypatch) -> None:
    asked = {}

    def ask(ids):
        if not asked:
            asked["once"] = True
            lose_the_role(race)
        return dict.fromkeys(ids, 200)

    approver = race.approver
    assert approver.has_perm("newsletter.approve_issue")
    monkeypatch.setattr("newsletter.issue_release.ask_pages", ask)
    with pytest.raises(services.MayNotApprove):
        services.approve_issue(issue=race.issue, by=approver, now=APPROVED_AT)
    assert race.state == IssueState.FROZEN


def test_a_page_that_goes_while_the_pages_are_opened_at_the_start_pauses_before_the_first_mail(
    race, monkeypatch
) -> None:
    race.approve(APPROVED_AT)

    def ask(ids):
        with time_machine.travel(SENT_AT, tick=False):
            unpublish(race)
        return dict.fromkeys(ids, 200)

    monkeypatch.setattr("newsletter.issue_release.ask_pages", ask)
    race.send(SENT_AT)
    assert race.state == IssueState.PAUSED and not race.mails
    assert race.staff_were_told("issue-paused")


def test_somebody_without_the_role_any_more_cannot_stop_or_go_on(race) -> None:
    race.approve(APPROVED_AT)
    race.send(SENT_AT, meanwhile=lose_the_role)
    client = Client()
    client.force_login(race.approver)
    for verb in ("approve", "pause", "resume", "stop", "decide-delivery"):
        answer = client.post(reverse(f"issues:{verb}", args=[race.issue.pk]), {"reason": "x"})
        assert answer.status_code in (302, 403) and race.state == IssueState.SENT
