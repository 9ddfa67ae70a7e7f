from __future__ import annotations

from typing import Any

import pytest

from digest.config import load_config
from digest.errors import OutputError
from digest.pipeline.sourcesfile import append_sources

NEW = {"name": "Новости: 新闻 # 1", "url": "https://example.org/new"}
LISTS = {
    "indented": "sources:\n  - {name: A, path: a/}  # one\n  - name: B  # two\n"
    "    path: b/  # three\n"
    "\n# The end.\nnetwork: {host_gap: 2s}\n",
    "not indented": "sources:\n- path: a/\n\n\n  # a remark\n",
    "last": "network: {host_gap: 2s}\nsources:\n    - path: a/",
    "comments inside": "sources:\n  - {name: A, path: a/,  # kept\n     weight: 2}  # too\n"
    "# below\n",
    "nested": "sources:\n  - path: a/\n    files:\n      - pattern: '*.txt'\n        title: >-\n"
    "          Two\n          lines\n# below\nnetwork:\n  host_gap: 2s\n",
    "nothing below a key": "sources:\n  - path: a/\n    name:\n# below\n",
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_all_other_bytes_stay(letter: Any, text: str, end: str) -> None:
    letter.configure(text)
    before = letter.config.read_text(encoding="utf-8").replace("\n", end).encode()
    letter.config.write_bytes(before)
    (known, *_) = load_config(letter.config).sources
    append_sources(letter.config, [NEW])
    after = letter.config.read_bytes()
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert len(added) == 1
    assert after.replace(added[0] + end.encode(), b"") in (before, before + end.encode())
    sources = load_config(letter.config).sources
    assert sources[0] == known
    assert (sources[-1].name, sources[-1].url) == (NEW["name"], NEW["url"])


@pytest.mark.parametrize("text", ["sources: [{path: a/}]\n", "sources: []  # none yet\n"])
def test_a_list_in_one_line_grows_too(letter: Any, text: str) -> None:
    letter.configure(text)
    known = load_config(letter.config).sources
    append_sources(letter.config, [NEW])
    assert load_config(letter.config).sources[: len(known)] == known
    assert load_config(letter.config).sources[-1].url == NEW["url"]


def test_a_source_that_does_not_fit_changes_nothing(letter: Any) -> None:
    letter.configure("sources:\n  - path: a/  # mine\n")
    before = letter.config.read_bytes()
    with pytest.raises(OutputError, match="nothing was changed"):
        append_sources(letter.config, [{"url": "ftp://example.org/"}])
    assert letter.config.read_bytes() == before
