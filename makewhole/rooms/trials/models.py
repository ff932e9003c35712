"""Trials that operators asked for, with how far they are and what they found."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Trial(models.Model):
    """One trial of an edition on the cases of this installation. `report` is the plain form of its report.

    Of changed rules that were never published `changed_file` is the file, `changed_text` what it was to say, and
    `difference` the lines that differ from the published file of that day.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, editable=False)
    market = models.CharField(_("market"), max_length=16)
    edition = models.CharField(_("edition"), max_length=200)
    against = models.CharField(_("against"), max_length=64)
    changed_file = models.CharField(_("changed file"), max_length=200, blank=True, default="")
    changed_text = models.TextField(_("its changed text"), blank=True, default="")
    difference = models.TextField(_("lines that differ"), blank=True, default="")
    asked_at = models.DateTimeField(_("asked at"))
    asked_by = models.CharField(_("asked by"), max_length=200)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.WAITING)
    steps_done = models.BigIntegerField(_("steps done"), default=0)
    steps = models.BigIntegerField(_("steps in all"), default=0)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    report = models.JSONField(_("report"), null=True)
    fault = models.JSONField(_("why it failed"), null=True)

    class Meta:
        verbose_name = _("trial of rules")
        verbose_name_plural = _("trials of rules")
        ordering = ("-asked_at", "-id")
        indexes = (models.Index(fields=("-asked_at", "-id"), name="trials_trial_by_age"),)

    def __str__(self) -> str:
        return f"{self.edition} / {self.against}"
