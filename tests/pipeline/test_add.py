"""One page, file or note added by hand."""

from __future__ import annotations

from typing import Any

PAGE = """<!doctype html><html lang="en"><head><title>Ferry back in service</title>
<meta property="article:published_time" content="2026-11-18T09:00:00Z"></head><body>
<nav><a href="/">Home</a></nav><article><h1>Ferry back in service</h1>
<p>The ferry between the two ports sails again after eleven weeks in dock, its owner said.</p>
<p>It carries forty lorries a day, and the first crossing was sold out within an hour.</p>
</article></body></html>"""


def configure(letter: Any, port: int = 1) -> None:
    allowed = f'network: {{allow_private: ["127.0.0.1:{port}"]}}\n'
    letter.configure(allowed + "sources: [{url: 'https://letter.example/rss'}]\n")


def test_a_page_is_added_with_its_date_and_text(letter: Any, loopback: Any) -> None:
    def script(heard: Any) -> bytes:
        return bytes(loopback.reply(PAGE.encode(), Content_Type="text/html; charset=utf-8"))

    with loopback.serve(script) as server:
        configure(letter, server.port)
        code, document, said = letter.run("add", server.url("/ferry"))
    assert code == 0, said
    (entry,) = document["entries"]
    assert entry["title"] == "Ferry back in service"
    assert entry["publisher"] == "127.0.0.1"
    assert entry["url"] == server.url("/ferry")


def test_a_page_without_a_text_is_refused(letter: Any, loopback: Any) -> None:
    with loopback.serve(lambda _: loopback.reply(b"<p></p>", Content_Type="text/html")) as server:
        configure(letter, server.port)
        code, _, said = letter.run("add", server.url("/empty"))
    assert code == 2
    assert "shows no text" in said


def test_a_private_page_is_not_asked_for(letter: Any, loopback: Any) -> None:
    configure(letter)
    with loopback.serve(lambda _: loopback.reply(PAGE.encode())) as server:
        code, _, said = letter.run("add", server.url("/ferry"))
    assert code != 0
    assert "network.allow_private" in said
    assert server.connections == 0


def test_a_note_is_an_entry_in_our_own_words(letter: Any) -> None:
    configure(letter)
    code, document, _ = letter.run("add", "--note", "Ferry sails again\nAfter eleven weeks.")
    assert code == 0
    assert document["entries"][0]["title"] == "Ferry sails again"
