"""HTML pages that stand alone: no script, nothing fetched, every value escaped.

The templates are in `templates`; `page.html.j2` is the frame that the others fill.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from vault.domain.text import clean, is_clean

if TYPE_CHECKING:
    from jinja2 import Environment

TEXT_LIMIT: Final = 2000  # characters


def render(template: str, **values: object) -> str:
    """Return the page that a template makes of these values; whatever text it shows is cleaned."""
    return _environment().get_template(template).render(**values)


def is_web_address(text: str) -> bool:
    """Say whether a text can be followed from a page: https, a host, no user, nothing hidden."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    plain = is_clean(text, TEXT_LIMIT) and text.isascii() and " " not in text
    return plain and parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("vault.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_cleaned,
    )
    environment.tests["web_address"] = is_web_address
    return environment


def _cleaned(value: object) -> object:
    """What a template prints: texts cleaned, save those that Jinja has made HTML of."""
    if isinstance(value, str) and not hasattr(value, "__html__"):
        return clean(value, TEXT_LIMIT)
    return value
