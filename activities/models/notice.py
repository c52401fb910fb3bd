"""掲載依頼: what a group asks the centre to publish. Private; never a page."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from activities.deadlines import DeadlinePolicy
from activities.kinds import NoticeKind
from activities.models.event import ApplicationWay
from center.intake.storage import private_storage


class NoticeState(models.TextChoices):
    """Where a notice stands. The words are the centre's own."""

    RECEIVED = "received", _("received")
    REVIEWING = "reviewing", _("being looked at")
    RETURNED = "returned", _("returned")
    PUBLISHED = "published", _("published")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")


OPEN_STATES = (NoticeState.RECEIVED, NoticeState.REVIEWING, NoticeState.RETURNED)


class Channel(models.TextChoices):
    """How a notice reached the centre."""

    FORM = "form", _("form")
    PHONE = "phone", _("phone")
    FAX = "fax", _("FAX")
    COUNTER = "counter", _("counter")
    MAIL = "mail", _("e-mail")


class ReturnReason(models.TextChoices):
    """Why a notice goes back to its group."""

    FACTS_MISSING = "facts_missing", _("date, place or contact is missing")
    ORGANISER_UNKNOWN = "organiser_unknown", _("the organiser is unknown")
    NO_TEXT = "no_text", _("no text, only an attachment")
    BAD_ATTACHMENT = "bad_attachment", _("an attachment cannot be opened or used")
    NO_PHOTO_CONSENT = "no_photo_consent", _("no consent of the people in the photo")
    CRITERIA = "criteria", _("posting criteria to be checked")
    OTHER = "other", _("other (in words)")


def year_prefix(instance: "NoticeAttachment", filename: str) -> str:
    """`notices/<number>/<neutral name>` in private storage."""
    return f"notices/{instance.notice.number}/{filename}"


class HeldReason(models.TextChoices):
    """Why a notice that came by the form may come from a machine."""

    NO_PROOF = "no_proof", _("sent without the quiet check of the browser")
    BAD_PROOF = "bad_proof", _("the quiet check of the browser does not fit")
    MANY = "many", _("very many from one machine today")


