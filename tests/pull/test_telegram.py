from __future__ import annotations

from datetime import UTC, datetime

import pytest

from digest.errors import ParseError
from digest.model import RawEntry
from digest.pull.entries import entries_of
from digest.pull.kinds import type_of
from digest.pull.parsed import ParsedFeed
from digest.pull.telegram import LONGEST_TITLE, read_channel
from digest.source import Source

URL = "https://t.me/s/example_news"


def post(inner: str, number: int = 7, *, kind: str = "") -> str:
    return f"""<div class="tgme_widget_message_wrap"><div class="tgme_widget_message {kind}"
    data-post="example_news/{number}"><div class="tgme_widget_message_bubble">{inner}
    <a class="tgme_widget_message_date" href="https://t.me/example_news/{number}">
    <time datetime="2023-05-05T10:00:00+00:00" class="time">10:00</time></a></div></div></div>"""


def words(text: str) -> str:
    return f'<div class="tgme_widget_message_text js-message_text" dir="auto">{text}</div>'


def channel(*posts: str) -> ParsedFeed:
    head = '<div class="tgme_channel_info_header_title"><span>The Example</span></div>'
    return read_channel((head + "".join(posts)).encode(), url=URL)


def only(text: str) -> RawEntry:
    (entry,) = channel(post(words(text))).entries
    return entry


def test_a_post_is_an_entry_with_address_date_title_and_text() -> None:
    feed = channel(post(words("<b>Ports open again.</b><br/><br/>Ten ships &amp; a tug sailed.")))
    (entry,) = feed.entries
    assert feed.title == "The Example"
    assert entry.url == "https://t.me/example_news/7"
    assert entry.published == datetime(2023, 5, 5, 10, tzinfo=UTC)
    assert entry.title == "Ports open again"
    assert entry.content == "Ports open again.\n\nTen ships &amp; a tug sailed."
    assert not feed.problems


def test_clean_entries_come_of_it_in_the_language_of_the_text() -> None:
    raw = channel(
        post(
            words("Порты снова открыты. Десять судов вышли в море &lt;b&gt;сегодня&lt;/b&gt;."), 1
        ),
        post(words("港口重新开放。十艘船只已经启航，前往下一个目的地。"), 2),
        post(words("The ports are open again. Ten ships sailed for the south."), 3),
    ).entries
    source = Source(id="s", name=URL, url=URL, lang="ru")
    now = datetime(2023, 5, 6, tzinfo=UTC)
    entries = entries_of(raw, source=source, feed_title="The Example", now=now)
    assert [entry.lang for entry in entries] == ["ru", "zh", "en"]
    assert {entry.publisher for entry in entries} == {"The Example"}
    assert "<b>сегодня</b>" in entries[0].text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("⚡️<b>Ports open again</b><br>More soon.", "Ports open again"),
        ('<i class="emoji" style="x"><b>🔥</b></i> Ports open again', "Ports open again"),
        ("#news #ports Ports open again", "Ports open again"),
        ("Ports open again #news @example_news", "Ports open again"),
        ("#Example opens its ports", "opens its ports"),
        ("The #grain deal holds", "The grain deal holds"),
        ("🇨🇳🤝🇷🇺 Ministers meet", "Ministers meet"),
        ("‼️❗️<br><br>Ports open again", "Ports open again"),
        ("1️⃣ First point", "First point"),
        ("5 ships sail at 10:00", "5 ships sail at 10:00"),
        ("– “Is it true?” he asked", "“Is it true?” he asked"),
        ("C# and A&amp;B grow", "C# and A&amp;B grow"),
    ],
)
def test_emoji_and_hashtags_are_no_part_of_a_title(text: str, title: str) -> None:
    assert only(text).title == title


def test_a_long_line_gives_its_first_sentence() -> None:
    text = "The ports open again on Monday. " + "Ten ships sailed to the south. " * 10
    assert only(text).title == "The ports open again on Monday"


@pytest.mark.parametrize("text", ["ships " * 100, "船" * 300, "船只已经启航，" * 60])
def test_a_sentence_without_end_is_cut(text: str) -> None:
    title = only(text).title
    assert title.endswith("…")
    assert len(title) <= LONGEST_TITLE


