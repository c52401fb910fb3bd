"""連絡: somebody answers a matching post. The centre reads it; the poster never gets it by itself."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from activities.models.inquiry import Inquiry, InquiryEntry


class ContactState(models.TextChoices):
    """How far the centre is with a contact."""

    NEW = "new", _("newly arrived")
    TALKS = "talks", _("in talks")
    INTRODUCED = "introduced", _("introduced")
    CLOSED = "closed", _("closed")


class MatchContact(Inquiry):
    """One contact about one post. `post_title` stays when the post is deleted."""

    LETTER = "M"
    OPEN_STATES = (ContactState.NEW, ContactState.TALKS)

    state = models.CharField(_("state"), max_length=10, choices=ContactState.choices, default=ContactState.NEW)
    post = models.ForeignKey(
        "activities.MatchPage",
        verbose_name=_("matching post"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="contacts",
    )
    post_title = models.CharField(_("title of the post"), max_length=255)

    class Meta(Inquiry.Meta):
        verbose_name = _("contact about a post")
        verbose_name_plural = _("contacts about posts")
        indexes = [models.Index(fields=["state", "received_at"], name="contact_state_received")]


class MatchContactEntry(InquiryEntry):
    """One line of the history of a contact."""

    inquiry = models.ForeignKey(MatchContact, on_delete=models.CASCADE, related_name="entries")

    class Meta(InquiryEntry.Meta):
        verbose_name = _("entry of a contact")
        verbose_name_plural = _("entries of a contact")
