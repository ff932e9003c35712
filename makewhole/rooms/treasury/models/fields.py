"""The fields that several tables share."""

from enum import StrEnum
from typing import Any

from django.db import models


def key(**options: Any) -> "models.CharField[str, str]":
    """A name, number or reference that others chose: up to 200 characters."""
    return models.CharField(max_length=200, **options)


def one_of(values: type[StrEnum], **options: Any) -> "models.CharField[str, str]":
    """One word of a closed list."""
    return models.CharField(max_length=16, choices=[(str(value), str(value)) for value in values], **options)
