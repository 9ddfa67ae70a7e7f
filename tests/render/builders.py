# ruff: noqa: E501 - bodies are written as a draft has them, a paragraph a line
"""Realistic issues in our own words, with every state the page must be able to wear."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from digest.data.sections import SHIPPED_SECTIONS
from digest.model import Citation, Issue, IssueSection, IssueStory, Ownership, Period
from digest.render.environment import Templates
from digest.render.site import Site

SHIPPED = Path(__file__).resolve().parents[2] / "templates"
DAY = date(2026, 11, 19)

RUSSIAN_HEADLINE = (
    "Министерство энергетики сообщило, что переговоры о втором газопроводе через территорию "
    "соседнего государства продолжатся до конца года, а цена и сроки поставок будут объявлены "
    "отдельно после встречи"
)
COMPOUND = "Erdgasfernleitungsinfrastrukturbetreibergesellschaftsgenehmigungsverfahren"


@cache
def templates() -> Templates:
    return Templates([SHIPPED])


def site(**changes: object) -> Site:
    plain = Site(
        title="The China–Russia Report",
        subtitle="One week of two neighbours, with its sources",
        base_url="https://report.test",
        postal_address="1 Example Lane, London N1 1AA",
        unsubscribe="mailto:desk@report.test?subject=unsubscribe",
        sections=SHIPPED_SECTIONS,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def citation(publisher: str = "Example Wire", **changes: object) -> Citation:
    plain = Citation(
        entry_id="e0a1b2c3d4e5",
        publisher=publisher,
        url="https://wire.test/2026/11/18/report",
        title="A report on the talks",
        date=date(2026, 11, 18),
        lang="en",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def story(id_: str = "s-00000001", **changes: object) -> IssueStory:
    plain = IssueStory(
        id=id_,
        heading="Two sides sign a rail protocol",
        section="economy",
        body="[Example Wire](https://wire.test/a) reported that a protocol was signed. <!-- e:e0a1 -->",
        citations=(citation(),),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def section(id_: str = "economy", title: str = "Economy", *stories: IssueStory) -> IssueSection:
    return IssueSection(id=id_, title=title, stories=stories)


def issue(*sections: IssueSection, **changes: object) -> Issue:
    end = datetime(2026, 11, 19, 7, tzinfo=UTC)
    plain = Issue(
        newsletter="china-russia-report",
        number=47,
        period=Period(start=end - timedelta(days=7), end=end, day=DAY),
        title="Gas price talks slip; border rail opens",
        standfirst="Negotiators leave Beijing without a price while freight crosses the Amur for the first time.",
        sections=sections,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def one_story() -> Issue:
    return issue(section("economy", "Economy", story()))


LEDE_BODY = """\
Talks on the price of gas for a second pipeline ended in Beijing without a figure, [Northern Wire](https://wire.test/gas) reported on Tuesday. <!-- e:aa01 --> The Chinese delegation was led by Zhāng Guóqīng 张国清, who called the exchange "useful but not yet complete". <!-- e:aa02 -->

The Russian energy ministry gave another account. Its statement said that "основные параметры согласованы", that is, that the main terms stand; it named neither a price nor a date. <!-- e:aa03 -->

> The sides agreed to go on at the level of working groups, and to report before the end of the year […].
>
> [[Source]](https://ministry.test/statement)

Figures differ: the ministry speaks of 50 billion cubic metres a year, Northern Wire of 38 billion. <!-- e:aa01 aa03 --> <!-- confidence -->
"""

TABLE_BODY = """\
Customs figures for October put trade between the two at its lowest since spring, according to [Harbour Gazette](https://gazette.test/oct). <!-- e:bb01 -->

| Month | Exports, billion dollars | Imports, billion dollars |
| --- | ---: | ---: |
| August | 9.1 | 10.4 |
| September | 8.8 | 10.9 |
| October | 7.6 | 9.7 |

#### What the customs office leaves out

- Crude that is blended in third ports.
- Parcels below the threshold, which *doubled* in a year.
"""

CLOSING = """\
#### Further reading

- [A ferry timetable nobody believed](https://quarterly.test/ferry), Quarterly of the Amur
- [边境贸易的十年](https://journal.test/decade), 边疆研究
- [Как считают экспорт](https://journal.test/count), Вестник таможни
"""


def _citations() -> tuple[Citation, ...]:
    return (
        citation("Northern Wire", url="https://wire.test/gas"),
        citation(
            "新华社",
            url="https://xinhua.test/gas",
            title="中俄天然气谈判",
            lang="zh",
            ownership=Ownership.STATE,
        ),
        citation(
            "Министерство энергетики",
            url="https://ministry.test/statement",
            title=RUSSIAN_HEADLINE,
            date=date(2026, 11, 17),
            lang="ru",
            ownership=Ownership.OFFICIAL,
        ),
        citation("Amur Monitor", url=None, date=None),
    )


def _sections() -> tuple[IssueSection, ...]:
    lede = story("s-1ede0001", heading="Gas price talks end in Beijing without a figure")
    lede = replace(lede, section="energy", body=LEDE_BODY, citations=_citations())
    one_source = (
        "Kazakhstan's rail company will lay a second track to the crossing at Dostyk by 2028, "
        "[Steppe News](https://steppe.test/dostyk) reported. <!-- e:cc01 -->\n\n"
        "One source: only Steppe News reports this. <!-- confidence -->"
    )
    quiet = (
        "People's Daily returned to the phrase 命运共同体 three times in a week, each time on an "
        "inner page, by our count. <!-- e:dd01 -->"
    )
    return (
        section("lede", "Lede", lede),
        section(
            "energy",
            "Energy",
            story(
                "s-e0000001",
                section="energy",
                heading="Regulator in Germany asks for papers on a pipeline that ends elsewhere",
                citations=(
                    citation(
                        "Amtsblatt", url="https://amt.test/1", lang="de", date=date(2025, 12, 30)
                    ),
                ),
            ),
        ),
        section(
            "economy",
            "Economy",
            story(
                "s-ec000001",
                heading="October trade falls to its lowest since spring",
                body=TABLE_BODY,
            ),
            story("s-ec000002", heading=COMPOUND),
        ),
        section("cyber", "Cyber"),
        section(
            "information",
            "State media and narratives",
            story(
                "s-1f000001",
                section="information",
                heading="People's Daily brings back a phrase",
                body=quiet,
                citations=(
                    citation(
                        "人民日报",
                        url="https://paper.test/1",
                        lang="zh",
                        ownership=Ownership.STATE,
                    ),
                ),
            ),
        ),
        section(
            "central-asia",
            "Central Asia",
            story(
                "s-ca000001",
                section="central-asia",
                heading="Second track planned for the Dostyk crossing",
                body=one_source,
                citations=(citation("Steppe News", url="https://steppe.test/dostyk"),),
            ),
            story("s-ca000002", section="central-asia", heading=RUSSIAN_HEADLINE, citations=()),
        ),
        section("weather", "Weather and roads", story("s-we000001", section="weather")),
    )


def full_issue(**changes: object) -> Issue:
    return replace(issue(*_sections(), closing=CLOSING), **changes)  # type: ignore[arg-type]


def sample_issue() -> Issue:
    return full_issue(number=None, sample=True)


def long_issue(count: int = 40) -> Issue:
    """``count`` stories over all nine sections, in the weekly form with a table of contents."""
    known = [known.id for known in SHIPPED_SECTIONS]
    made = [
        story(
            f"s-{at:08x}",
            section=known[at % len(known)],
            heading=f"Working group number {at + 1} meets and sets another date",
            body=" ".join([LEDE_BODY.split("\n\n")[1]] * 2),
            citations=_citations()[:3],
        )
        for at in range(count)
    ]
    sections = tuple(
        section(known.id, known.title, *(made_ for made_ in made if made_.section == known.id))
        for known in SHIPPED_SECTIONS
    )
    return issue(*sections, style="links")
