"""Forms: the order of label, help, error and field, chips, dates, and rules broken in a service."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest
from django import forms
from django.utils import timezone, translation

from pestzorg.errors import Problem, RuleBroken
from pestzorg.web.forms import (
    ChipCheckbox,
    ChipRadio,
    DateInput,
    DateTimeInput,
    ScoreInput,
    add_rule_errors,
)
from pestzorg.web.templatetags.pestzorg_ui import (
    day,
    day_short,
    icon,
    initials,
    moment,
    step_number,
)


class SampleForm(forms.Form):
    what = forms.CharField(label="What", help_text="Short is fine", max_length=60)
    why = forms.CharField(
        label="Why", required=False, widget=forms.TextInput({"placeholder": "Why"})
    )
    who = forms.ChoiceField(label="Who", choices=[("n", "Noor"), ("s", "Sanne")], widget=ChipRadio)
    signs = forms.MultipleChoiceField(
        label="Signs", required=False, choices=[("q", "Quiet"), ("a", "Alone")], widget=ChipCheckbox
    )
    grade = forms.IntegerField(label="Grade", required=False, widget=ScoreInput)
    due_on = forms.DateField(label="When", required=False, widget=DateInput)
    starts_at = forms.DateTimeField(label="Talk", required=False, widget=DateTimeInput)
    kind = forms.ChoiceField(label="Kind", choices=[("x", "X")])
    told = forms.BooleanField(label="Parents know", required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)


@pytest.fixture(autouse=True)
def english():
    with translation.override("en"):
        yield


def html_of(form: forms.Form, name: str) -> str:
    return form[name].as_field_group()


def test_a_field_reads_label_help_error_input():
    html = html_of(SampleForm({}), "what")
    parts = ["<label", "id_what_helptext", "id_what_error", "<input"]
    assert [html.index(part) for part in parts] == sorted(html.index(part) for part in parts)


def test_an_input_points_to_its_help_and_error():
    html = html_of(SampleForm({}), "what")
    assert 'aria-describedby="id_what_helptext id_what_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="form-control is-invalid"' in html


def test_only_optional_fields_say_they_may_stay_empty():
    form = SampleForm()
    assert "may stay empty" in html_of(form, "why")
    assert "may stay empty" not in html_of(form, "what")


def test_a_placeholder_does_not_repeat_the_label():
    assert "placeholder" not in html_of(SampleForm(), "why")


@pytest.mark.parametrize(("name", "css"), [("kind", "form-select"), ("told", "form-check-input")])
def test_each_widget_gets_its_bootstrap_class(name, css):
    assert f'class="{css}"' in html_of(SampleForm(), name)


def test_a_hidden_field_is_only_an_input():
    assert html_of(SampleForm(), "token").startswith('<input type="hidden"')


@pytest.mark.parametrize(("name", "kind"), [("who", "radio"), ("signs", "checkbox")])
def test_chips_are_real_inputs_in_a_fieldset(name, kind):
    html = html_of(SampleForm(initial={"who": "s", "signs": ["a"]}), name)
    assert html.startswith("<fieldset")
    assert "<legend" in html
    assert html.count(f'type="{kind}"') == 2
    assert len(re.findall(r"<input[^>]* checked", html)) == 1


def test_a_wrong_group_is_described_by_its_error_once():
    html = html_of(SampleForm({}), "who")
    assert 'aria-describedby="id_who_error"' in html
    assert "aria-invalid" not in html


def test_a_grade_starts_without_a_choice_and_takes_zero():
    assert re.findall(r'value="(\d*)"[^>]* checked', html_of(SampleForm(), "grade")) == []
    form = SampleForm({"what": "x", "who": "n", "kind": "x", "grade": "0"})
    assert form.is_valid()
    assert form.cleaned_data["grade"] == 0


def test_no_grade_is_offered_only_where_it_is_an_answer():
    assert "No grade" in html_of(SampleForm(), "grade")
    form = SampleForm()
    form.fields["grade"].widget = ScoreInput(may_stay_open=False)
    assert "No grade" not in html_of(form, "grade")


def test_dates_are_iso_in_dutch_too():
    local = datetime(2025, 11, 7, 7, 30, tzinfo=UTC)
    with translation.override("nl"):
        form = SampleForm(initial={"due_on": date(2025, 11, 7), "starts_at": local})
        assert 'type="date" name="due_on" value="2025-11-07"' in html_of(form, "due_on")
        assert 'value="2025-11-07T08:30"' in html_of(form, "starts_at")


def test_what_the_pickers_send_is_understood_in_dutch():
    answers = {
        "what": "x",
        "who": "n",
        "kind": "x",
        "due_on": "2025-11-07",
        "starts_at": "2025-11-07T08:30",
    }
    with translation.override("nl"):
        form = SampleForm(answers)
        assert form.is_valid()
    assert form.cleaned_data["due_on"] == date(2025, 11, 7)
    assert timezone.localtime(form.cleaned_data["starts_at"]).hour == 8


def test_a_text_that_is_too_long_is_refused_whole_and_not_cut_by_the_browser():
    form = SampleForm({"what": "x" * 61})
    assert "maxlength" not in html_of(form, "what")
    assert form.errors["what"] == ["Use at most 60 characters; now there are 61."]
    assert form["what"].value() == "x" * 61


def test_a_missing_answer_is_asked_for_kindly():
    form = SampleForm({})
    assert form.errors["what"] == ["Please fill this in."]
    assert form.errors["who"] == ["Please choose."]


def test_a_form_opens_with_a_summary_that_links_to_every_wrong_field():
    html = str(SampleForm({"kind": "x"}))
    assert html.index("data-error-summary") < html.index("<label")
    for target in re.findall(r'href="#([^"]+)"', html):
        assert f'id="{target}"' in html
    assert 'href="#id_what"' in html
    assert 'href="#id_who_0"' in html


def test_a_form_without_errors_has_no_summary():
    assert "data-error-summary" not in str(SampleForm())


def test_broken_rules_land_on_their_fields():
    form = SampleForm({"what": "x", "who": "n", "kind": "x"})
    form.is_valid()
    problems = [
        Problem("due_on", "Too early", "too_early"),
        Problem("elsewhere", "Closed"),
        Problem(None, "Busy"),
    ]
    add_rule_errors(form, RuleBroken(*problems))
    assert form.errors["due_on"] == ["Too early"]
    assert form.errors.as_data()["due_on"][0].code == "too_early"
    assert form.non_field_errors() == ["Closed", "Busy"]


def test_what_a_person_typed_is_escaped():
    assert "<script>" not in str(SampleForm({"what": '"><script>alert(1)</script>'}))


def test_a_day_names_its_year_only_when_it_is_another():
    now = datetime(2025, 11, 6, 12, 30, tzinfo=UTC)
    assert day(date(2025, 11, 7), now) == "Friday 7 November"
    assert day(date(2026, 1, 9), now) == "Friday 9 January 2026"
    assert day(date(2025, 11, 7)) == "Friday 7 November 2025"
    assert day_short(date(2025, 11, 7)) == "7 Nov"
    assert day(None) == day_short(None) == moment(None) == ""


def test_a_moment_is_told_in_local_time():
    utc = datetime(2025, 11, 7, 7, 30, tzinfo=UTC)
    assert moment(utc, utc) == "Friday 7 November, 8:30"


def test_days_are_dutch_for_dutch_readers():
    now = datetime(2025, 11, 6, 12, 30, tzinfo=UTC)
    with translation.override("nl"):
        assert day(date(2025, 11, 7), now) == "vrijdag 7 november"


@pytest.mark.parametrize(("name", "letters"), [("Sanne de Vries", "SV"), ("Noor", "N"), ("", "")])
def test_initials_are_at_most_two_letters(name, letters):
    assert initials(name) == letters


def test_an_icon_is_hidden_from_screen_readers():
    assert 'aria-hidden="true"' in icon("sun")


def test_a_step_shows_its_number_until_its_state_has_a_sign():
    assert ">3<" in step_number(3, "not_started")
    assert "<svg" in step_number(3, "done")
