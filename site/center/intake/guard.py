"""The quiet guard of public forms: a signed time of rendering, a field only machines fill in, and a proof of work that
the browser does by itself.

It asks nothing of people, and whoever it stops by mistake loses nothing: the form comes back as it was filled in, and
sending it once more goes through. The proof stops nobody at all; a form that has one to ask for asks `take_proof`.
"""

from datetime import UTC, datetime, timedelta

from django import forms
from django.conf import settings
from django.core import signing
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from center.intake.proof_of_work import ProofRefused, new_challenge, solved_challenge, use_solution

MIN_AGE = timedelta(seconds=3)
MAX_AGE = timedelta(hours=24)
# Clocks of several servers differ a little.
_CLOCK_DIFFERENCE = timedelta(seconds=60)
_SALT = "center.intake.guard"

STAMP_FIELD = "rendered_at"
# No name a browser fills in by itself ("url", "fax", "company"), and none a machine knows as a trap.
TRAP_FIELD = "memo_2"
PROOF_FIELD = "sum_done"
GUARD_FIELDS = (STAMP_FIELD, TRAP_FIELD, PROOF_FIELD)

NO_PROOF = "no_proof"
BAD_PROOF = "bad_proof"
"""What `take_proof` answers: no solution came (no JavaScript, or a machine), or one that does not count."""


class StampRefused(Exception):
    """A time of rendering that a form cannot be taken with."""


class TooFast(StampRefused):
    """The form came back sooner than a person can fill it in."""


class TooOld(StampRefused):
    """The form was open for more than a day."""


class BadStamp(StampRefused):
    """The time is missing, was changed, or lies ahead."""


def signed_render_time(*, now: datetime) -> str:
    """The moment `now` (aware) as a signed text for a hidden field, exact to a millisecond."""
    return signing.Signer(salt=_SALT).sign(str(int(now.timestamp() * 1000)))


def check_render_time(value: str, *, now: datetime, min_age: timedelta | None = None) -> datetime:
    """The moment (UTC) that `signed_render_time` signed. Raises TooFast, TooOld or BadStamp.

    `min_age` is settings.FORM_MIN_SECONDS (3 s) unless given; the greatest age is 24 hours.
    """
    try:
        rendered_at = datetime.fromtimestamp(int(signing.Signer(salt=_SALT).unsign(value)) / 1000, UTC)
    except (signing.BadSignature, ValueError, TypeError, OverflowError, OSError):
        raise BadStamp from None
    age = now - rendered_at
    if age < -_CLOCK_DIFFERENCE:
        raise BadStamp
    if age > MAX_AGE:
        raise TooOld
    if age < (_min_age() if min_age is None else min_age):
        raise TooFast
    return rendered_at


class _StampField(forms.Field):
    """Never counts as typed by the person."""

    widget = forms.HiddenInput()

    def has_changed(self, initial, data) -> bool:
        return False


class _TrapInput(forms.TextInput):
    """An empty field out of sight: off the screen by the class `hide-eye`, out of the tab order, silent for screen
    readers. A machine sees a common text field."""

    # Templates that loop over a form's visible fields pass it by and print it with the hidden ones.
    is_hidden = True

    def render(self, name, value, attrs=None, renderer=None):
        return format_html(
            '<div class="hide-eye" aria-hidden="true"><label>{} '
            '<input type="text" name="{}" value="" tabindex="-1" autocomplete="off"></label></div>',
            _("Please leave this empty"),
            name,
        )


class _TrapField(_StampField):
    widget = _TrapInput


