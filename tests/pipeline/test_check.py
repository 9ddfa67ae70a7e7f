"""The gate in front of the readers: check, publish, run and send on whole newsletters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

DAY = "2022-04-07"
WEEKS = (DAY, "2023-04-27")


def _built(letter: Any, day: str = DAY) -> Path:
    code, document, said = letter.run("run", "--offline", "--as-of", day)
    assert code == 0, said
    return Path(document["draft"])


def _broken(letter: Any) -> Path:
    """The draft with words that nobody said put into somebody's mouth."""
    draft = _built(letter)
    text = draft.read_text("utf-8")
    trace = re.search(r" <!-- e:[0-9a-f]+ -->", text)
    assert trace is not None
    words = " “These words were never said by anybody at all.”"
    draft.write_text(text[: trace.start()] + words + text[trace.start() :], "utf-8")
    return draft


@pytest.mark.parametrize("day", WEEKS)
def test_the_sample_weeks_pass(sample: Any, day: str) -> None:
    _built(sample, day)
    code, document, _ = sample.run("check", day)
    assert code == 0
    assert document["errors"] == 0
    assert document["figures"]["lede"] >= 100
    assert all(story["sources"] >= 1 for story in document["figures"]["stories"])


def test_the_newest_draft_is_checked_and_its_faults_have_places(sample: Any) -> None:
    draft = _broken(sample)
    code, document, _ = sample.run("check")
    assert code == 1
    assert document["issue"] == DAY
    found = [each for each in document["findings"] if each["severity"] == "error"]
    assert [each["code"] for each in found] == ["quotation-altered"]
    assert "never said" in draft.read_text("utf-8").splitlines()[found[0]["line"] - 1]


def test_publish_refuses_and_leaves_what_stood_until_it_is_told(sample: Any) -> None:
    _broken(sample)
    before = (sample.folder / f"output/issues/{DAY}/issue.md").read_bytes()
    code, document, said = sample.run("publish", DAY)
    assert code == 1
    assert document["error"]["code"] == "gate"
    assert f"digest check {DAY}" in said
    assert (sample.folder / f"output/issues/{DAY}/issue.md").read_bytes() == before
    code, _, _ = sample.run("publish", DAY, "--despite-errors")
    assert code == 0
    assert b"never said" in (sample.folder / f"output/issues/{DAY}/issue.md").read_bytes()


def test_final_refuses_too_and_closes_nothing(sample: Any) -> None:
    _broken(sample)
    assert sample.run("publish", DAY, "--final")[0] == 1
    document = sample.run("status")[1]
    assert [each["state"] for each in document["issues"]] == ["open"]


def test_a_run_shows_the_issue_in_the_preview_only(sample: Any) -> None:
    _broken(sample)
    before = (sample.folder / f"output/issues/{DAY}/index.html").read_bytes()
    code, document, _ = sample.run("run", "--offline", "--as-of", DAY)
    assert code == 1
    assert document["output"] is None
    assert "gate-quotation-altered" in [each["code"] for each in document["problems"]]
    assert (sample.folder / f"output/issues/{DAY}/index.html").read_bytes() == before
    preview = sample.folder / f".digest/preview/{DAY}/index.html"
    assert "never said" in preview.read_text("utf-8")


def test_send_refuses_an_issue_with_errors(sample: Any) -> None:
    text = sample.config.read_text("utf-8")
    head, _, rest = text.partition("delivery:\n")
    _, _, tail = rest.partition("\nsources:\n")
    delivery = (
        'delivery:\n  from: "The Report <report@example.org>"\n  recipients: recipients.csv\n'
        "  smtp: {host: 127.0.0.1, port: 9, security: none}\n"
    )
    sample.config.write_text(f"{head}{delivery}\nsources:\n{tail}", "utf-8")
    (sample.folder / "recipients.csv").write_text("address\nanna@example.org\n", "utf-8")
    _broken(sample)
    code, document, _ = sample.run("send", DAY)
    assert code == 1
    assert document["error"]["code"] == "gate"
    assert sample.run("send", DAY, "--dry-run")[1]["mails"] == 1
    code, document, _ = sample.run("send", DAY, "--despite-errors")
    assert document["error"]["code"] != "gate"  # it went on to the server, where nobody listens


FEED = """\
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Harbour News</title><link>{root}/</link>
<item><title>{title}</title><link>{root}/ferry</link>
<pubDate>Tue, 10 Mar 2026 09:00:00 GMT</pubDate>
<description>{text}</description></item></channel></rss>
"""
TEXT = (
    "The ferry between Russia and China sails again after eleven weeks in dock, its owner said. "
    "It carries forty lorries a day between the two ports on the border river."
)


