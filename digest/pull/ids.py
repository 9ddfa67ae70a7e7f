"""What an entry and its wordings are called in the store."""

from __future__ import annotations

from hashlib import sha256


def hash_id(key: str) -> str:
    """The 12 hexadecimal digits that stand for a key."""
    return sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def fingerprint(title: str, text: str) -> str:
    """16 hexadecimal digits that change with title or text: another revision."""
    return sha256(f"{title}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
