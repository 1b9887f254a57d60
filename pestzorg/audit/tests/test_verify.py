"""Eight ways to tamper with the log, each found by name; and that an honest log is never accused (S40)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from pestzorg.audit import anchors as anchors_module
from pestzorg.audit import log
from pestzorg.audit.chain import chain
from pestzorg.audit.models import AuditEvent, AuditLink
from pestzorg.audit.tests.chained import EVENTS, chained_log
from pestzorg.audit.verify import verify
from pestzorg.testing.builders import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=3)


@pytest.fixture
def anchors() -> dict[int, str]:
    return chained_log()


def event_at(position: int) -> AuditEvent:
    return AuditEvent.objects.get(link__position=position)


def rechain() -> None:
    """What somebody with the program and the database can do: seal everything anew."""
    AuditLink.objects.all().delete()
    chain(LATER, everything=True)


def change() -> None:
    AuditEvent.objects.filter(pk=event_at(7).pk).update(verb="access_taken_back")


def delete_in_the_middle() -> None:
    event_at(7).delete()


def delete_with_its_link() -> None:
    gone = event_at(7)
    AuditLink.objects.filter(position=7).delete()
    gone.delete()


def cut_the_tail() -> None:
    gone = AuditLink.objects.filter(position__gte=18)
    AuditEvent.objects.filter(pk__in=gone.values_list("event_id", flat=True)).delete()
    gone.delete()


def swap() -> None:
    one, other = event_at(7), event_at(8)
    AuditEvent.objects.filter(pk=one.pk).update(facts=other.facts, at=other.at)
    AuditEvent.objects.filter(pk=other.pk).update(facts=one.facts, at=one.at)


def swap_links() -> None:
    one, other = AuditLink.objects.get(position=7), AuditLink.objects.get(position=8)
    AuditLink.objects.filter(position=7).update(event_id=-1)
    AuditLink.objects.filter(position=8).update(event_id=one.event_id)
    AuditLink.objects.filter(position=7).update(event_id=other.event_id)


def insert() -> None:
    log.record(None, "access_given", now=event_at(7).at, level=40)
    chain(LATER)


def replace_everything() -> None:
    AuditLink.objects.all().delete()
    AuditEvent.objects.all().delete()
    chained_log()


def recompute_everything() -> None:
    change()
    rechain()


def change_of_time() -> None:
    event = event_at(7)
    AuditEvent.objects.filter(pk=event.pk).update(at=event.at + timedelta(microseconds=1))


def change_of_the_time_of_linking() -> None:
    AuditLink.objects.filter(position=7).update(linked_at=LATER)


# what was done, the first bad place, what is said about it
TAMPERINGS: list[tuple[Callable[[], None], int, str]] = [
    (change, 7, "changed"),
    (delete_in_the_middle, 7, "missing"),
    (delete_with_its_link, 7, "missing"),
    (cut_the_tail, 18, "the end is missing"),
    (swap, 7, "changed"),
    (swap_links, 7, "changed"),
    (insert, EVENTS + 1, "later than it says"),
    (replace_everything, 1, "not those of the anchor at 5"),
    (recompute_everything, 1, "not those of the anchor at 5"),
    (change_of_time, 7, "changed"),
    (change_of_the_time_of_linking, 7, "changed"),
]


@pytest.mark.parametrize(
    ("tamper", "position", "why"), TAMPERINGS, ids=[row[0].__name__ for row in TAMPERINGS]
)
def test_tampering_is_found_and_the_first_bad_row_named(tamper, position, why, anchors) -> None:
    assert verify(anchors).bad is None
    tamper()
    bad = verify(anchors).bad
    assert bad is not None
    assert bad.position == position
    assert why in bad.why


def test_a_change_and_a_new_chain_from_there_on_is_found_after_the_last_anchor_that_holds(
    anchors,
) -> None:
    AuditEvent.objects.filter(pk=event_at(12).pk).update(verb="access_taken_back")
    AuditLink.objects.filter(position__gte=12).delete()
    chain(NOW)
    bad = verify(anchors).bad
    assert (bad.position, "anchor at 15" in bad.why) == (11, True)


def test_taking_away_links_alone_is_found() -> None:
    chained_log()
    AuditLink.objects.filter(position__gte=11).delete()
    chain(LATER)
    AuditLink.objects.filter(position__gte=16).delete()
    bad = verify({}).bad
    assert bad.why == "the event has no place in the chain"
    assert bad.event_id == AuditEvent.objects.order_by("pk")[15].pk


def test_an_honest_log_is_clean_also_while_events_wait(anchors) -> None:
    log.record(None, "step_saved", now=LATER)
    found = verify(anchors)
    assert (found.rows, found.waiting, found.anchors, found.bad) == (EVENTS, 1, 4, None)


def test_an_empty_log_is_clean() -> None:
    assert verify({}).bad is None


def test_checking_needs_the_same_few_queries_for_any_length(
    anchors, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(4):
        verify(anchors)


# ── the command ──────────────────────────────────────────────────────────────
@pytest.fixture
def anchor_file(settings, tmp_path, at):
    at(LATER)
    settings.AUDIT_ANCHOR_FILE = str(tmp_path / "anchors")
    return tmp_path / "anchors"


def run(*words: str) -> dict:
    out = StringIO()
    call_command("audit", *words, stdout=out)
    return json.loads(out.getvalue())


def test_verify_exits_with_one_and_names_the_row(anchor_file, anchors) -> None:
    assert run("verify")["bad"] is None
    change()
    out = StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("audit", "verify", stdout=out)
    assert stop.value.code == 1
    assert json.loads(out.getvalue())["bad"]["position"] == 7


def test_anchor_links_what_waits_and_adds_one_line(anchor_file) -> None:
    assert run("anchor") == {"anchor": None}
    chained_log()
    log.record(None, "step_saved", now=LATER)
    line = run("anchor")["anchor"]
    log.record(None, "step_saved", now=LATER)
    run("anchor")
    assert anchor_file.read_text().splitlines()[0] == line
    assert [int(row.split()[0]) for row in anchor_file.read_text().splitlines()] == [21, 22]
    assert run("verify")["anchors"] == 2


def test_an_anchor_goes_to_the_log_of_the_machine_too(anchor_file, caplog) -> None:
    chained_log()
    with caplog.at_level("INFO", "pestzorg.audit.anchor"):
        line = run("anchor")["anchor"]
    assert line in caplog.text


def test_an_anchor_that_cannot_be_kept_is_an_error(settings, anchor_file) -> None:
    chained_log()
    anchor_file.write_text("")
    settings.AUDIT_ANCHOR_FILE = str(anchor_file / "below-a-file")
    with pytest.raises(OSError, match="anchors"):
        run("anchor")


def test_an_anchor_from_a_mail_can_be_given_by_hand(anchor_file, anchors) -> None:
    recompute_everything()
    assert run("verify")["bad"] is None
    with pytest.raises(SystemExit):
        run("verify", "--anchor", f"5 {anchors[5]}")
    with pytest.raises(CommandError):
        run("verify", "--anchor", "five")


def test_a_second_line_about_the_same_place_does_not_replace_the_first() -> None:
    assert anchors_module.read(["5 aa 2025", "5 bb 2025"]) == {5: "aa"}
