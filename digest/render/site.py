"""What every page and mail says of the newsletter itself."""

from __future__ import annotations

from dataclasses import dataclass

from digest.model import Section


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The newsletter as its readers see it.

    ``base_url`` is where ``output/`` is served, without which no link leads back to it;
    ``unsubscribe`` is the address (``mailto:`` or https) that a mail's footer names.
    """

    title: str
    subtitle: str = ""
    language: str = "en"
    base_url: str | None = None
    postal_address: str | None = None
    sections: tuple[Section, ...] = ()
    unsubscribe: str | None = None

    def address_of(self, path: str) -> str | None:
        """``path`` below the base address; None without one."""
        return f"{self.base_url.rstrip('/')}/{path}" if self.base_url else None
