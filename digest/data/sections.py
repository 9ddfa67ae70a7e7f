"""The nine sections that are shipped: the default of a newsletter that names none."""

from __future__ import annotations

from digest.model import Section

SHIPPED_SECTIONS = (
    Section(
        id="diplomacy",
        title="Diplomacy",
        description="Summits, calls, visits, envoys, votes and foreign-ministry statements.",
    ),
    Section(
        id="military",
        title="Military",
        description="Fighting, drills, patrols, supply of arms and drones, nuclear forces.",
    ),
    Section(
        id="energy",
        title="Energy",
        description="Oil, gas, coal, nuclear power, pipelines, terminals and price caps.",
    ),
    Section(
        id="economy",
        title="Economy",
        description="Trade figures, banks and payments, sanctions lists, cars, ports, companies.",
    ),
    Section(
        id="technology",
        title="Technology",
        description="Chips, space, artificial intelligence, telecoms, export of technology.",
    ),
    Section(
        id="cyber",
        title="Cyber",
        description="Hacking, espionage and network-security law.",
    ),
    Section(
        id="information",
        title="State media and narratives",
        description="Censorship, state-media narratives, influence operations, media forums.",
    ),
    Section(
        id="central-asia",
        title="Central Asia",
        description="News whose place or sole counterpart is a Central Asian state.",
    ),
    Section(
        id="society",
        title="Society",
        description="Human rights, protest, arrests, domestic politics, elections, polls.",
    ),
)