class _Harbour:
    """A newsletter with one feed on a loopback server whose page comes and goes."""

    def __init__(self, letter: Any, loopback: Any, server: Any) -> None:
        self.letter, self.loopback, self.server = letter, loopback, server
        self.status, self.text = 200, TEXT
        letter.configure(
            f'network: {{allow_private: ["127.0.0.1:{server.port}"], host_gap: 0s, timeout: 5s}}\n'
            f"sources: [{{url: '{server.url('/feed')}', every: 1s}}]\n"
        )

    def answer(self, heard: Any) -> bytes:
        if heard.path == "/feed":
            root = self.server.url("")
            body = FEED.format(root=root, title="Ferry sails again", text=self.text)
            return bytes(self.loopback.reply(body.encode(), Content_Type="application/rss+xml"))
        return bytes(self.loopback.reply(b"<p>A page.</p>", self.status))


@pytest.fixture
def harbour(letter: Any, loopback: Any) -> Any:
    def script(heard: Any) -> bytes:
        return made.answer(heard)

    with loopback.serve(script) as server:
        made = _Harbour(letter, loopback, server)
        code, _, said = letter.run("run", "--as-of", "2026-03-12")
        assert code == 0, said
        yield made


@pytest.mark.parametrize(
    ("status", "severity"), [(200, None), (404, "error"), (503, "warning"), (403, "note")]
)
def test_links_are_asked_live(harbour: Any, status: int, severity: str | None) -> None:
    harbour.status = status
    before = len(harbour.server.requests)
    code, document, _ = harbour.letter.run("check", "--online")
    assert len(harbour.server.requests) > before
    found = [each["severity"] for each in document["findings"] if "link-" in each["code"]]
    assert found == ([severity] if severity else [])
    assert code == (1 if severity == "error" else 0)


def test_without_online_nobody_is_asked(harbour: Any) -> None:
    before = len(harbour.server.requests)
    harbour.letter.run("check")
    assert len(harbour.server.requests) == before


def test_an_address_we_do_not_go_to_is_no_fault_of_the_issue(harbour: Any) -> None:
    draft = harbour.letter.folder / "drafts/2026-03-12.md"
    draft.write_text(draft.read_text("utf-8") + "\n[Inside](http://127.0.0.1:1/).\n", "utf-8")
    code, document, _ = harbour.letter.run("check", "--online")
    found = {each["code"]: each["severity"] for each in document["findings"]}
    assert found["link-blocked"] == "note"
    assert code == 0


def test_a_text_that_changed_since_it_was_cited_is_warned_of(harbour: Any) -> None:
    harbour.text = TEXT.replace("eleven weeks", "twelve long weeks")
    assert harbour.letter.run("sources", "check")[0] == 0
    code, document, _ = harbour.letter.run("check")
    assert code == 0
    assert "entry-changed" in [each["code"] for each in document["findings"]]


def test_a_quotation_of_a_closed_issue_is_warned_of(harbour: Any) -> None:
    letter = harbour.letter
    assert letter.run("publish", "2026-03-12", "--final")[0] == 0
    draft = letter.folder / "drafts/2026-03-12.md"
    text = draft.read_text("utf-8").replace("2026-03-12", "2026-03-19", 1)
    text = re.sub(r"^date: .*$", "date: 2026-03-19", text, flags=re.MULTILINE)
    (letter.folder / "drafts/2026-03-19.md").write_text(text, "utf-8")
    code, document, _ = letter.run("check", "2026-03-19")
    found = {each["code"] for each in document["findings"]}
    assert {"link-reused", "quotation-reused"} <= found
    assert code == 0


def test_a_text_is_glossed(letter: Any, tmp_path: Path) -> None:
    file = tmp_path / "note.md"
    file.write_text("---\ntitle: Wang Yi\n---\nWang Yi met Xi Jinping. Wang Yi left.\n", "utf-8")
    code, document, _ = letter.run("gloss", str(file))
    assert code == 0
    assert document["text"] == (
        "---\ntitle: Wang Yi\n---\nWáng Yì 王毅 met Xí Jìnpíng 习近平. Wang Yi left.\n"
    )
    assert letter.run("gloss", str(tmp_path / "none.md"))[0] == 2
    file.write_bytes(b"\xff\xfe")
    assert "UTF-8" in letter.run("gloss", str(file))[2]
