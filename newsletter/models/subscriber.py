"""Who gets the mail, what they agreed to, and who must never get it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SubscriberState(models.TextChoices):
    """Where a subscriber stands."""

    PENDING = "pending", _("not confirmed yet")
    ACTIVE = "active", _("active")
    PAUSED = "paused", _("paused")
    SUSPENDED = "suspended", _("suspended (undeliverable)")
    LEFT = "left", _("left")
    ERASED = "erased", _("erased")


class MailFormat(models.TextChoices):
    HTML = "html", _("large letters and headings")
    TEXT = "text", _("text only")


class Topic(models.Model):
    """A kind of mail that one can subscribe to: the monthly issue, extra issues. Never a section."""

    slug = models.SlugField(_("address part"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=80)
    description = models.CharField(_("description"), max_length=200, blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("kind of mail")
        verbose_name_plural = _("kinds of mail")
        ordering = ["order", "pk"]

    def __str__(self) -> str:
        return self.name


class Subscriber(models.Model):
    """One address. No name is asked for. Tokens are kept as SHA-256; the personal link is `/u/<token>/`.

    `email` is as typed (carrier addresses with dots stay raw); `email_norm` is what makes it unique.
    """

    email = models.CharField(_("e-mail"), max_length=254)
    email_norm = models.CharField(max_length=254, unique=True, editable=False)
    locale = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="ja")
    format = models.CharField(_("form of the mail"), max_length=4, choices=MailFormat.choices, default=MailFormat.HTML)
    state = models.CharField(_("state"), max_length=9, choices=SubscriberState.choices, default=SubscriberState.PENDING)
    topics = models.ManyToManyField(
        Topic, verbose_name=_("kinds of mail"), through="newsletter.Subscription", related_name="subscribers"
    )
    token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    confirm_token_hash = models.CharField(max_length=64, unique=True, null=True, blank=True, editable=False)
    confirm_until_at = models.DateTimeField(_("confirmation open until"), null=True, blank=True)
    created_at = models.DateTimeField(_("signed up at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)
    paused_until_on = models.DateField(
        _("paused until"), null=True, blank=True, help_text=_("The mail comes again from this day on.")
    )
    source = models.CharField(
        _("how they signed up"),
        max_length=8,
        choices=[
            ("web", _("site")),
            ("paper", _("paper")),
            ("fax", _("FAX")),
            ("counter", _("counter")),
            ("phone", _("phone")),
            ("import", _("import")),
        ],
        blank=True,
    )
    is_sample = models.BooleanField(_("sample"), default=False)

    class Meta:
        permissions = [
            ("import_subscriber", _("Can take in a file of subscribers")),
            ("export_subscriber", _("Can take out a file of subscribers")),
        ]
        verbose_name = _("subscriber")
        verbose_name_plural = _("subscribers")
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "id"], name="subscriber_state_id")]

    def __str__(self) -> str:
        return self.email


class Subscription(models.Model):
    """One subscriber wants one kind of mail."""

    subscriber = models.ForeignKey(Subscriber, on_delete=models.CASCADE, related_name="subscriptions")
    topic = models.ForeignKey(Topic, on_delete=models.CASCADE, related_name="subscriptions")

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [models.UniqueConstraint(fields=["subscriber", "topic"], name="one_subscription_a_topic")]

    def __str__(self) -> str:
        return f"{self.subscriber_id} {self.topic_id}"


class AddressChange(models.Model):
    """A subscriber asked for the mail at another address and has not confirmed it there yet. One at a time."""

    subscriber = models.OneToOneField(Subscriber, on_delete=models.CASCADE, related_name="address_change")
    email = models.CharField(_("e-mail"), max_length=254)
    email_norm = models.CharField(max_length=254)
    token_hash = models.CharField(max_length=64, unique=True)
    until_at = models.DateTimeField(_("confirmation open until"))

    class Meta:
        verbose_name = _("change of address")
        verbose_name_plural = _("changes of address")

    def __str__(self) -> str:
        return f"{self.subscriber_id} {self.until_at}"


class ConsentEvent(models.Model):
    """One step of consent; rows are only ever added and outlive the subscriber; the address is a keyed hash."""

    class Action(models.TextChoices):
        REQUESTED = "requested", _("requested")
        CONFIRMED = "confirmed", _("confirmed")
        CHANGED = "changed", _("changed")
        UNSUBSCRIBED = "unsubscribed", _("left")
        RESUBSCRIBED = "resubscribed", _("came back")
        IMPORTED = "imported", _("imported")
        MOVED = "moved", _("address changed")
        ERASED = "erased", _("erased")

    class Channel(models.TextChoices):
        WEB = "web", _("site")
        MAIL = "mail", _("mail")
        PAPER = "paper", _("paper")
        FAX = "fax", _("FAX")
        COUNTER = "counter", _("counter")
        PHONE = "phone", _("phone")
        IMPORT = "import", _("import")

    email_hash = models.CharField(_("address (hash)"), max_length=64, db_index=True)
    action = models.CharField(_("action"), max_length=12, choices=Action.choices)
    words_version = models.CharField(_("words shown"), max_length=20, blank=True)
    page = models.CharField(_("page"), max_length=200, blank=True)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices, default=Channel.WEB)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("entered by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    consented_on = models.DateField(
        _("date of consent"),
        null=True,
        blank=True,
        help_text=_("The day on the paper, where it differs from the entry."),
    )
    note = models.CharField(_("note"), max_length=120, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.at} {self.action}"


class Suppression(models.Model):
    """One address that must not be mailed, whoever asks. Survives the subscriber; the address is a keyed hash."""

    class Reason(models.TextChoices):
        UNDELIVERABLE = "undeliverable", _("undeliverable")
        COMPLAINT = "complaint", _("complaint")
        ASKED = "asked", _("asked for it")
        ERASED = "erased", _("erased")

    email_hash = models.CharField(_("address (hash)"), max_length=64, unique=True)
    reason = models.CharField(_("reason"), max_length=14, choices=Reason.choices)
    source = models.CharField(_("source"), max_length=120, blank=True)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("suppressed address")
        verbose_name_plural = _("suppressed addresses")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.reason} {self.at}"