class Notice(models.Model):
    """One notice. `policy` is the rule in force at `received_at`, kept through returns; days are days in Tokyo."""

    number = models.CharField(_("number"), max_length=12, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=NoticeKind.choices)
    state = models.CharField(_("state"), max_length=10, choices=NoticeState.choices, default=NoticeState.RECEIVED)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.FORM)
    language = models.CharField(_("language"), max_length=10, default="ja")

    # the clock
    received_at = models.DateTimeField(_("received at"))
    clock_started_at = models.DateTimeField(_("clock started at"), null=True, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    prepare_by = models.DateField(_("prepare by"), null=True, blank=True)
    not_before_on = models.DateField(_("not before"), null=True, blank=True)
    policy = models.JSONField(_("rule in force"), default=dict)
    return_count = models.PositiveSmallIntegerField(_("returns"), default=0)
    returned_at = models.DateTimeField(_("returned at"), null=True, blank=True)
    late_return = models.BooleanField(_("returned after the due day"), default=False)
    public_since = models.DateTimeField(_("public since"), null=True, blank=True)
    applied_at = models.DateTimeField(
        _("applied at"), null=True, blank=True, help_text=_("For a change or cancellation: when the page showed it.")
    )
    settled_at = models.DateTimeField(
        _("settled at"), null=True, blank=True, help_text=_("Published, declined or withdrawn.")
    )

    # a sender that may be a machine: stored, the clock runs, but nobody is mailed until staff release it
    held_at = models.DateTimeField(_("held since"), null=True, blank=True, editable=False)
    held_reason = models.CharField(
        _("why it is held"), max_length=10, choices=HeldReason.choices, blank=True, editable=False
    )

    # who sent it
    group = models.ForeignKey(
        "activities.GroupPage",
        verbose_name=_("group"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sent_notices",
    )
    group_from = models.CharField(
        _("how the group is known"),
        max_length=5,
        blank=True,
        choices=[("link", _("from the group's link")), ("staff", _("chosen by staff"))],
        help_text=_("Empty: only the name is compared."),
    )
    group_name = models.CharField(_("name of the group"), max_length=120)
    contact_name = models.CharField(_("your name"), max_length=80)
    contact_email = models.CharField(_("e-mail"), max_length=254, blank=True)
    contact_phone = models.CharField(_("phone"), max_length=20, blank=True)

    # what it says
    title = models.CharField(_("title"), max_length=120)
    text = models.TextField(_("text"), blank=True)
    venue_name = models.CharField(_("venue"), max_length=120, blank=True)
    place = models.ForeignKey(
        "activities.Place", verbose_name=_("place"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    is_online = models.BooleanField(_("online"), default=False)
    is_free = models.BooleanField(_("free of charge"), default=False)
    fee = models.CharField(_("fee"), max_length=120, blank=True)
    capacity = models.PositiveIntegerField(_("capacity"), null=True, blank=True)
    application_way = models.CharField(
        _("application"), max_length=8, choices=ApplicationWay.choices, default=ApplicationWay.NONE
    )
    application_text = models.CharField(_("how to apply"), max_length=300, blank=True)
    is_walk_in = models.BooleanField(_("walk-in welcome"), default=False)
    deadline_on = models.DateField(
        _("deadline (day)"), null=True, blank=True, help_text=_("Of applications, of the call or of the grant.")
    )
    deadline_time = models.TimeField(_("deadline (time)"), null=True, blank=True)
    target = models.CharField(_("for whom"), max_length=200, blank=True)
    public_contact = models.CharField(_("contact to be published"), max_length=200, blank=True)
    url = models.URLField(_("web page"), blank=True)
    funder = models.CharField(_("funder"), max_length=160, blank=True)
    amount_upper = models.PositiveIntegerField(_("upper amount (yen)"), null=True, blank=True)
    match_direction = models.CharField(_("wanted or offered"), max_length=8, blank=True)
    match_actor = models.CharField(_("who"), max_length=10, blank=True)
    match_resource = models.CharField(_("what"), max_length=8, blank=True)
    about_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("page it is about"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    about_text = models.CharField(_("what it is about"), max_length=200, blank=True)

    # media
    media = models.JSONField(_("wished media"), default=list, help_text=_("web, facebook, mail, magazine, stands"))
    copies_given = models.PositiveIntegerField(_("paper copies"), default=0)
    has_photo_consent = models.BooleanField(_("people in the photos agree"), default=False)
    facebook_url = models.URLField(_("Facebook post"), blank=True)
    facebook_posted_at = models.DateTimeField(_("posted on Facebook at"), null=True, blank=True)

    # staff
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("in charge"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="sent_notices",
    )
    decline_reason = models.TextField(_("reason for declining"), blank=True)
    staff_note = models.TextField(_("note of the staff"), blank=True)
    pages = models.ManyToManyField(
        "wagtailcore.Page", verbose_name=_("pages"), through="activities.NoticePage", related_name="notices"
    )
    status_token_hash = models.CharField(max_length=64, unique=True, editable=False)
    submission_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-received_at"]
        indexes = [
            models.Index(fields=["state", "due_on"], name="notice_state_due"),
            models.Index(fields=["received_at"], name="notice_received"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_held(self) -> bool:
        """Does it wait for staff to say that a person sent it?"""
        return self.held_at is not None

    @property
    def deadline_policy(self) -> DeadlinePolicy:
        """The rule that was in force when the notice was received."""
        return DeadlinePolicy.from_json(self.policy)


class NoticeSession(models.Model):
    """One time at which what the notice tells of happens."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="sessions")
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    is_all_day = models.BooleanField(_("all day"), default=False)

    class Meta:
        verbose_name = _("session of a notice")
        verbose_name_plural = _("sessions of a notice")
        ordering = ["starts_at", "pk"]

    def __str__(self) -> str:
        return f"{self.starts_at}"


class NoticeAttachment(models.Model):
    """One cleaned file of a notice, in private storage; the page gets a copy when staff make it."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("image")
        PDF = "pdf", _("PDF")

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="attachments")
    kind = models.CharField(_("kind"), max_length=5, choices=Kind.choices)
    file = models.FileField(_("file"), storage=private_storage, upload_to=year_prefix, max_length=200)
    original_name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(_("type"), max_length=40)
    size = models.PositiveIntegerField(_("size (bytes)"))
    alt = models.CharField(_("what can be seen"), max_length=250, blank=True)
    image = models.ForeignKey(
        "center.CentreImage",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("image"),
    )
    document = models.ForeignKey(
        "center.CentreDocument",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("document"),
    )

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.original_name


class NoticePage(models.Model):
    """One page made from, or linked to, a notice."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="page_links")
    page = models.ForeignKey("wagtailcore.Page", on_delete=models.CASCADE, related_name="notice_links")
    is_main = models.BooleanField(_("made from the notice"), default=True)
    linked_at = models.DateTimeField(_("linked at"))

    class Meta:
        verbose_name = _("page of a notice")
        verbose_name_plural = _("pages of a notice")
        constraints = [
            models.UniqueConstraint(fields=["notice", "page"], name="one_link_a_notice_and_page"),
            models.UniqueConstraint(fields=["notice"], condition=models.Q(is_main=True), name="one_page_made_a_notice"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.page_id}"


class NoticeEntry(models.Model):
    """One line of a notice's history. `is_public` lines are shown on the group's status page."""

    class Kind(models.TextChoices):
        RECEIVED = "received", _("received")
        REVIEWING = "reviewing", _("being looked at")
        RETURNED = "returned", _("returned")
        ANSWERED = "answered", _("answered")
        PAGE_MADE = "page_made", _("page made")
        PUBLISHED = "published", _("published")
        UNPUBLISHED = "unpublished", _("taken down")
        APPLIED = "applied", _("applied")
        DECLINED = "declined", _("declined")
        WITHDRAWN = "withdrawn", _("withdrawn")
        MESSAGE_IN = "message_in", _("message from the group")
        MESSAGE_OUT = "message_out", _("message to the group")
        DUE_MOVED = "due_moved", _("due day moved")
        FORECAST = "forecast", _("forecast told")
        CHANGED = "changed", _("changed")

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField(_("at"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    reason = models.CharField(_("reason"), max_length=20, blank=True)
    text = models.TextField(_("text"), blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True)
    is_public = models.BooleanField(_("shown to the group"), default=True)

    class Meta:
        verbose_name = _("entry of a notice")
        verbose_name_plural = _("entries of a notice")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.at} {self.kind}"