class GuardedFormMixin:
    """Guards a public form: `class NoticeForm(GuardedFormMixin, forms.Form)`.

    Takes two more arguments: `now` (aware, the clock by default) and `guard_phone`, the number offered when the guard
    stops somebody ("" for none). The template prints `{{ form.guard_fields }}` once inside the form, or prints the
    hidden fields anyway. What the guard has to say stands among the form's non-field errors with the codes "too_fast",
    "too_old" and "trapped". A missing proof of work is never an error; `take_proof` tells of it.
    """

    @property
    def proof_purpose(self) -> str:
        """What a proof is good for: this kind of form and no other."""
        return type(self).__name__

    def __init__(self, *args, now: datetime | None = None, guard_phone: str = "", **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.guard_now = now or timezone.now()
        self.guard_phone = guard_phone
        stamp = signed_render_time(now=self.guard_now)
        self.fields[STAMP_FIELD] = _StampField(required=False, initial=stamp)
        self.fields[TRAP_FIELD] = _TrapField(required=False)
        self.fields[PROOF_FIELD] = _StampField(required=False)
        # what an earlier page was given is not for this one
        self.initial = {name: value for name, value in self.initial.items() if name not in GUARD_FIELDS}

    def clean(self):
        cleaned = super().clean()
        cleaned = self.cleaned_data if cleaned is None else cleaned
        stamp, trap = cleaned.pop(STAMP_FIELD, None), cleaned.pop(TRAP_FIELD, None)
        self._proof = cleaned.pop(PROOF_FIELD, None) or ""
        self._check_trap(trap)
        self._check_stamp(stamp)
        return cleaned

    @property
    def guard_fields(self) -> str:
        """The guard's fields and the script of its proof as HTML."""
        return format_html("{}{}{}", self[STAMP_FIELD], self[TRAP_FIELD], self._proof_html())

    def take_proof(self, *, used_for: str = "") -> str:
        """Count the proof of a valid form as used: "" for a good one, else NO_PROOF or BAD_PROOF.

        `used_for` names what is sent (its submission key), so that sending the same once more does no harm. Asks
        nothing where settings.FORM_NEEDS_PROOF is off.
        """
        if not getattr(settings, "FORM_NEEDS_PROOF", True):
            return ""
        if not self._proof:
            return NO_PROOF
        try:
            use_solution(self._proof, self.proof_purpose, used_for=used_for, now=self.guard_now)
        except ProofRefused:
            return BAD_PROOF
        return ""

    def _proof_html(self) -> str:
        """The hidden field with its challenge; a solution that came with a form that is shown again is kept."""
        solution = (self.data.get(self.add_prefix(PROOF_FIELD)) or "") if self.is_bound else ""
        try:
            solved_challenge(solution, self.proof_purpose, now=self.guard_now)
        except ProofRefused:
            solution = ""
        return format_html(
            '<input type="hidden" name="{}" value="{}" autocomplete="off" data-challenge="{}" data-worker="{}">'
            '<script src="{}" defer></script>',
            self.add_prefix(PROOF_FIELD),
            solution,
            new_challenge(self.proof_purpose, now=self.guard_now),
            static("centre/proof-worker.js"),
            static("centre/proof.js"),
        )

    def _check_trap(self, trap: str | None) -> None:
        if not trap:
            return
        message = _(
            "We stopped this to keep out automatic messages. What you wrote is still here: please send it once more."
        )
        if self.guard_phone:
            by_phone = _("You can also tell us by phone: {phone}")
            message = format_lazy("{} {}", message, format_lazy(by_phone, phone=self.guard_phone))
        self.add_error(None, forms.ValidationError(message, code="trapped"))

    def _check_stamp(self, stamp: str | None) -> None:
        try:
            check_render_time(stamp or "", now=self.guard_now)
        except TooFast:
            message = _("That was very quick. Please look it over, then send it once more.")
            self.add_error(None, forms.ValidationError(message, code="too_fast"))
        except (TooOld, BadStamp):
            message = _("This page was open for a long time. What you wrote is still here: please send it once more.")
            self.add_error(None, forms.ValidationError(message, code="too_old"))
            self._renew_stamp()

    def _renew_stamp(self) -> None:
        # Already as old as it must be: whoever just presses "send" again is not too fast.
        stamp = signed_render_time(now=self.guard_now - _min_age())
        self.data = self.data.copy()
        self.data[self.add_prefix(STAMP_FIELD)] = stamp


def _min_age() -> timedelta:
    return timedelta(seconds=getattr(settings, "FORM_MIN_SECONDS", MIN_AGE.total_seconds()))
