"""The process that opens one file from a stranger, cleans it and ends. Started by `sandbox.py`, never imported by it.

Standard input: the file. Argument: what to do with it. Standard output: one line of JSON (the facts, or the code of a
refusal), then the cleaned bytes. It has little memory and time, may not write to the disk, and knows no secrets: its
environment is empty and Django is not loaded.
"""

import contextlib
import importlib
import json
import os
import resource
import sys

from . import bounds
from .refusals import Refused

_MODULES = {
    "jpeg": "images",
    "png": "images",
    "webp": "images",
    "heic": "images",
    "pdf": "pdfs",
    "docx": "office",
    "xlsx": "office",
    "pdf-pages": "pdf_pages",
}
_READS = frozenset({"pdf-pages"})
"""Jobs that tell what is in a file; all others give back a cleaned one."""


def main() -> None:
    _limit_self()
    # Whatever a library prints must not mix with the answer.
    answer = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        facts, cleaned = _run(sys.argv[1], sys.stdin.buffer.read())
    except Refused as refusal:
        facts, cleaned = {"refused": refusal.code}, b""
    except (MemoryError, RecursionError):
        facts, cleaned = {"refused": "too_heavy"}, b""
    except Exception as error:
        # The decoders raise whatever they like for broken data, and all of it means the same to whoever sent the file.
        facts, cleaned = {"refused": "unreadable", "error": type(error).__name__}, b""
    answer.write(json.dumps(facts).encode() + b"\n")
    answer.write(cleaned)
    answer.close()


def _limit_self() -> None:
    limits = {
        resource.RLIMIT_AS: bounds.WORKER_MEMORY_BYTES,
        resource.RLIMIT_CPU: bounds.WORKER_CPU_SECONDS,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for what, limit in limits.items():
        # A system that does not know a limit still has the others, and the parent's clock.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (limit, limit))


def _run(job: str, content: bytes) -> tuple[dict, bytes]:
    # Only what the file needs is loaded: that halves the start.
    module = importlib.import_module(f"{__package__}.{_MODULES[job]}")
    work = module.read if job in _READS else module.clean
    return work(content, job)


if __name__ == "__main__":
    main()
