"""What mail programs and spam filters make of the monthly mail."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from newsletter.rendering import RENDERED_LANGUAGES
from tests.newsletter.large_mail import as_sent, large_mail
from tests.newsletter.mail_features import used_features

BASELINE = json.loads(Path(__file__).with_name("caniemail_baseline.json").read_text("utf-8"))
FAMILIES = ("gmail", "outlook", "apple-mail", "yahoo")
SPAM_LIMIT = 0.5


def complaints(html: str) -> set[str]:
    """`css-margin: gmail a`: what a program shows only in part (a), not at all (n), or nobody tried (u)."""
    return {
        f"{feature}: {family} {BASELINE['features'][feature][family]}"
        for feature in used_features(html)
        for family in FAMILIES
        if BASELINE["features"][feature][family] != "y"
    }


@pytest.mark.parametrize("language", RENDERED_LANGUAGES)
def test_mail_programs_have_no_new_complaint(language):
    assert complaints(large_mail(language).html) - set(BASELINE["accepted"]) == set()


def test_what_is_accepted_is_still_needed():
    found = set().union(*(complaints(large_mail(language).html) for language in RENDERED_LANGUAGES))
    assert set(BASELINE["accepted"]) - found == set()


@pytest.mark.parametrize(
    "more",
    [
        '<div style="display:flex;">x</div>',
        '<form action="https://assist-park.example/"><input name="q"></form>',
        "<ruby>郡山<rt>こおりやま</rt></ruby>",
        '<p style="background-image:url(https://assist-park.example/a.png);">x</p>',
        '<p style="color:rgba(0,0,0,0.5);">x</p>',
        '<link rel="stylesheet" href="https://assist-park.example/a.css">',
    ],
)
def test_what_outlook_or_gmail_do_not_show_would_be_a_new_complaint(more):
    html = large_mail("ja").html.replace("</body>", f"{more}</body>")
    assert complaints(html) - set(BASELINE["accepted"])


@pytest.mark.parametrize(
    "more", ["<marquee>x</marquee>", '<p style="no-such-thing:1px;">x</p>', '<p onclick="x()">x</p>']
)
def test_what_nobody_looked_up_is_not_let_through(more):
    with pytest.raises(KeyError):
        complaints(f"<!DOCTYPE html><html><body>{more}</body></html>")


ALL_MAILS = [(language, format) for language in RENDERED_LANGUAGES for format in ("html", "text")]
"""The last but one, easy Japanese as HTML, has the most marks inside its titles."""


@pytest.mark.skipif(not shutil.which("spamassassin"), reason="spamassassin is not installed (apt-get install it)")
@pytest.mark.parametrize(("language", "format"), ALL_MAILS if os.environ.get("FULL") else ALL_MAILS[-2:-1])
def test_a_spam_filter_finds_nothing_in_it(language, format, tmp_path):
    done = subprocess.run(
        ["spamassassin", "-L", "-t"],
        input=as_sent(large_mail(language), format),
        capture_output=True,
        env={**os.environ, "HOME": str(tmp_path)},
        timeout=120,
        check=True,
    )
    score = re.search(r"^X-Spam-Status:.*?score=(-?[\d.]+)", done.stdout.decode("utf-8", "replace"), re.MULTILINE)
    assert float(score[1]) <= SPAM_LIMIT, done.stdout[-3000:].decode("utf-8", "replace")
