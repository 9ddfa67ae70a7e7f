from __future__ import annotations

import json
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"

OWN_VECTORS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg/onload=alert(1)>',
    "' onmouseover='alert(1)",
    "[a](javascript:alert(1))",
    '[a](https://x.test "t" onclick=alert(1))',
    "![a](javascript:alert(1))",
    "<javascript:alert(1)>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<!--><script>alert(1)</script>-->",
    "--><script>alert(1)</script><!--",
    "<!--[if mso]><script>alert(1)</script><![endif]-->",
    "{{ 7*7 }}{% for x in y %}",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style>",
    "<form action=javascript:alert(1)><button>x</button></form>",
    "x\u2028<iframe src=javascript:alert(1)>",
)


@pytest.fixture(scope="session")
def vectors() -> tuple[str, ...]:
    """Our own injection vectors, and the shared ones where that folder is there."""
    path = SHARED / "hostile" / "xss.jsonl"
    shared = path.read_text("utf-8").splitlines() if path.exists() else []
    return (*OWN_VECTORS, *(json.loads(line)["v"] for line in shared))
