"""What of a method may be adapted, and that nothing else ever changes, whatever somebody sends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cases.protocol.definition import ProtocolError, Text, open_table
from interventions.protocol import Method, Phase, current, loader, methods
from interventions.protocol.adapting import adapted, adapting_problems, places, tidied
from interventions.protocol.places import Place, places_of

EDITION = "2026-1"
NOTHING = Text("", "")


def codes(adaptations: dict[str, Any], key: str = "support_group") -> list[str]:
    return [problem.code for problem in adapting_problems(key, EDITION, adaptations)]


@pytest.mark.parametrize("key", methods())
def test_every_place_has_an_address_of_its_own(key: str) -> None:
    version = current(key).version
    table = open_table(loader.file_of(key, version))
    assert len(places_of(table)) == len(places(key, version))
    assert adapted(key, version, {}) == current(key)


def test_words_days_and_minutes_are_put_over_the_published_ones() -> None:
    found = adapted(
        "no_blame",
        EDITION,
        {
            "label": "Zo doen wij dat",
            "dont-more": ["Niet op vrijdagmiddag."],
            "phases-meet_again-gap": [6, 7],
            "phases-meet_again-minutes": [10, 20],
            "phases-meet_again-say-more": ["Vertel eens."],
        },
    )
    published = current("no_blame")
    phase, before = (m.phase("usual", "meet_again") for m in (found, published))
    assert str(found.label) == "Zo doen wij dat"
    assert found.guidance[-1].kind == "dont"
    assert found.guidance[:-1] == published.guidance
    assert phase.gap
    assert (phase.gap.least, phase.gap.most, phase.minutes) == (6, 7, (10, 20))
    assert phase.say == (*before.say, Text("Vertel eens.", "Vertel eens."))
    assert (phase.fields, phase.persons) == (before.fields, before.persons)


@pytest.mark.parametrize(
    "address",
    [
        "smallest_class",
        "avoid",
        "stop_when",
        "not_when-0",
        "variants-usual-needs_consent",
        "finish-0-required",
        "phases-talk_with_target-size",
        "phases-talk_with_target-who",
        "phases-talk_with_target-fields-0-required",
        "order",
    ],
)
def test_what_belongs_to_the_method_is_refused(address: str) -> None:
    assert codes({address: "iets"}) == ["forbidden"]


def test_an_address_that_is_nowhere_is_refused() -> None:
    assert codes({"nergens": "iets"}) == ["unknown"]
    assert codes({"phases-no_such_phase-off": True}) == ["unknown"]


@pytest.mark.parametrize(
    ("address", "value", "code"),
    [
        ("label", "", "shape"),
        ("label", 3, "shape"),
        ("label", "x" * 61, "max_length"),
        ("purpose", "a\x00b", "characters"),
        ("purpose", "\ud800", "characters"),
        ("purpose", "Help het slachtoffer", "word"),
        ("do-more", ["Praat met de DADERS"], "word"),
        ("do-more", [], "shape"),
        ("do-more", "een regel", "shape"),
        ("do-more", ["regel"] * 6, "most"),
        ("phases-meet_again-gap", [4, 7], "bounds"),
        ("phases-meet_again-gap", [5, 8], "bounds"),
        ("phases-meet_again-gap", [7, 6], "order"),
        ("phases-meet_again-gap", [5], "shape"),
        ("phases-meet_again-gap", [True, 7], "shape"),
        ("phases-meet_again-minutes", [4, 10], "bounds"),
        ("phases-meet_again-minutes", [5, 21], "bounds"),
    ],
)
def test_what_is_out_of_its_bounds_is_refused(address: str, value: Any, code: str) -> None:
    assert codes({address: value}, "no_blame") == [code]


@pytest.mark.parametrize("value", ["Wie wordt er gepest?", "Who is the VICTIM here?"])
def test_own_sentences_avoid_what_the_method_avoids(value: str) -> None:
    said = {"phases-collect_suggestions-say-more": [value]}
    headed = {
        next(
            a for a, place in places("support_group", EDITION).items() if place.role == "proposals"
        ): value
    }
    assert [codes(given) for given in (said, headed)] == [["avoid"], ["avoid"]]
    # What a school wrote before such a word was on the list stays readable.
    assert adapted("support_group", EDITION, headed).key == "support_group"
    assert codes({"do-more": [value]}) == []


def test_a_name_may_hold_the_name_of_the_method() -> None:
    assert codes({"label": "Onze No Blame-aanpak"}, "no_blame") == []


def test_a_phase_that_may_be_skipped_may_be_left_out_in_both_orders() -> None:
    off = {"phases-summit_meeting-off": True, "phases-preparatory_group_meeting-off": True}
    assert codes(off, "shared_concern") == []
    found = adapted("shared_concern", EDITION, off)
    for variant in found.variants:
        keys = {phase.key for phase in found.phases_of(variant.key)}
        assert not {"summit_meeting", "preparatory_group_meeting"} & keys
        assert "monitoring" in keys


def test_what_is_stored_and_may_not_be_stops_at_once() -> None:
    with pytest.raises(ProtocolError):
        adapted("no_blame", EDITION, {"smallest_class": 1})


def test_what_is_as_published_is_no_adaptation() -> None:
    published = current("no_blame")
    same = {
        "label": f" {published.label.nl} ",
        "purpose": published.purpose.en,
        "do-more": ["", " "],
        "phases-meet_again-gap": [5, 7],
    }
    assert tidied("no_blame", EDITION, same) == {}


# ── whatever is sent ─────────────────────────────────────────────────────────
def bones(method: Method) -> Method:
    """The method without what a school may put in its own words."""
    group = replace(method.group, help=NOTHING) if method.group else None
    phases = tuple(bones_of(phase) for phase in method.phases)
    empty: Any = {"label": NOTHING, "purpose": NOTHING, "guidance": ()}
    return replace(method, **empty, group=group, phases=phases)


def bones_of(phase: Phase) -> Phase:
    def ask(fields: Any) -> Any:
        return tuple(replace(field, help=None) for field in fields)

    def wait(gap: Any) -> Any:
        return replace(gap, least=0, most=0) if gap else None

    ideas = phase.proposals
    return replace(
        phase,
        label=NOTHING,
        purpose=NOTHING,
        say=(),
        guidance=(),
        minutes=None,
        gap=wait(phase.gap),
        again=wait(phase.again),
        fields=ask(phase.fields),
        persons=tuple(replace(p, fields=ask(p.fields)) for p in phase.persons),
        proposals=replace(ideas, label=NOTHING, help=None) if ideas else None,
    )


def gaps_hold(one: Phase, published: Phase) -> bool:
    pairs = [(one.gap, published.gap), (one.again, published.again)]
    return all(b.least <= a.least <= a.most <= b.most for a, b in pairs if a and b)


VALUES = st.one_of(
    st.text(max_size=70),
    st.lists(st.text(max_size=30), max_size=6),
    st.lists(st.integers(0, 40), min_size=2, max_size=2),
    st.booleans(),
    st.none(),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


WORDS = st.text(alphabet="abc dé✓<&'", min_size=1, max_size=50)


def fitting(place: Place) -> st.SearchStrategy[Any]:
    """What has the right shape, and may still be out of bounds."""
    match place.kind:
        case "text":
            return WORDS
        case "lines":
            return st.lists(WORDS, min_size=1, max_size=3)
        case "range":
            least, most = place.bounds
            end = st.integers(least - 1, most + 1)
            return st.tuples(end, end).map(lambda ends: sorted(ends))
    return st.just(True)


@st.composite
def any_adaptation(draw: Any) -> tuple[str, dict[str, Any]]:
    key = draw(st.sampled_from(methods()))
    known = places(key, current(key).version)
    chosen = draw(st.lists(st.sampled_from(sorted(known)), max_size=8))
    found = {address: draw(fitting(known[address])) for address in chosen}
    if draw(st.integers(0, 3)):
        return key, found
    strange = st.one_of(
        st.sampled_from([*known, "size", "avoid", "phases-off", "variants"]), st.text()
    )
    return key, found | draw(st.dictionaries(strange, VALUES, max_size=3))


@settings(max_examples=150, deadline=None)
@given(any_adaptation())
def test_any_adaptation_is_refused_or_leaves_the_bones_of_the_method(
    sent: tuple[str, dict[str, Any]],
) -> None:
    key, adaptations = sent
    published = current(key)
    tidy = tidied(key, published.version, adaptations)
    if adapting_problems(key, published.version, tidy):
        return
    found = adapted(key, published.version, tidy)
    off = {address.split("-")[1] for address in tidy if address.endswith("-off")}
    kept = tuple(p for p in published.phases if p.key not in off)
    assert all(p.may_skip for p in published.phases if p.key in off)
    pairs = zip(found.phases, kept, strict=True)
    assert all(gaps_hold(one, before) for one, before in pairs)
    orders = [tuple(k for k in v.order if k not in off) for v in published.variants]
    variants = tuple(
        replace(v, order=order) for v, order in zip(published.variants, orders, strict=True)
    )
    assert bones(found) == bones(replace(published, phases=kept, variants=variants))
