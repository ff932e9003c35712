"""The sign-in form, with a limit on wrong attempts."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

WINDOW = timedelta(minutes=15)
FAILURES_MAX_FROM_ADDRESS = 5
FAILURES_MAX_ON_NAME = 30


def failure_keys(username: str, address: str) -> list[tuple[str, int]]:
    """Cache keys of the two counters with their limits: this name from this address, and this name from anywhere.

    Two, so that one stranger cannot lock another person out from afar, yet many strangers cannot guess for ever.
    """
    name = username.strip().casefold()
    counted = [(f"{name}\0{address}", FAILURES_MAX_FROM_ADDRESS), (name, FAILURES_MAX_ON_NAME)]
    return [(f"sign-in:{sha256(text.encode()).hexdigest()}", most) for text, most in counted]


class SignInForm(AuthenticationForm):
    """Name and password. A wrong pair and a name that does not exist read the same."""

    username = forms.CharField(
        label=_("User name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    error_messages = {
        "invalid_login": _("This user name and password do not fit together. Check both, and whether Caps Lock is on."),
        "inactive": _("This account is closed. Ask the operator of the marketplace."),
        "too_many": _("Too many attempts. Wait a quarter of an hour, then try again; nothing was changed."),
    }

    def clean(self) -> dict[str, Any]:
        address = self.request.META.get("REMOTE_ADDR", "") if self.request else ""
        counters = failure_keys(self.cleaned_data.get("username", ""), address)
        if any(cache.get(key, 0) >= most for key, most in counters):
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        try:
            cleaned = super().clean()
        except ValidationError:
            for key, _most in counters:
                cache.add(key, 0, WINDOW.total_seconds())
                cache.incr(key)
            raise
        cache.delete(counters[0][0])
        return cleaned
