"""The proof of work that browsers do by themselves, and what a form makes of it."""

import base64
import html
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from altcha import solve_challenge_v1
from django import forms

from center.intake.guard import BAD_PROOF, NO_PROOF, GuardedFormMixin, signed_render_time
from center.intake.proof_of_work import (
    LIFE,
    MOST_TRIES,
    ProofRefused,
    new_challenge,
    solved_challenge,
    use_solution,
)

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)


def solve(challenge: str, **changes) -> str:
    """The solution as the script in the page writes it; `changes` spoil it."""
    asked = json.loads(challenge)
    found = solve_challenge_v1(asked["challenge"], asked["salt"], asked["algorithm"], asked["maxNumber"])
    answer = {name: asked[name] for name in ("algorithm", "challenge", "salt", "signature")} | {"number": found.number}
    return base64.b64encode(json.dumps(answer | changes).encode()).decode()


def asked_in(page: str) -> str:
    """The challenge that a page puts to the browser."""
    return html.unescape(re.search(r'data-challenge="([^"]*)"', page)[1])


class WordsForm(GuardedFormMixin, forms.Form):
    words = forms.CharField()


class OtherForm(WordsForm):
    pass


@pytest.fixture(autouse=True)
def asked_for(settings):
    settings.FORM_NEEDS_PROOF = True


def sent(solution: str, *, after: timedelta = timedelta(minutes=1), kind=WordsForm) -> WordsForm:
    data = {"words": "もち", "rendered_at": signed_render_time(now=NOON), "sum_done": solution}
    form = kind(data, now=NOON + after)
    assert form.is_valid(), form.errors
    return form


def test_a_browser_that_did_its_sum_is_taken_for_a_person():
    page = WordsForm(now=NOON).guard_fields
    assert sent(solve(asked_in(page))).take_proof() == ""


def test_without_a_proof_the_form_is_valid_all_the_same_and_says_so():
    assert sent("").take_proof() == NO_PROOF


def test_a_solution_counts_once():
    solution = solve(new_challenge("WordsForm", now=NOON))
    assert sent(solution).take_proof() == ""
    assert sent(solution).take_proof() == BAD_PROOF


def test_sending_the_same_thing_once_more_is_no_second_use():
    solution = solve(new_challenge("WordsForm", now=NOON))
    assert sent(solution).take_proof(used_for="one") == ""
    assert sent(solution).take_proof(used_for="one") == ""
    assert sent(solution).take_proof(used_for="two") == BAD_PROOF
    assert sent(solution).take_proof(used_for="two") == BAD_PROOF
    assert sent(solution).take_proof() == BAD_PROOF


def test_a_solution_of_another_kind_of_form_does_not_count():
    solution = solve(new_challenge("OtherForm", now=NOON))
    assert sent(solution).take_proof() == BAD_PROOF
    assert sent(solution, kind=OtherForm).take_proof() == ""


def test_a_solution_lives_for_a_day():
    solution = solve(new_challenge("WordsForm", now=NOON))
    assert solved_challenge(solution, "WordsForm", now=NOON + LIFE)
    with pytest.raises(ProofRefused):
        solved_challenge(solution, "WordsForm", now=NOON + LIFE + timedelta(seconds=1))


def test_an_end_written_into_the_challenge_by_hand_does_not_count():
    asked = json.loads(new_challenge("WordsForm", now=NOON - 2 * LIFE))
    late = asked["salt"].replace("expires=", "expires=9999999999&was=")
    with pytest.raises(ProofRefused):
        solved_challenge(solve(json.dumps(asked), salt=late), "WordsForm", now=NOON)


def test_a_challenge_of_another_secret_does_not_count(settings):
    solution = solve(new_challenge("WordsForm", now=NOON))
    settings.SECRET_KEY = "x" * 50
    with pytest.raises(ProofRefused):
        use_solution(solution, "WordsForm", used_for="", now=NOON)


@pytest.mark.parametrize(
    "text",
    [
        "x",
        "あ",
        "\x00",
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b"1").decode(),
        base64.b64encode(b"null").decode(),
        base64.b64encode(b"{}").decode(),
        base64.b64encode(b"[" * 700).decode(),
        "A" * 2_000_000,
        base64.b64encode(b'{"algorithm":"SHA-256","challenge":"a","number":true,"salt":"b","signature":"c"}').decode(),
        base64.b64encode(b'{"algorithm":"SHA-1","challenge":"a","number":1,"salt":"b","signature":"c"}').decode(),
        base64.b64encode(
            '{"algorithm":"SHA-256","challenge":"é","number":1,"salt":"b?expires=1","signature":"é"}'.encode()
        ).decode(),
        base64.b64encode(b'{"algorithm":"SHA-256","challenge":null,"number":1,"salt":[],"signature":{}}').decode(),
    ],
)
def test_garbage_is_no_proof_and_no_crash(text):
    assert sent(text).take_proof() == BAD_PROOF


@pytest.mark.parametrize("change", [{"number": -1}, {"number": MOST_TRIES * 2}, {"signature": "0" * 64}])
def test_a_spoiled_solution_is_no_proof(change):
    assert sent(solve(new_challenge("WordsForm", now=NOON), **change)).take_proof() == BAD_PROOF


def test_a_form_that_comes_back_with_a_mistake_keeps_its_proof_unused():
    solution = solve(new_challenge("WordsForm", now=NOON))
    data = {"words": "", "rendered_at": signed_render_time(now=NOON), "sum_done": solution}
    form = WordsForm(data, now=NOON + timedelta(minutes=1))
    assert not form.is_valid()
    assert f'value="{solution}"' in form.guard_fields
    assert sent(solution, after=timedelta(minutes=2)).take_proof() == ""


def test_a_form_that_comes_back_does_not_keep_what_is_no_proof():
    data = {"words": "", "rendered_at": signed_render_time(now=NOON), "sum_done": '"><script>alert(1)</script>'}
    form = WordsForm(data, now=NOON + timedelta(minutes=1))
    assert not form.is_valid()
    assert "alert(1)" not in form.guard_fields
    assert 'name="sum_done" value=""' in form.guard_fields


def test_what_an_earlier_page_was_given_is_not_given_again():
    old = signed_render_time(now=NOON - timedelta(days=3))
    form = WordsForm(initial={"words": "もち", "rendered_at": old, "sum_done": "x", "memo_2": "y"}, now=NOON)
    assert old not in form.guard_fields
    assert 'value="x"' not in form.guard_fields
    assert "もち" in form.as_p()


def test_the_page_says_nothing_of_the_sum_and_runs_only_the_sites_own_script():
    page = WordsForm(now=NOON).guard_fields
    assert "style=" not in page
    assert re.findall(r'(?:src|data-worker)="([^"]*)"', page) == [
        "/static/centre/proof-worker.js",
        "/static/centre/proof.js",
    ]
    assert page.count("<script") == 1
    assert not re.sub(r"<[^>]+>", "", page).replace(
        "この欄は空のままにしてください", ""
    ).strip() or "sum" not in page.lower().replace("sum_done", "")


def test_a_site_may_do_without_it(settings):
    settings.FORM_NEEDS_PROOF = False
    assert sent("").take_proof() == ""
