"""The conversation pages through the test client: drafts, finishing, what is refused, and that nothing is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from cases.models import Agreement, Conversation, StepRecord
from cases.services.conversations import step_records
from cases.services.items import put_measure
from cases.services.sharing import take_back
from pestzorg.demo import scenario_a
from pestzorg.demo.scenario_a import SchoolA
from schools.models import User

pytestmark = pytest.mark.django_db

Moment = Callable[[datetime], None]


@pytest.fixture
def a(at: Moment) -> SchoolA:
    at(scenario_a.at(4, 10, 15))
    return scenario_a.found_school_a("pestzorg-test")


@pytest.fixture
def conversation(a: SchoolA) -> Conversation:
    return scenario_a.report_and_assess(a)


@pytest.fixture
def marit(client: Client, a: SchoolA) -> Client:
    client.force_login(a.marit)
    return client


def url(conversation: Conversation, tail: str = "") -> str:
    return f"/cases/{conversation.case.uuid}/conversation/{tail}"


def record_of(conversation: Conversation, number: int) -> StepRecord:
    return step_records(conversation)[number - 1]


def test_a_sitting_begins_and_opens_the_first_step(
    marit: Client, conversation: Conversation
) -> None:
    answer = marit.post(url(conversation, "begin/"))
    assert answer.status_code == 302
    assert answer.url.endswith("/conversation/1/")
    assert conversation.sittings.get().number == 1


def test_every_step_opens_with_its_prompt_and_guidance(
    marit: Client, conversation: Conversation
) -> None:
    with translation.override("nl"):
        for step in conversation.edition.steps:
            page = marit.get(url(conversation, f"{step.number}/")).content.decode()
            assert str(step.title) in page
            assert step.guidance[0].text.nl in page.replace("&quot;", '"').replace("&#x27;", "'")


def test_a_half_filled_step_is_saved_but_not_done(
    marit: Client, conversation: Conversation
) -> None:
    posted = {
        "action": "done",
        "story": "Ze hebben een groepsapp zonder mij.",
        "frequency": "weekly",
    }
    answer = marit.post(url(conversation, "2/"), posted)
    record = record_of(conversation, 2)
    assert answer.status_code == 422
    assert record.status == "in_progress"
    assert record.answers == {"story": "Ze hebben een groepsapp zonder mij.", "frequency": "weekly"}
    assert "Ze hebben een groepsapp zonder mij." in answer.content.decode()


def test_saving_a_draft_needs_nothing(marit: Client, conversation: Conversation) -> None:
    answer = marit.post(url(conversation, "5/"), {"action": "save"})
    assert answer.status_code == 302
    assert record_of(conversation, 5).status == "in_progress"


def test_too_long_a_text_is_refused_at_its_field_and_stays_typed(
    marit: Client, conversation: Conversation
) -> None:
    long = "x" * 2001
    answer = marit.post(
        url(conversation, "2/"), {"action": "save", "story": long, "wishes": "rust"}
    )
    assert answer.status_code == 422
    assert "story" in answer.context["form"].errors
    assert long in answer.content.decode()
    assert record_of(conversation, 2).answers == {}


def test_a_row_is_added_together_with_the_answers(
    marit: Client, conversation: Conversation
) -> None:
    answer = marit.post(
        url(conversation, "2/"),
        {
            "action": "add-people",
            "story": "Ze lachen.",
            "people-new-name": "Lieke",
            "people-new-role": "alleged_bully",
            "people-new-certainty": "named_by_target",
        },
    )
    assert answer.status_code == 302
    assert answer.url.endswith("#people")
    assert conversation.case.participants.filter(name="Lieke", role="alleged_bully").exists()
    assert record_of(conversation, 2).answer("story") == "Ze lachen."


def test_a_broken_row_keeps_everything_typed_and_saves_nothing(
    marit: Client, conversation: Conversation
) -> None:
    posted = {
        "action": "save",
        "story": "Ze lachen.",
        "incidents-new-description": "Stickers in de app",
        "incidents-new-happened_on": "2031-01-01",
        "incidents-new-date_precision": "exact",
    }
    answer = marit.post(url(conversation, "2/"), posted)
    assert answer.status_code == 422
    assert "Stickers in de app" in answer.content.decode()
    assert "Ze lachen." in answer.content.decode()
    assert record_of(conversation, 2).answers == {}


def test_leafing_on_saves_first(marit: Client, conversation: Conversation) -> None:
    answer = marit.post(url(conversation, "5/"), {"action": "next", "praise_words": "Knap."})
    assert answer.url.endswith("/conversation/6/")
    assert record_of(conversation, 5).answer("praise_words") == "Knap."


def agreement(**values: Any) -> dict[str, Any]:
    row = {"what": "Moeder bellen", "owner": "me", "when": "", "deadline": "2025-11-07", **values}
    return {"action": "add-agreements"} | {
        f"agreements-new-{key}": value for key, value in row.items()
    }


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"owner": ""}, "owner"),
        ({"deadline": "2025-11-03"}, "deadline"),
        ({"deadline": "31-31-2025"}, "deadline"),
        ({"deadline": ""}, "deadline"),
        ({"deadline": "2099-01-01"}, "deadline"),
        ({"what": "y" * 201}, "what"),
    ],
)
def test_a_wrong_agreement_is_explained_at_the_field(
    marit: Client, a: SchoolA, conversation: Conversation, values: dict[str, Any], field: str
) -> None:
    posted = agreement(responsible_staff=str(a.sami.uuid), **values)
    answer = marit.post(url(conversation, "7/"), posted)
    row = next(r for p in answer.context["page"].panels for r in p.rows if r.name == "new")
    assert answer.status_code == 422
    assert field in row.form.errors
    assert posted["agreements-new-what"] in answer.content.decode()
    assert not Agreement.objects.exists()


def test_measures_with_a_deadline_are_offered_as_agreements(
    marit: Client, a: SchoolA, conversation: Conversation
) -> None:
    scenario_a.first_sitting(a, conversation)
    agree_on_passwords(marit, conversation)
    assert offers(marit, conversation) == {"offer-change_password": True}


def test_what_was_left_out_is_not_ticked_again(
    marit: Client, a: SchoolA, conversation: Conversation
) -> None:
    scenario_a.first_sitting(a, conversation)
    agree_on_passwords(marit, conversation)
    posted = agreement(responsible_staff=str(a.sami.uuid))
    unticked = {"agreements-offer-change_password-what": "Wachtwoord wijzigen"}
    assert marit.post(url(conversation, "7/"), posted | unticked).status_code == 302
    assert [row.what for row in Agreement.objects.all()] == [posted["agreements-new-what"]]
    assert offers(marit, conversation) == {"offer-change_password": False}
    later, new_day = scenario_a.at(4, 10, 20), date(2025, 11, 10)
    put_measure(a.marit, conversation, "change_password", now=later, deadline=new_day)
    assert offers(marit, conversation) == {"offer-change_password": True}


def agree_on_passwords(marit: Client, conversation: Conversation) -> None:
    posted = {
        "action": "save",
        "measures-change_password-status": "agreed",
        "measures-change_password-owner": "Noor",
        "measures-change_password-deadline": "2025-11-07",
    }
    assert marit.post(url(conversation, "6/"), posted).status_code == 302


def offers(marit: Client, conversation: Conversation) -> dict[str, bool]:
    """The agreements that step 6 offers in step 7, and whether they are ticked."""
    page = marit.get(url(conversation, "7/"))
    rows = [r for p in page.context["page"].panels for r in p.rows if r.definition]
    return {row.name: row.form["wanted"].value() for row in rows}


def test_somebody_without_access_gets_404_everywhere(
    client: Client, a: SchoolA, conversation: Conversation
) -> None:
    for outsider in (a.colleague, a.paul):
        client.force_login(outsider)
        for tail in ("", "1/", "end/"):
            assert client.get(url(conversation, tail)).status_code == 404
        for tail in ("begin/", "complete/", "1/"):
            assert client.post(url(conversation, tail)).status_code == 404


def test_reading_along_shows_no_buttons_and_cannot_save(
    client: Client, a: SchoolA, conversation: Conversation
) -> None:
    from cases.ceilings import Level
    from cases.services.sharing import share_case

    share_case(a.sami, conversation.case, a.colleague, Level.VIEW, now=scenario_a.at(4, 10))
    client.force_login(a.colleague)
    assert b'value="done"' not in client.get(url(conversation, "2/")).content
    assert client.post(url(conversation, "2/"), {"action": "save"}).status_code == 404
    take_back(a.sami, conversation.case, a.colleague, now=scenario_a.at(4, 11))
    assert client.get(url(conversation, "2/")).status_code == 404


def test_a_step_for_the_lead_only_is_hidden_from_who_reads_along(
    client: Client, a: SchoolA, conversation: Conversation
) -> None:
    record = record_of(conversation, 4)
    record.visibility = "handler_only"
    record.save()
    seen = {}
    from cases.ceilings import Level
    from cases.services.sharing import share_case

    share_case(a.sami, conversation.case, a.colleague, Level.CONTRIBUTE, now=scenario_a.at(4, 10))
    for person in (a.marit, a.sami, a.colleague):
        client.force_login(person)
        seen[person.first_name] = client.get(url(conversation, "4/")).status_code
    assert seen == {"Marit": 200, "Sami": 200, "Joost": 404}


def test_a_step_page_asks_the_database_a_fixed_number_of_times(
    marit: Client, a: SchoolA, conversation: Conversation, django_assert_max_num_queries: Any
) -> None:
    scenario_a.first_sitting(a, conversation)
    marit.get(url(conversation, "2/"))
    for number in range(1, 11):
        with django_assert_max_num_queries(26):
            marit.get(url(conversation, f"{number}/"))


def test_ending_a_sitting_asks_for_a_recap_and_the_next_contact(
    marit: Client, conversation: Conversation, a: SchoolA
) -> None:
    marit.post(url(conversation, "begin/"))
    answer = marit.post(url(conversation, "end/"), {"ended_because": "time"})
    assert answer.status_code == 422
    assert {"recap_read_aloud", "next_contact_at"} <= set(answer.context["form"].errors)
    assert conversation.sittings.get().ended_at is None


def test_the_resume_check_is_asked_before_talking_again(
    marit: Client, a: SchoolA, conversation: Conversation
) -> None:
    scenario_a.first_sitting(a, conversation)
    answer = marit.post(url(conversation, "begin/"), {"what_changed": "Niets bijzonders."})
    assert answer.status_code == 422
    assert "Niets bijzonders." in answer.content.decode()
    # It would look like an answer, and the check does not accept it as one.
    assert "Geen cijfer" not in answer.content.decode()
    complete = {"safety_score": "5", "new_incident": "false", "still_agrees": "true"}
    assert marit.post(url(conversation, "begin/"), complete).status_code == 302
    assert conversation.sittings.last().safety_score_start == 5


def test_completing_says_what_is_missing(
    marit: Client, conversation: Conversation, a: User
) -> None:
    answer = marit.post(url(conversation, "complete/"))
    conversation.refresh_from_db()
    assert answer.status_code == 422
    assert conversation.status == "not_started"
    assert len(answer.context["refused"]) == 10


def test_what_lists_and_rows_lack_is_summed_up_with_links(
    marit: Client, a: SchoolA, conversation: Conversation
) -> None:
    scenario_a.first_sitting(a, conversation)
    answer = marit.post(url(conversation, "6/"), {"action": "done"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert len(answer.context["problems"]) == 9
    assert page.count("data-error-summary") == 1
    evidence = conversation.edition.measure("collect_evidence").label.nl
    assert f'<a href="#measure-collect_evidence">{evidence}</a>' in page
    assert 'id="measure-collect_evidence"' in page
    with translation.override("nl"):
        assert "<title>Fout:" in page
