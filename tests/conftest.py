"""Fixtures that every test may ask for."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
import time_machine
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import translation
from wagtail.models import Site

from center.opening import TOKYO
from config.tree import Tree, build_tree, standing_tree

HOST = "testserver"
Rows = dict[tuple[str, str], dict[int, tuple]]


def pytest_unconfigure(config) -> None:
    """Throw away the folder that the run's media and private files went to."""
    shutil.rmtree(settings.TEST_ROOT, ignore_errors=True)


def _rows() -> Rows:
    """Every row of the database by its table, columns and rowid; the full-text tables follow their triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%%'")
        tables = [name for (name,) in cursor.fetchall() if "_fts" not in name]
        found = {}
        for table in tables:
            cursor.execute(f'PRAGMA table_info("{table}")')
            names = [f'"{column[1]}"' for column in cursor.fetchall()]
            # "+" hides the declared type, so that values come as they are stored
            cursor.execute(f"""SELECT rowid, {", ".join("+" + name for name in names)} FROM "{table}" """)
            found[table, ", ".join(names)] = {row[0]: row[1:] for row in cursor.fetchall()}
    return found


def put_back(rows: Rows | None) -> None:
    """Bring the database back to these rows, after tests that really wrote; nothing where rows cannot be replayed."""
    with transaction.atomic(), connection.cursor() as cursor:
        for (name, columns), kept in (rows or {}).items():
            cursor.execute(f'DELETE FROM "{name}"')
            places = ", ".join(["%s"] * (columns.count(",") + 1))
            cursor.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({places})', list(kept.values()))
    ContentType.objects.clear_cache()
    Site.clear_site_root_paths_cache()


@dataclass(frozen=True)
class Built:
    """What a slow set-up wrote: the rows before and after it. Replaying them costs milliseconds."""

    before: Rows
    after: Rows

    @classmethod
    def by(cls, build: Callable[[], object]) -> "Built | None":
        """Run the set-up, keep its rows and take it back; None where rows cannot be replayed (PostgreSQL)."""
        if connection.vendor != "sqlite":
            return None
        with transaction.atomic():
            before = _rows()
            build()
            after = _rows()
            transaction.set_rollback(True)
        Site.clear_site_root_paths_cache()
        return cls(before, after)

    def replay(self) -> bool:
        """Write the rows; False, and nothing written, where another fixture wrote into their tables already."""
        changed = [table for table in self.after if self.before[table] != self.after[table]]
        with connection.cursor() as cursor:
            for name, columns in changed:
                cursor.execute(f'SELECT count(*) FROM "{name}"')
                if cursor.fetchone()[0] != len(self.before[name, columns]):
                    return False
            for name, columns in changed:
                old, rows = self.before[name, columns], self.after[name, columns]
                gone = [(key,) for key, row in old.items() if rows.get(key) != row]
                new = [row for key, row in rows.items() if old.get(key) != row]
                cursor.executemany(f'DELETE FROM "{name}" WHERE rowid = %s', gone)
                if new:
                    places = ", ".join(["%s"] * len(new[0]))
                    cursor.executemany(f'INSERT INTO "{name}" ({columns}) VALUES ({places})', new)
        Site.clear_site_root_paths_cache()
        return True


@pytest.fixture(scope="session")
def put_back_first_rows(django_db_setup, django_db_blocker) -> Callable[[], None]:
    """Call it when the database was written to for real: it is as after the migrations again."""
    with django_db_blocker.unblock():
        first = _rows() if connection.vendor == "sqlite" else None
    return lambda: put_back(first)


PUT_BACK = pytest.StashKey[Callable[[], None]]()


@pytest.fixture(autouse=True)
def rows_put_back(request, django_db_blocker) -> None:
    """After a test that really commits, the rows that the migrations wrote are there again; the flush takes them."""
    mark = request.node.get_closest_marker("django_db")
    commits = {"transactional_db", "live_server"}.intersection(request.fixturenames)
    if not (commits or (mark and mark.kwargs.get("transaction"))):
        return
    put_back_rows = request.getfixturevalue("put_back_first_rows")

    def after_the_flush() -> None:
        with django_db_blocker.unblock():
            put_back_rows()

    request.node.stash[PUT_BACK] = after_the_flush


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """Put the rows back when every fixture of the test has ended, the flush among them."""
    result = yield
    after_the_flush = item.stash.get(PUT_BACK, None)
    if after_the_flush and nextitem is not None:
        after_the_flush()
    return result


@pytest.fixture(scope="session")
def built_tree(django_db_setup, django_db_blocker) -> Built | None:
    with django_db_blocker.unblock(), time_machine.travel(datetime(2020, 4, 1, 9, tzinfo=TOKYO)):
        return Built.by(lambda: build_tree(hostname=HOST))


@pytest.fixture(scope="session")
def built_site(django_db_setup, django_db_blocker) -> Built | None:
    with django_db_blocker.unblock():
        return Built.by(lambda: call_command("setup_site", verbosity=0))


@pytest.fixture(autouse=True)
def japanese():
    """Every test begins in Japanese, whatever language the one before it read in."""
    translation.activate("ja")


@pytest.fixture
def tree(db, built_tree) -> Tree:
    """The site: home and one page of each list, published in 2020."""
    if built_tree and built_tree.replay():
        return standing_tree()
    return build_tree(hostname=HOST)


@pytest.fixture
def whole_site(db, built_site) -> None:
    """Everything that `setup_site` makes: tree, languages, roles, rules, the centre's content."""
    if not (built_site and built_site.replay()):
        call_command("setup_site", verbosity=0)


@pytest.fixture
def tokyo():
    """Make an aware moment in Tokyo: tokyo(2026, 11, 18, 9)."""

    def make(*parts: int) -> datetime:
        return datetime(*parts, tzinfo=TOKYO)

    return make


@pytest.fixture
def staff(db, django_user_model):
    """A member of staff who may do everything."""
    return django_user_model.objects.create_superuser(
        username="hanako",
        email="hanako@assist-park.example",
        password="himitsu-no-kotoba",
        last_name="見本",
        first_name="花子",
    )
