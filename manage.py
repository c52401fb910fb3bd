#!/usr/bin/env python3
"""Runs the project's commands. `site/` is a drawer of packages, so it goes on the path first."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
sys.path[:0] = [str(ROOT), str(ROOT / "site")]


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - the path must be set first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
