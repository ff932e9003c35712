"""Every text of an app that is passed through gettext: from its templates and its Python files."""

import ast
import re
from pathlib import Path

from django.utils.translation.template import templatize

GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
LITERAL = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
IN_TEMPLATE = re.compile(rf"\b(n?gettext|n?pgettext\({LITERAL},\s*)\(?({LITERAL})", re.S)
WITH_CONTEXT = {"pgettext", "pgettext_lazy", "npgettext", "npgettext_lazy"}


def template_messages(path: Path) -> set[str]:
    """Message ids of one template, as Django itself reads them."""
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    found = set()
    for _function, literal in IN_TEMPLATE.findall(source):
        text = literal.removeprefix("u")
        quote = text[:3] if text.startswith(('"""', "'''")) else text[0]
        found.add(ast.literal_eval(text.replace("\n", "\\n") if len(quote) == 1 else text))
    return {text for text in found if text}


def python_messages(path: Path) -> set[str]:
    """Message ids of one Python file: the literal text of a gettext call (the singular of a plural)."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in GETTEXT | WITH_CONTEXT:
            first = node.args[1 if node.func.id in WITH_CONTEXT else 0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return found


def messages_of(app: Path) -> dict[str, str]:
    """Message id → file it was found in, for one app."""
    found: dict[str, str] = {}
    for path in sorted(app.rglob("*.html")):
        found |= {text: str(path.relative_to(app)) for text in sorted(template_messages(path))}
    for path in sorted(app.rglob("*.py")):
        found |= {text: str(path.relative_to(app)) for text in sorted(python_messages(path))}
    return found
