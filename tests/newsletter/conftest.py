"""What the tests of issues stand on: the centre's settings, the sections of the mail, an editor and an approver."""

from dataclasses import dataclass
from datetime import date, datetime
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import transaction
from taggit.models import Tag

from activities.deadlines import DeadlinePolicy, due_on, prepare_by
from activities.models import Notice, NoticeEntry, NoticePage, NoticeSession
from center.models import CentreSettings, User
from center.opening import TOKYO, OpeningCalendar
from config.builders import add_event
from config.tree import Tree, build_tree, standing_tree
from newsletter.models import Section

SECTIONS = (
    ("センターから", "centre", False, ["センターから"]),
    ("助成金", "lemon", True, ["助成金"]),
    ("講座・催し", "sora", True, ["講座", "催し"]),
    ("募集", "wakakusa", True, ["募集"]),
    ("団体から", "momo", False, ["団体から"]),
    ("広報誌", "shiro", False, ["広報誌"]),
)


def at(*parts: int) -> datetime:
    """A moment in Tokyo."""
    return datetime(*parts, tzinfo=TOKYO)


@dataclass
class MailWorld:
    """A site with an editor and an approver, and short ways to make pages and notices at a moment."""

    tree: Tree
    editor: User
    approver: User
    count: int = 0

    def travel(self, *parts: int):
        """The clock stands at this moment of Tokyo inside the context."""
        return time_machine.travel(at(*parts), tick=False)

    def event(self, title: str, moment: tuple, start: tuple, end: tuple | None = None, **fields):
        """An event published at `moment`; with `live=False` only drafted then."""
        with self.travel(*moment):
            return add_event(self.tree, title, sessions=[(at(*start), at(*end) if end else None)], **fields)

    def publish(self, page, moment: tuple, **changes):
        """Change and publish a page at `moment`; return it as stored."""
        with self.travel(*moment):
            page = page.get_latest_revision_as_object()
            for name, value in changes.items():
                setattr(page, name, value)
            page.save_revision().publish()
            return type(page).objects.get(pk=page.pk)

    def notice(self, title: str, received: tuple, *, page=None, start: tuple | None = None, **fields) -> Notice:
        """A notice for the mail, of an event from `start`, two hours long, its clock running from its receipt."""
        self.count += 1
        received_at, policy = at(*received), DeadlinePolicy()
        due = due_on(received_at, policy, OpeningCalendar())
        values = {
            "number": f"2026-{self.count:04}",
            "kind": "event",
            "received_at": received_at,
            "clock_started_at": received_at,
            "due_on": due,
            "prepare_by": prepare_by(received_at, due, OpeningCalendar()),
            "policy": policy.as_json(),
            "group_name": "川とみどりの会",
            "contact_name": "見本",
            "title": title,
            "media": ["web", "facebook", "mail"],
            "status_token_hash": f"{self.count:064}",
        }
        notice = Notice.objects.create(**(values | fields))
        NoticeEntry.objects.create(notice=notice, at=received_at, kind=NoticeEntry.Kind.RECEIVED)
        if start:
            NoticeSession.objects.create(notice=notice, starts_at=at(*start), ends_at=at(*start[:3], start[3] + 2))
        if page:
            NoticePage.objects.create(notice=notice, page=page, linked_at=received_at)
        return notice

    def settle(self, notice: Notice, moment: tuple, state: str = "published") -> None:
        """Set a notice's state by hand, as the desk would."""
        notice.state, notice.settled_at = state, at(*moment)
        if state == "published":
            notice.public_since = at(*moment)
        notice.save()


def build_world(tree: Tree) -> MailWorld:
    """Sections, the centre's settings and the two people, on the tree of the site."""
    for order, (name, paper, is_usual, tags) in enumerate(SECTIONS, start=1):
        section = Section.objects.create(name=name, paper=paper, is_usual=is_usual, order=order)
        section.tags.set([Tag.objects.get_or_create(name=tag, defaults={"slug": f"t{order}{tag}"})[0] for tag in tags])
    centre = CentreSettings.load()
    for name, value in {
        "nickname": "アシストパーク郡山",
        "name": "郡山市 市民活動サポートセンター",
        "name_en": "Koriyama City Citizens' Activity Support Center",
        "address": "郡山市朝日1-23-7　郡山市役所 西庁舎3階",
        "phone": "024-924-3352",
        "fax": "024-924-3352",
        "sender_name": "郡山市 市民活動サポートセンター",
        "staff_email": "shokuin@assist-park.example",
    }.items():
        setattr(centre, name, value)
    centre.save()
    make = User.objects.create_user
    editor = make("henshu", password="himitsu-no-kotoba", last_name="編集", first_name="花子")
    approver = make("shonin", password="himitsu-no-kotoba", last_name="承認", first_name="太郎")
    permissions = Permission.objects.filter(
        content_type__app_label__in=("newsletter", "wagtailadmin"),
        codename__in=("access_admin", "view_issue", "add_issue", "change_issue"),
    )
    for user in (editor, approver):
        user.user_permissions.add(*permissions)
    approver.user_permissions.add(Permission.objects.get(codename="approve_issue"))
    return MailWorld(tree=tree, editor=editor, approver=approver)


@pytest.fixture
def world(tree) -> MailWorld:
    """The world of one test."""
    return build_world(tree)


@pytest.fixture(scope="module")
def module_world(built_tree, django_db_setup, django_db_blocker):
    """One world for all tests of a module; what each of them changes is taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        tree = standing_tree() if built_tree and built_tree.replay() else build_tree(hostname="testserver")
        yield build_world(tree)
        transaction.set_rollback(True)


@pytest.fixture
def december() -> SimpleNamespace:
    """The moments of the 12月号 by the usual rule."""
    return SimpleNamespace(
        cutoff_at=at(2026, 11, 26, 17, 15),
        send_at=at(2026, 12, 1, 10),
        freeze=at(2026, 11, 26, 17, 30),
        approve=at(2026, 11, 27, 16),
        drafted=at(2026, 11, 10, 9),
        first_of=date(2026, 12, 1),
        site=settings.SITE_URL,
    )
