from __future__ import annotations

from datetime import date

import pytest

from digest.text.reportdate import report_date

TODAY = date(2023, 4, 28)
SAID = [
    ("en", "", "MOSCOW, April 26 (TASS). The two spoke.", date(2023, 4, 26)),
    ("en", "", "BEIJING, April 24, 2023 (Xinhua) — A spokesperson said no.", date(2023, 4, 24)),
    ("en", "", "New York, 25 April – The council met.", date(2023, 4, 25)),
    ("en", "Regular Press Conference on April 24, 2023", "", date(2023, 4, 24)),
    ("ru", "", "Москва. 26 апреля. INTERFAX.RU - Стороны поговорили.", date(2023, 4, 26)),
    ("ru", "", "АСТАНА, 25 апреля — РИА Новости. Договор подписан.", date(2023, 4, 25)),
    ("zh", "", "新华社北京4月26日电 两国元首通话。", date(2023, 4, 26)),
    ("zh", "", "中新社莫斯科2023年4月25日电 会谈结束。", date(2023, 4, 25)),
    ("zh", "外交部发言人主持例行记者会（2023年4月24日）", "", date(2023, 4, 24)),
]
NOT_SAID = [
    ("en", "", "On February 24 Russia invaded."),
    ("en", "", "The talks of April 6 (the third round) failed."),
    ("en", "", "MOSCOW, May 26 (TASS). From the archive of a year ago."),
    ("en", "Talks on Friday", "They met on Wednesday."),
    ("en", "Victory Day of May 9, 1945 remembered", ""),
    ("en", "Summit on May 18, 2023", ""),
    ("en", "From April 20, 2023 to April 22, 2023", ""),
    ("ru", "", "Президенты встретились 6 апреля (в среду)."),
    ("ru", "Указ от 24 февраля 2020 года", ""),
    ("zh", "", "两国元首4月26日通话。"),
    ("zh", "会谈上周五举行", ""),
    ("de", "", "BERLIN, 26. April (dpa) – Das Treffen endete."),
    ("en", "", ""),
]


@pytest.mark.parametrize(("lang", "title", "text", "day"), SAID)
def test_a_dateline_or_a_full_date_in_the_title_is_the_day(
    lang: str, title: str, text: str, day: date
) -> None:
    assert report_date(title, text, lang, TODAY) == day


@pytest.mark.parametrize(("lang", "title", "text"), NOT_SAID)
def test_the_day_of_an_event_is_not_that_of_the_report(lang: str, title: str, text: str) -> None:
    assert report_date(title, text, lang, TODAY) is None
