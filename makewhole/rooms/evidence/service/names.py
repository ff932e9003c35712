"""File names as people may keep them: no folders, no control characters, an ending that fits the content."""

import re
import unicodedata

FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]')
LENGTH_MAX = 120


def clean_file_name(name: str, extension: str) -> str:
    """`name` without anything a file system or a reader could be misled by, ending in `.extension`."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    stem = FORBIDDEN.sub("", last).rsplit(".", 1)[0] if "." in last.strip(".") else FORBIDDEN.sub("", last)
    stem = " ".join(stem.split()).strip(". ")[:LENGTH_MAX].strip(". ")
    return f"{stem or 'file'}.{extension}"
