"""A settled step that is changed: what it said is kept, it is open again, and who may read it sees both."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from cases import events
from cases.ceilings import Level
from cases.models import StepVersion
from cases.models.step_record import StepStatus, Visibility
from cases.queries.step_versions import versions_of
from cases.services import items
from cases.services.conversations import begin_sitting
from cases.services.sharing import share_case
from cases.services.steps import complete_step, save_step, skip_step
from cases.tests.finishing import done, full, save
from cases.tests.scene import Scene
from pestzorg.audit.models import AuditEvent
from pestzorg.testing.builders import NOW
from schools.models import User

WHY = "Noor wil er nu niemand bij."
SOON = NOW + timedelta(hours=1)
LATER = NOW + timedelta(days=2)


def say(scene: Scene, number: int, now: Any = SOON, **changes: Any) -> str:
    given = {**full(scene, number), **changes}
    return save_step(scene.teacher, scene.step(number), given, now=now).status


def talk_again(scene: Scene) -> None:
    begin_sitting(scene.teacher, scene.conversation, now=LATER)


# ── when it is open again ────────────────────────────────────────────────────
def test_a_done_step_that_says_something_else_in_a_later_talk_is_open_again(begun: Scene) -> None:
    done(begun, 5)
    talk_again(begun)
    assert say(begun, 5, LATER) == StepStatus.DONE
    assert say(begun, 5, LATER, self_blame="none") == StepStatus.REOPENED
    assert say(begun, 5, LATER, self_blame="some") == StepStatus.REOPENED
    complete_step(begun.teacher, begun.step(5), now=LATER)
    assert begun.step(5).status == StepStatus.DONE


def test_mending_a_word_without_talking_again_keeps_the_step_done(begun: Scene) -> None:
    done(begun, 5)
    assert say(begun, 5, praise_words="Wat goed dat je het vertelde.") == StepStatus.DONE
    assert begun.step(5).versions.get().answer("praise_words") == full(begun, 5)["praise_words"]


def test_a_draft_has_no_versions(begun: Scene) -> None:
    for words in ("Eerste", "Tweede"):
        save(begun, 2, story=words)
    assert not StepVersion.objects.exists()


def test_a_step_that_was_left_out_is_open_again_when_somebody_is_named(begun: Scene) -> None:
    skip_step(begun.teacher, begun.step(10), "pupil_declined", now=NOW, note=WHY)
    assert say(begun, 10) == StepStatus.SKIPPED
    items.put_support_person(
        begun.teacher, begun.conversation, None, now=LATER, name="Mila",
        relationship="older_pupil", tasks=["listen"], answer="accepted",
    )  # fmt: skip
    assert begun.step(10).status == StepStatus.REOPENED
    version = begun.step(10).versions.get()
    assert (version.status, version.skip_reason, version.skip_note) == (
        StepStatus.SKIPPED,
        "pupil_declined",
        WHY,
    )
    complete_step(begun.teacher, begun.step(10), now=LATER)
    record = begun.step(10)
    assert (record.status, record.skip_reason, record.skip_note) == (StepStatus.DONE, "", "")


# ── what is kept ─────────────────────────────────────────────────────────────
def test_a_version_is_the_step_as_it_was_with_who_and_when(begun: Scene) -> None:
    sitting = begin_sitting(begun.teacher, begun.conversation, now=NOW)
    done(begun, 8)
    before = begun.step(8).answers
    given = {**full(begun, 8), "decision": "no", "decision_reason": "De klas is rustig."}
    save_step(begun.coordinator, begun.step(8), given, now=LATER, summary="Toch niet.")
    version = begun.step(8).versions.get()
    assert (version.answers, version.summary, version.sitting) == (before, "", sitting)
    assert (version.settled_at, version.settled_by) == (NOW, begun.teacher)
    assert (version.replaced_at, version.replaced_by) == (LATER, begun.coordinator)


def test_both_decisions_about_the_class_are_kept_when_it_is_revised(begun: Scene) -> None:
    for decision in ("yes", "no", "yes"):
        done(begun, 8, decision=decision)
    assert [v.answer("decision") for v in begun.step(8).versions.all()] == ["no", "yes"]
    assert [v.number for v in begun.step(8).versions.all()] == [2, 1]


@pytest.mark.parametrize(
    "same",
    [
        {"responsibility_named": ["school", "bystanders", "alleged_bullies"]},
        {"praise_words": "  Knap dat je mama en ons hebt verteld.\r\n"},
    ],
)
def test_the_same_words_are_no_change(begun: Scene, same: dict[str, Any]) -> None:
    done(begun, 5)
    talk_again(begun)
    assert say(begun, 5, LATER, **same) == StepStatus.DONE
    assert not StepVersion.objects.exists()


def test_the_log_says_that_a_step_is_open_again_and_nothing_of_it(begun: Scene) -> None:
    done(begun, 5)
    talk_again(begun)
    say(begun, 5, LATER, self_blame="none")
    event = AuditEvent.objects.get(verb=events.STEP_REOPENED)
    assert (event.facts, event.subject_uuid) == ({"step": 5}, begun.step(5).uuid)


# ── the page ─────────────────────────────────────────────────────────────────
@pytest.fixture
def changed(begun: Scene, at: Any) -> Scene:
    done(begun, 8)
    save(begun, 8, decision="no", decision_reason="De klas is rustig.", method=None)
    at(LATER)
    return begun


def page(scene: Scene, person: User, number: int = 8) -> Any:
    client = Client()
    client.force_login(person)
    return client.get(reverse("conversation:versions", args=[scene.case.uuid, number]))


def test_the_page_shows_what_stood_there_and_what_became_different(changed: Scene) -> None:
    with translation.override("nl"):
        found = page(changed, changed.teacher).content.decode()
    for words in (
        "Eerdere versies",
        '<del class="pz-muted">Een groepje doet mee en Noor heeft bondgenoten.</del>',
        "<ins>De klas is rustig.</ins>",
        '<del class="pz-muted">Steungroepaanpak</del>',
        "<ins>niet beantwoord</ins>",
        "mijn naam mag, niet wat er op de stickers staat",
        changed.teacher.full_name,
    ):
        assert words in found
    assert "<textarea" not in found


def test_the_step_leads_to_its_versions_once_there_are_some(changed: Scene) -> None:
    client = Client()
    client.force_login(changed.teacher)
    link = reverse("conversation:versions", args=[changed.case.uuid, 8])
    step = reverse("conversation:step", args=[changed.case.uuid, 8])
    assert link in client.get(step).content.decode()
    first = reverse("conversation:step", args=[changed.case.uuid, 1])
    assert "/versions/" not in client.get(first).content.decode()


def test_a_step_that_never_changed_says_so(changed: Scene) -> None:
    with translation.override("nl"):
        found = page(changed, changed.teacher, 1).content.decode()
    assert "Deze stap is na het afronden nooit veranderd." in found


def reads_along(scene: Scene) -> None:
    share_case(scene.coordinator, scene.case, scene.colleague, Level.VIEW, now=NOW)


def test_who_may_not_read_the_case_or_the_step_gets_404(changed: Scene) -> None:
    assert page(changed, changed.colleague).status_code == 404
    reads_along(changed)
    assert page(changed, changed.colleague).status_code == 200
    record = changed.step(8)
    record.visibility = Visibility.HANDLER_ONLY
    record.save()
    assert page(changed, changed.colleague).status_code == 404
    assert page(changed, changed.teacher).status_code == 200
    assert page(changed, changed.teacher, 11).status_code == 404


def test_words_that_were_private_stay_private_when_the_step_is_opened_up(changed: Scene) -> None:
    reads_along(changed)
    people = (changed.teacher, changed.coordinator, changed.colleague)
    for visibility, counts in (
        (Visibility.CARE_TEAM, [1, 1, 1]),
        (Visibility.HANDLER_ONLY, [1, 1, 0]),
    ):
        StepVersion.objects.update(visibility=visibility)
        found = [versions_of(changed.who(person, LATER), changed.step(8)) for person in people]
        assert [len(versions) for versions in found] == counts


def test_words_and_readers_that_change_in_one_save_keep_the_old_words_private(begun: Scene) -> None:
    reads_along(begun)
    secret = full(begun, 8)
    save_step(begun.teacher, begun.step(8), secret, now=NOW, visibility=Visibility.HANDLER_ONLY)
    complete_step(begun.teacher, begun.step(8), now=NOW)
    given = {**secret, "decision": "no", "decision_reason": "De klas is rustig."}
    save_step(begun.teacher, begun.step(8), given, now=SOON, visibility=Visibility.CARE_TEAM)
    assert begun.step(8).visibility == Visibility.CARE_TEAM
    people = (begun.colleague, begun.teacher)
    found = [versions_of(begun.who(person, LATER), begun.step(8)) for person in people]
    assert [len(versions) for versions in found] == [0, 1]


def test_what_became_different_is_not_told_in_words_that_were_private(changed: Scene) -> None:
    reads_along(changed)
    save(changed, 8, decision="no", decision_reason="Het mag weer.", method=None)
    for visibility, told in ((Visibility.HANDLER_ONLY, False), (Visibility.CARE_TEAM, True)):
        StepVersion.objects.filter(number=2).update(visibility=visibility)
        versions = versions_of(changed.who(changed.colleague, LATER), changed.step(8))
        assert versions[-1].version.number == 1
        assert (versions[-1].changes is not None) is told
        found = page(changed, changed.colleague).content.decode()
        assert ("De klas is rustig." in found) is told
        assert "De klas is rustig." in page(changed, changed.teacher).content.decode()
