"""Taking in a file of subscribers: kept, looked at as often as wanted, and then applied once, as it was looked at.

No mail is sent by an import. Good rows are taken in all together or not at all; rows with a fault never are. Somebody
who left comes back only with a consent of a later day, and an address that must not be mailed stays out.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.dateparse import parse_date
from wagtail.log_actions import log

from center.models import User
from center.opening import tokyo_date
from newsletter.models import (
    ConsentEvent,
    Subscriber,
    SubscriberFile,
    SubscriberState,
    Subscription,
    Suppression,
    Topic,
)
from newsletter.subscriber_csv import Defaults, Row, Sheet, read_sheet
from newsletter.subscriber_steps import activate, set_topics
from newsletter.subscribers import GETS_MAIL
from newsletter.tokens import address_hash, personal_token_hash

KEPT = timedelta(hours=24)
"""A file that was not applied is forgotten after this long."""
BATCH = 500
IMPORTED = "newsletter.import_subscribers"


class PlanChanged(Exception):
    """Since the file was looked at, a subscriber, a suppression or a setting changed: look again."""


class FileGone(Exception):
    """The file was not applied within a day, and is no longer kept."""


class Fate(StrEnum):
    """What becomes of a good row."""

    NEW = "new"
    BACK = "back"
    KNOWN = "known"
    LEFT = "left"
    SUPPRESSED = "suppressed"
    TWICE = "twice"


TAKEN = (Fate.NEW, Fate.BACK)


@dataclass(frozen=True)
class Step:
    """One good row and what becomes of it; `first_line` is where the same address stood before."""

    row: Row
    fate: Fate
    first_line: int = 0


@dataclass(frozen=True)
class Plan:
    """What a file would do now. `fingerprint` stands for the file, its settings and every step."""

    sheet: Sheet
    steps: list[Step]
    fingerprint: str

    def count(self, *fates: Fate) -> int:
        return sum(step.fate in fates for step in self.steps)

    @property
    def taken_count(self) -> int:
        return self.count(*TAKEN)

    def of(self, fate: Fate) -> list[Step]:
        return [step for step in self.steps if step.fate == fate]


def keep_file(*, content: bytes, name: str, options: dict, by: User, now: datetime) -> SubscriberFile:
    """Keep a file so that it can be looked at and applied; nothing of it is taken in yet.

    `options`: locale, format, topics (ids), source, consented_on (ISO day or ""), words_version.
    """
    return SubscriberFile.objects.create(
        kind=SubscriberFile.Kind.IMPORT,
        name=name[:120],
        content=content,
        content_hash=hashlib.sha256(content).hexdigest(),
        options=options,
        by=by,
        at=now,
    )


def make_plan(file: SubscriberFile, *, now: datetime) -> Plan:
    """What applying the file would do at this moment. Reads only. Raises FileGone."""
    if file.content is None:
        raise FileGone
    content = bytes(file.content)
    topics = list(Topic.objects.all())
    names = {topic.slug: topic.pk for topic in topics} | {topic.name: topic.pk for topic in topics}
    known_ids = {topic.pk for topic in topics}
    options = file.options
    defaults = Defaults(
        locale=options["locale"],
        format=options["format"],
        topics=tuple(pk for pk in options["topics"] if pk in known_ids),
        source=options["source"],
        consented_on=parse_date(options["consented_on"]) if options["consented_on"] else None,
    )
    sheet = read_sheet(content, defaults=defaults, topics=names, today=tokyo_date(now))
    steps = _steps(sheet.rows)
    told = [(step.row.line, step.row.email_norm, step.row.topics, str(step.fate)) for step in steps]
    seen = json.dumps([hashlib.sha256(content).hexdigest(), options, told, len(sheet.faults)], sort_keys=True)
    return Plan(sheet, steps, hashlib.sha256(seen.encode()).hexdigest())


def apply_file(*, file: SubscriberFile, fingerprint: str, by: User, now: datetime) -> SubscriberFile:
    """Take in the good rows of a file, all or none, with a line in the ledger each. Safe to repeat.

    `fingerprint` is that of the plan which a person looked at. Raises PlanChanged, FileGone.
    """
    try:
        return _apply(file, fingerprint, by, now)
    except IntegrityError:  # somebody signed up at this very moment
        raise PlanChanged from None


def forget_waiting_files(*, now: datetime) -> int:
    """Forget files that nobody applied within a day; return how many."""
    waiting = SubscriberFile.objects.filter(
        kind=SubscriberFile.Kind.IMPORT, applied_at=None, content__isnull=False, at__lt=now - KEPT
    )
    return waiting.delete()[0]


@transaction.atomic
def _apply(file: SubscriberFile, fingerprint: str, by: User, now: datetime) -> SubscriberFile:
    file = SubscriberFile.objects.select_for_update().get(pk=file.pk)
    if file.applied_at:
        return file
    plan = make_plan(file, now=now)
    if plan.fingerprint != fingerprint:
        raise PlanChanged
    taken = [step.row for step in plan.steps if step.fate in TAKEN]
    known = {one.email_norm: one for one in _known(row.email_norm for row in taken)}
    _add([row for row in taken if row.email_norm not in known], now)
    for row in taken:
        if row.email_norm in known:
            subscriber = known[row.email_norm]
            subscriber.email, subscriber.locale, subscriber.format = row.email, row.locale, row.format
            subscriber.confirm_token_hash = subscriber.confirm_until_at = None
            activate(subscriber, source=row.source, now=now)
            set_topics(subscriber, Topic.objects.filter(pk__in=row.topics))
    ConsentEvent.objects.bulk_create(
        [
            ConsentEvent(
                email_hash=address_hash(row.email_norm),
                action=ConsentEvent.Action.IMPORTED,
                channel=row.source,
                words_version=file.options.get("words_version", ""),
                page=f"sha256:{file.content_hash[:16]}",
                consented_on=row.consented_on,
                actor=by,
                at=now,
            )
            for row in taken
        ],
        batch_size=BATCH,
    )
    file.counts = {fate.value: plan.count(fate) for fate in Fate} | {
        "taken": len(taken),
        "faulty": len({fault.line for fault in plan.sheet.faults}),
        "rows": plan.sheet.row_count,
    }
    file.applied_at, file.content = now, None
    file.save()
    log(instance=file, action=IMPORTED, user=by, data={"count": len(taken), "name": file.name})
    return file


def _add(rows: list[Row], now: datetime) -> None:
    """New subscribers with their links and kinds of mail."""
    added = Subscriber.objects.bulk_create(
        [
            Subscriber(
                email=row.email,
                email_norm=row.email_norm,
                locale=row.locale,
                format=row.format,
                state=SubscriberState.ACTIVE,
                source=row.source,
                created_at=now,
                confirmed_at=now,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )
    for subscriber in added:
        subscriber.token_hash = personal_token_hash(subscriber.pk)
    Subscriber.objects.bulk_update(added, ["token_hash"], batch_size=BATCH)
    wanted = [
        Subscription(subscriber=one, topic_id=pk) for one, row in zip(added, rows, strict=True) for pk in row.topics
    ]
    Subscription.objects.bulk_create(wanted, batch_size=BATCH)


def _steps(rows: list[Row]) -> list[Step]:
    norms = [row.email_norm for row in rows]
    hashes = {norm: address_hash(norm) for norm in norms}
    barred = _found(Suppression.objects.values_list("email_hash", flat=True), "email_hash", hashes.values())
    known = {one.email_norm: one for one in _known(norms)}
    erased = ConsentEvent.objects.filter(action=ConsentEvent.Action.ERASED)
    last = erased.values("email_hash").annotate(last_at=Max("at")).values_list("email_hash", "last_at")
    erased_at = dict(_found(last, "email_hash", hashes.values()))
    first: dict[str, int] = {}
    steps = []
    for row in rows:
        if row.email_norm in first:
            steps.append(Step(row, Fate.TWICE, first[row.email_norm]))
            continue
        first[row.email_norm] = row.line
        subscriber, digest = known.get(row.email_norm), hashes[row.email_norm]
        is_barred = digest in barred
        steps.append(Step(row, _fate(row, subscriber, is_barred=is_barred, erased_at=erased_at.get(digest))))
    return steps


def _fate(row: Row, subscriber: Subscriber | None, *, is_barred: bool, erased_at: datetime | None) -> Fate:
    if is_barred or (subscriber and subscriber.state == SubscriberState.SUSPENDED):
        return Fate.SUPPRESSED
    if subscriber and subscriber.state in GETS_MAIL:
        return Fate.KNOWN
    ended_at = subscriber.left_at if subscriber and subscriber.left_at else erased_at
    if ended_at:
        return Fate.BACK if _is_later(row.consented_on, ended_at) else Fate.LEFT
    return Fate.NEW


def _is_later(consented_on: date, ended_at: datetime) -> bool:
    """On the same day nobody knows which came first: then leaving counts."""
    return consented_on > tokyo_date(ended_at)


def _known(norms: Iterable[str]) -> list[Subscriber]:
    return _found(Subscriber.objects.all(), "email_norm", norms)


def _found(rows, name: str, values: Iterable[str]) -> list:
    """The rows whose column has one of the values; asked in batches that every database takes."""
    wanted = list(dict.fromkeys(values))
    batches = (wanted[start : start + BATCH] for start in range(0, len(wanted), BATCH))
    return [row for batch in batches for row in rows.filter(**{f"{name}__in": batch})]
