"""Starts the worker process that opens a stranger's file, and survives whatever happens to it."""

import json
import logging
import signal
import subprocess
import sys
import threading
from pathlib import Path

from .bounds import WAIT_FOR_TURN_SECONDS, WORKER_WALL_SECONDS, WORKERS_AT_ONCE
from .refusals import Refused

logger = logging.getLogger(__name__)

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_turns = threading.BoundedSemaphore(WORKERS_AT_ONCE)


def clean_apart(job: str, content: bytes) -> tuple[dict, bytes]:
    """Clean `content` in a process of its own; `job` is jpeg, png, webp, heic, pdf, docx or xlsx.

    Gives the facts (extension, content_type; width and height, or pages, where there are any) and the cleaned bytes.
    Blocks for two minutes at most. Raises Refused and nothing else: "too_heavy" when the file costs more than it may,
    "busy" when no process could be had, "unreadable" when the process died over it.
    """
    return _work_apart(job, content, WORKER_WALL_SECONDS)


def read_pdf_apart(content: bytes, *, seconds: float = WORKER_WALL_SECONDS) -> tuple[dict, bytes]:
    """What stands in a PDF, found out in a process of its own that has so many seconds.

    Gives the facts (pages; texts, one for each page) and the first page as JPEG. Raises Refused as `clean_apart` does.
    """
    return _work_apart("pdf-pages", content, seconds)


def _work_apart(job: str, content: bytes, seconds: float) -> tuple[dict, bytes]:
    if not _turns.acquire(timeout=WAIT_FOR_TURN_SECONDS):
        raise Refused("busy")
    try:
        finished = subprocess.run(
            [sys.executable, "-m", "center.intake.worker", job],
            input=content,
            capture_output=True,
            timeout=seconds,
            cwd=_PACKAGE_ROOT,
            env={"PYTHONDONTWRITEBYTECODE": "1"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        logger.warning("Upload worker (%s, %d bytes) was stopped after its time.", job, len(content))
        raise Refused("too_heavy") from None
    except OSError as error:
        logger.error("Upload worker could not be started: %s", error)
        raise Refused("busy") from None
    finally:
        _turns.release()
    return _read_answer(job, content, finished)


def _read_answer(job: str, content: bytes, finished: subprocess.CompletedProcess) -> tuple[dict, bytes]:
    head, _, cleaned = finished.stdout.partition(b"\n")
    try:
        facts = json.loads(head)
    except ValueError:
        facts = None
    if finished.returncode or not isinstance(facts, dict):
        logger.warning("Upload worker (%s, %d bytes) ended with %d.", job, len(content), finished.returncode)
        out_of_means = -finished.returncode in (signal.SIGXCPU, signal.SIGKILL)
        raise Refused("too_heavy" if out_of_means else "unreadable")
    if "refused" in facts:
        logger.info("Upload (%s, %d bytes) refused: %s %s", job, len(content), facts["refused"], facts.get("error", ""))
        raise Refused(facts["refused"])
    return facts, cleaned
