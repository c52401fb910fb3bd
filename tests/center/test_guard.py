"""The quiet guard of public forms."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django import forms
from django.http import QueryDict
from django.utils import translation

from center.intake.guard import (
    BadStamp,
    GuardedFormMixin,
    TooFast,
    TooOld,
    check_render_time,
    signed_render_time,
)

NOON = datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
WORDS = "うすときねで、もちをつきます。"


class NoticeForm(GuardedFormMixin, forms.Form):
    title = forms.CharField(max_length=20)
    body = forms.CharField(widget=forms.Textarea)


@pytest.fixture(autouse=True)
def three_seconds(settings):
    settings.FORM_MIN_SECONDS = 3


def filled_in(form: forms.Form, **typed: str) -> QueryDict:
    """What a browser sends back for `form`: the hidden values it was given, and what the person typed."""
    data = QueryDict(mutable=True)
    for tag in re.findall(r"<input[^>]*>", form.as_p()):
        data[re.search(r'name="([^"]*)"', tag)[1]] = (re.search(r'value="([^"]*)"', tag) or ["", ""])[1]
    data.update({"title": "もちつき", "body": WORDS, **typed})
    data._mutable = False
    return data


def send(after: timedelta, form: forms.Form | None = None, **typed: str) -> NoticeForm:
    """Fill in a form shown at noon and send it some time later."""
    return NoticeForm(filled_in(form or NoticeForm(now=NOON), **typed), now=NOON + after, guard_phone="024-000-0000")


def codes(form: forms.Form) -> list[str]:
    return [error.code for error in form.non_field_errors().as_data()]


def test_a_form_filled_in_by_a_person_goes_through_without_noticing_the_guard():
    form = send(timedelta(minutes=5))
    assert form.is_valid()
    assert form.cleaned_data == {"title": "もちつき", "body": WORDS}


@pytest.mark.parametrize(
    ("age", "error"),
    [
        (timedelta(seconds=0), TooFast),
        (timedelta(seconds=2.9), TooFast),
        (timedelta(seconds=3), None),
        (timedelta(hours=24), None),
        (timedelta(hours=24, seconds=1), TooOld),
        (timedelta(days=400), TooOld),
        (timedelta(seconds=-5), TooFast),
        (timedelta(seconds=-61), BadStamp),
    ],
)
def test_a_form_is_taken_from_three_seconds_to_one_day_after_it_was_shown(age, error):
    stamp = signed_render_time(now=NOON)
    if error is None:
        assert check_render_time(stamp, now=NOON + age) == NOON
    else:
        with pytest.raises(error):
            check_render_time(stamp, now=NOON + age)


@pytest.mark.parametrize("value", ["", "0", "1700000000000", "x:y", "あ", "9" * 400 + ":x", None, "\x00"])
def test_a_time_that_was_not_signed_here_is_refused(value):
    with pytest.raises(BadStamp):
        check_render_time(value, now=NOON)


def test_a_changed_time_is_refused():
    stamp = signed_render_time(now=NOON)
    with pytest.raises(BadStamp):
        check_render_time("1" + stamp, now=NOON + timedelta(minutes=1))


def test_the_time_zone_of_the_clock_does_not_matter():
    stamp = signed_render_time(now=NOON.astimezone())
    assert check_render_time(stamp, now=NOON + timedelta(minutes=1)) == NOON


def test_a_very_quick_form_comes_back_filled_in_and_goes_through_a_moment_later():
    first = send(timedelta(seconds=1))
    assert not first.is_valid()
    assert codes(first) == ["too_fast"]
    assert WORDS in first.as_p()
    assert send(timedelta(seconds=4), first).is_valid()


def test_a_form_open_since_yesterday_comes_back_filled_in_and_goes_through_at_once():
    first = send(timedelta(days=2))
    assert not first.is_valid()
    assert codes(first) == ["too_old"]
    assert WORDS in first.as_p()
    assert send(timedelta(days=2, seconds=1), first).is_valid()


def test_a_form_without_its_time_comes_back_filled_in_and_goes_through_at_once():
    first = NoticeForm({"title": "もちつき", "body": WORDS}, now=NOON)
    assert not first.is_valid()
    assert codes(first) == ["too_old"]
    assert WORDS in first.as_p()
    assert send(timedelta(seconds=1), first).is_valid()


def test_a_filled_trap_is_answered_with_words_and_a_phone_number_and_nothing_is_lost():
    first = send(timedelta(minutes=1), memo_2="buy now")
    assert not first.is_valid()
    assert codes(first) == ["trapped"]
    assert "024-000-0000" in str(first.non_field_errors())
    assert WORDS in first.as_p()


def test_whoever_fell_into_the_trap_by_autofill_gets_through_by_sending_again():
    first = send(timedelta(minutes=1), memo_2="buy now")
    assert "buy now" not in first.as_p()
    assert send(timedelta(minutes=1, seconds=5), first).is_valid()


def test_without_a_phone_number_the_words_stand_alone():
    form = NoticeForm(filled_in(NoticeForm(now=NOON), memo_2="x"), now=NOON + timedelta(minutes=1))
    assert not form.is_valid()
    with translation.override("en"):
        assert "phone" not in str(form.non_field_errors())


def test_a_typing_mistake_is_told_beside_its_field_and_does_not_wake_the_guard():
    form = send(timedelta(minutes=1), title="")
    assert not form.is_valid()
    assert list(form.errors) == ["title"]


def test_the_trap_is_out_of_sight_without_an_inline_style_and_out_of_the_way_of_keyboards():
    html = NoticeForm(now=NOON).guard_fields
    assert "style=" not in html
    assert 'class="hide-eye"' in html
    assert 'aria-hidden="true"' in html
    assert 'tabindex="-1"' in html


def test_templates_that_list_the_visible_fields_do_not_show_the_guard():
    form = NoticeForm(now=NOON)
    assert [field.name for field in form.visible_fields()] == ["title", "body"]
    assert form.as_div().count('name="memo_2"') == 1


def test_opening_a_form_is_not_a_change_to_it():
    assert not NoticeForm(QueryDict(), now=NOON).has_changed()
    assert not NoticeForm({"rendered_at": "x", "memo_2": "y"}, now=NOON).has_changed()


def test_two_guarded_forms_on_one_page_do_not_mix_up_their_times():
    shown = NoticeForm(prefix="notice", now=NOON)
    data = {"notice-title": "もち", "notice-body": WORDS, "notice-rendered_at": shown["rendered_at"].value()}
    assert NoticeForm(data, prefix="notice", now=NOON + timedelta(minutes=1)).is_valid()
    assert not NoticeForm(data, prefix="other", now=NOON + timedelta(minutes=1)).is_valid()


def test_the_least_age_is_a_setting(settings):
    settings.FORM_MIN_SECONDS = 0
    assert send(timedelta(0)).is_valid()


def test_forms_that_clean_themselves_keep_their_own_checks():
    class StrictForm(GuardedFormMixin, forms.Form):
        title = forms.CharField()

        def clean(self):
            cleaned = super().clean()
            if cleaned.get("title") == "x":
                raise forms.ValidationError("no", code="own")
            return cleaned

    shown = StrictForm(now=NOON)
    data = {"title": "x", "rendered_at": shown["rendered_at"].value()}
    form = StrictForm(data, now=NOON + timedelta(minutes=1))
    assert not form.is_valid()
    assert codes(form) == ["own"]


@pytest.mark.parametrize("value", ["\x00", "あ" * 1000, "<script>alert(1)</script>"])
def test_strange_values_in_the_guards_fields_are_errors_in_words_and_never_crash(value):
    form = NoticeForm({"title": "もち", "body": WORDS, "rendered_at": value, "memo_2": value}, now=NOON)
    assert not form.is_valid()
    assert set(codes(form)) == {"trapped", "too_old"}
    assert "<script>" not in form.as_p()