def test_hashtags_become_tags_and_the_last_lines_of_promotion_go() -> None:
    entry = only(
        "Ports open again.<br><br>Ten ships sailed. #ports<br><br>#news #порты<br>"
        '👉 <a href="https://t.me/example_news">Subscribe to our channel</a><br>@example_news'
    )
    assert entry.content == "Ports open again.\n\nTen ships sailed. #ports"
    assert entry.tags == ("ports", "news", "порты")


@pytest.mark.parametrize(
    "last", ["Подписаться на канал", "订阅我们的频道", "https://t.me/x", "✅ 👇"]
)
def test_promotion_is_known_in_three_languages(last: str) -> None:
    assert only(f"Ports open again.<br>{last}").content == "Ports open again."


def test_a_post_of_promotion_only_keeps_its_words() -> None:
    assert only("Subscribe to our channel").content == "Subscribe to our channel"


def test_a_forwarded_post_says_so() -> None:
    origin = (
        '<div class="tgme_widget_message_forwarded_from">Forwarded from '
        '<a class="tgme_widget_message_forwarded_from_name" href="x">Other Desk</a></div>'
    )
    (entry,) = channel(post(origin + words("Ports open again."))).entries
    assert entry.authors == ("Other Desk",)
    assert entry.publisher == "Other Desk, forwarded by The Example"
    assert only("Ports open again.").publisher is None


def test_the_post_replied_to_is_not_the_text() -> None:
    reply = (
        '<a class="tgme_widget_message_reply" href="x"><div class="js-message_text">Old words'
        '</div><div class="js-message_reply_text">Old</div></a>'
    )
    (entry,) = channel(post(reply + words("New words."))).entries
    assert entry.content == "New words."


@pytest.mark.parametrize(
    ("inner", "title"),
    [
        ('<a class="tgme_widget_message_photo_wrap"></a>' + words("A caption"), "A caption"),
        ('<div class="tgme_widget_message_poll_question">Will it hold?</div>', "Will it hold?"),
        ('<div class="tgme_widget_message_document_title">Report.pdf</div>', "Report.pdf"),
        ('<div class="link_preview_title">A linked page</div>', "A linked page"),
    ],
)
def test_captions_polls_documents_and_previews_have_words(inner: str, title: str) -> None:
    (entry,) = channel(post(inner)).entries
    assert entry.title == title


def test_notices_and_pictures_are_left_out() -> None:
    feed = channel(
        post(words("Channel created"), 1, kind="service_message"),
        post('<a class="tgme_widget_message_photo_wrap"></a>', 2),
        post(words("🔥🔥🔥"), 3),
        post(words("Ports open again."), 4),
    )
    assert [entry.guid for entry in feed.entries] == ["t.me/example_news/4"]


def test_a_channel_of_pictures_is_a_problem_and_no_failure() -> None:
    feed = channel(post('<a class="tgme_widget_message_photo_wrap"></a>'))
    assert not feed.entries
    assert "pictures" in feed.problems[0].message


@pytest.mark.parametrize("html", ["<div class=tgme_page>Contact</div>", "<p data-post='../../x'>"])
def test_a_page_without_posts_says_what_to_check(html: str) -> None:
    with pytest.raises(ParseError, match=r"https://t\.me/s/NAME"):
        read_channel(html.encode(), url=URL)


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (URL, "telegram"),
        ("https://t.me/example_news", "telegram"),
        ("https://telegram.me/s/example_news/", "telegram"),
        ("https://t.me/example_news/12", "feed"),
        ("https://example.org/s/example_news", "feed"),
        ("https://example.org/news-sitemap.xml", "sitemap"),
        ("https://example.org/sitemap_news.xml.gz?x=1", "sitemap"),
        ("https://example.org/feed.xml", "feed"),
    ],
)
def test_the_address_tells_the_type(url: str, kind: str) -> None:
    assert type_of(Source(id="s", name="S", url=url)) == kind
    assert type_of(Source(id="s", name="S", url=url, type="page")) == "page"
