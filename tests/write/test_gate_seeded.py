"""One issue with every fault of the card put in on purpose: each is found, as grave, in its place."""

from __future__ import annotations

# ruff: noqa: E501 - a draft's lines and its faults are easier to read whole
from dataclasses import replace
from datetime import date

from digest.model import Certainty, Ownership
from digest.write.gate import examine
from digest.write.gatecontext import Answer, Asked, Earlier, Finding
from tests.write.test_gate import DRAFT, ENTRIES, cited, context, entry

OTHERS = (
    entry(
        "dd44",
        "River Post",
        "The ferry on the border river sails again after eleven weeks in dock.",
    ),
    entry(
        "ee55",
        "Xinhua",
        "The customs office at the bridge stays open at night from now on.",
        ownership=Ownership.STATE,
        country="CN",
        paraphrase=True,
    ),
    entry(
        "ff66",
        "Hill Gazette",
        "A snow slide closed the mountain road on the way to the pass for a day.",
        paraphrase=True,
    ),
    entry(
        "ab77",
        "Plain Mirror",
        "Ships waited outside the harbour because “nobody had told them about the new pilots”.",
        paraphrase=True,
    ),
    entry(
        "ac88",
        "Old Almanac",
        "Farmers on the plain sold less wheat over the border than in other years.",
        paraphrase=True,
    ),
)
KNOWN = (
    *ENTRIES,
    *(replace(e, certainty=Certainty.GUESS) if e.id == "ac88" else e for e in OTHERS),
)
LISTED = "".join(
    f'  "{e.id}": {{publisher: "{e.publisher}", url: "https://example.org/{e.id}", title: "T", date: 2026-03-10, lang: en}}\n'
    for e in OTHERS
)
FRONT = DRAFT[: DRAFT.index("---\n\n## Lede")] + LISTED + "---\n"

# Each line that holds a fault, or begins what holds one, ends with what the gate has to say of it.
ISSUE = """
## Lede <!-- lede -->

### Terminal at Port Aurora reopens <!-- s-one energy -->

According to [Harbour News](https://example.org/aa11), the terminal at Port Aurora was reopened on 10 March. <!-- e:aa11 -->
[Coast Paper](https://example.org/bb22) wrote that the minister called the repair “a matter of days rather than of months”. <!-- e:bb22 -->  [[quotation-altered error]]
Tokayev ordered every foreign bank to leave. <!-- e:aa11 -->  [[invented error]]
“So Wáng Yì 王毅 said it again and again.”  [[gloss-in-quotation error; quotation-unsourced warning]]
See the [dead page](https://example.org/dd44) for more.  [[link-dead error]]

## Energy <!-- energy -->  [[section-empty warning]]

## Cyber <!-- cyber -->

### Wang Yi asks for calm along the border <!-- s-two -->

[TASS](https://example.org/cc33) reported that Wang Yi had asked for calm along the border. <!-- e:cc33 -->  [[one-sided error]]
Tokayev said no more, and Toqaev went home.  [[two-spellings error]]
The price is {{ price }} now.  [[leftover error]]
The minister of None spoke.  [[leftover error]]
A lost \ufffd character.  [[leftover error]]

### A snow slide closes the road on the way to the pass and nobody knows for how many days it will stay <!-- s-three -->  [[heading-long warning]]

A snow slide closed the mountain road for a day. <!-- e:ff66 -->  [[attribution-missing error]]

## Society <!-- society -->

### Wheat sells worse <!-- s-four -->

According to [Old Almanac](https://example.org/ac88), farmers on the plain sold less wheat over the border. <!-- e:ac88 -->  [[undated warning]]
[Plain Mirror](https://example.org/ab77) wrote that “nobody had told them about the new pilots”. <!-- e:ab77 -->  [[quotation-reused warning]]

### Harbour opens <!-- s-five -->  [[told-twice error]]

[Harbour News](https://example.org/aa11) reported that the operator expects to ship 300,000 barrels a day. <!-- e:aa11 -->
"""


def _seeded() -> tuple[str, set[tuple[str, str, int]]]:
    """The draft without the marks, and what they say with the line they stand in."""
    lines, wanted = [], set()
    for number, line in enumerate((FRONT + ISSUE.replace("\\ufffd", "\ufffd")).splitlines(), 1):
        text, _, mark = line.partition("  [[")
        if mark:
            for each in mark.rstrip("]").split("; "):
                code, severity = each.split()
                wanted.add((code, severity, number))
        lines.append(text)
    return "\n".join(lines) + "\n", wanted


def test_every_seeded_fault_is_found_as_grave_and_in_its_place() -> None:
    text, wanted = _seeded()
    earlier = Earlier(
        day=date(2026, 3, 5), quotes=frozenset({"nobody had told them about the new pilots"})
    )
    asked = {"https://example.org/dd44": Asked(answer=Answer.DEAD, message="No page (404).")}
    found = examine(context(text, cited=cited(*KNOWN), earlier=(earlier,), asked=asked))
    assert {_said(each) for each in found} == wanted


def _said(finding: Finding) -> tuple[str, str, int | None]:
    return finding.code, finding.severity.value, finding.line


def test_the_same_issue_without_the_faults_has_no_finding() -> None:
    """So each finding above comes from its fault, and from nothing around it."""
    text, _ = _seeded()
    mended = text
    for fault, right in (
        ("days rather", "weeks rather"),
        ("Tokayev ordered every foreign bank to leave.", "Tokayev welcomed the decision."),
        ("“So Wáng Yì 王毅 said it again and again.”\n", ""),
        ("## Energy <!-- energy -->\n\n", ""),
        ("[TASS]", "Russian state news agency [TASS]"),
        ("Toqaev", "he"),
        ("The price is {{ price }} now.\n", ""),
        ("The minister of None spoke.\n", ""),
        ("A lost \ufffd character.\n", ""),
        (" on the way to the pass and nobody knows for how many days it will stay", ""),
        ("A snow slide closed", "[Hill Gazette](https://example.org/ff66) reported that a snow slide closed"),
        ("the border. <!-- e:ac88", "the border, in an undated report. <!-- e:ac88"),
        ("[Plain Mirror]", "As noted in the issue of 5 March, [Plain Mirror]"),
        ("[Harbour News](https://example.org/aa11) reported that the operator expects to ship 300,000 barrels a day. <!-- e:aa11 -->", "The editor’s own note stands here."),
    ):  # fmt: skip
        assert mended.count(fault) >= 1, fault
        head, _, tail = (
            mended.rpartition(fault) if fault.startswith("[Harbour") else mended.partition(fault)
        )
        mended = head + right + tail
    found = examine(context(mended, cited=cited(*KNOWN)))
    assert [(each.code, each.message) for each in found] == []
