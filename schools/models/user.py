"""A person with an account. What the person may do hangs on memberships, never on the account."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from pestzorg.identity import WithUuid


class Theme(models.TextChoices):
    """How the screen looks."""

    AUTO = "auto", _("As on this device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Rhythm(models.TextChoices):
    """How often reminders are mailed that can wait."""

    DAILY = "daily", _("Every school day")
    WEEKLY = "weekly", _("Once a week")
    NONE = "none", _("No mail")


class UserManager(BaseUserManager["User"]):
    """Makes accounts by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A saved account; without password nobody can sign in with one."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user


class User(WithUuid, AbstractUser):
    """Signs in by e-mail. `is_superuser` opens nothing: cases/access/ never asks it."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"), unique=True)
    language = models.CharField(
        max_length=5, default="nl", choices=[("nl", _("Dutch")), ("en", _("English"))]
    )
    theme = models.CharField(max_length=5, default=Theme.AUTO, choices=Theme.choices)
    reminder_mail = models.CharField(max_length=6, default=Rhythm.DAILY, choices=Rhythm.choices)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """First and last name, or the address when neither is known."""
        return self.get_full_name() or self.email

    @property
    def initials(self) -> str:
        """At most two letters for a round badge."""
        return "".join(
            part[0] for part in (self.first_name, self.last_name.split(" ")[-1]) if part
        ).upper()
