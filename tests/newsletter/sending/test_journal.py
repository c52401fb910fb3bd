"""What a worker's journal tells whoever finds it, and when it is not believed."""

import os
import resource
import subprocess
import sys

import pytest

from newsletter.sending import journal
from newsletter.sending.journal import Journal, left_behind
from newsletter.sending.outcomes import Outcome, OutcomeKind, Stage

FIRST, SECOND = ("delivery", 1), ("delivery", 2)
SENT = Outcome(OutcomeKind.SENT, Stage.BODY, 250, "2.0.0 Ok: queued as 4Zk")
LATER = Outcome(OutcomeKind.DEFERRED, Stage.RCPT, 450, "4.2.1  あとで\r\n来てください")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.JOURNAL_DIR = str(tmp_path / "sending")
    return tmp_path / "sending"


def died(written: Journal) -> None:
    """What is left when its process is gone: the file, and no lock on it."""
    os.close(written._file)
    written._file = None


def found() -> list[journal.Records]:
    with left_behind() as records:
        return records


def test_it_tells_what_was_offered_and_what_was_answered(folder) -> None:
    mine = Journal("w1")
    mine.offered(FIRST)
    mine.settled(FIRST, LATER)
    mine.offered(SECOND)
    died(mine)

    (records,) = found()
    assert records.worker == "w1" and records.offered == {FIRST, SECOND}
    assert records.settled == {FIRST: Outcome(OutcomeKind.DEFERRED, Stage.RCPT, 450, "4.2.1 あとで 来てください")}
    assert not list(folder.iterdir()) and found() == []


def test_nobody_reads_it_while_its_worker_lives(folder) -> None:
    mine = Journal("w1")
    mine.offered(FIRST)
    assert found() == [] and len(list(folder.iterdir())) == 1
    died(mine)
    assert len(found()) == 1


def test_two_who_find_it_at_once_do_not_both_settle_it() -> None:
    mine = Journal("w1")
    mine.offered(FIRST)
    died(mine)
    with left_behind() as one, left_behind() as other:
        assert (len(one), len(other)) == (1, 0)


def test_whoever_fails_to_settle_it_leaves_it_to_the_next_one() -> None:
    mine = Journal("w1")
    mine.offered(FIRST)
    died(mine)
    with pytest.raises(ZeroDivisionError), left_behind():
        raise ZeroDivisionError
    assert len(found()) == 1


def test_from_before_the_machines_last_start_it_is_not_believed(monkeypatch, folder) -> None:
    mine = Journal("w1")
    mine.offered(FIRST)
    died(mine)
    monkeypatch.setattr(journal, "boot_id", lambda: "another start")
    assert found() == [] and not list(folder.iterdir())


def test_a_commit_empties_it_but_not_over_a_mail_without_an_answer(folder) -> None:
    mine = Journal("w1")
    mine.offered(FIRST)
    mine.settled(FIRST, SENT)
    mine.forget()
    assert mine.is_empty
    mine.offered(SECOND)
    mine.forget()
    assert not mine.is_empty
    mine.close()
    (records,) = found()
    assert records.offered == {SECOND} and not records.settled


def test_an_empty_one_goes_with_its_worker(folder) -> None:
    mine = Journal("w1")
    mine.settled(FIRST, LATER)  # turned down before anything was offered
    assert not folder.exists()
    mine.offered(FIRST)
    mine.settled(FIRST, SENT)
    mine.forget()
    mine.close()
    assert not list(folder.iterdir())


def test_of_a_second_try_only_its_own_answer_counts() -> None:
    mine = Journal("w1")
    mine.offered(FIRST)
    mine.settled(FIRST, LATER)
    mine.offered(FIRST)
    died(mine)
    (records,) = found()
    assert records.offered == {FIRST} and not records.settled


def test_half_a_record_permitted_nothing(folder) -> None:
    mine = Journal("w1")
    mine.offered(FIRST)
    died(mine)
    with (folder / "w1.journal").open("ab") as file:
        file.write(b"O delivery 2")
    (records,) = found()
    assert records.offered == {FIRST}


FULL_DISK = """
import resource, sys
from newsletter.sending.journal import Journal
mine = Journal("w1", folder=sys.argv[1])
mine.offered(("delivery", 1))
size = mine.path.stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 5, size + 5))
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
try:
    mine.offered(("delivery", 2))
except OSError:
    print(mine.path.stat().st_size == size)
"""


def test_where_the_disk_is_full_it_says_so_and_keeps_no_half_record(folder) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings.test"}
    command = [sys.executable, "-c", FULL_DISK, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "True", done.stderr
