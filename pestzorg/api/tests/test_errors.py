"""Problem documents: stable codes for programs, sentences for people, nothing for the curious."""

from __future__ import annotations

import json

import pytest
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import NotAuthenticated, Throttled, ValidationError
from rest_framework.renderers import JSONRenderer

from pestzorg.api.errors import as_problem
from pestzorg.errors import Problem, RuleBroken


def body(error):
    answer = as_problem(error, {})
    assert answer.content_type == "application/problem+json"
    return json.loads(JSONRenderer().render(answer.data))


class Owner(serializers.Serializer):
    name = serializers.CharField()


class Agreement(serializers.Serializer):
    what = serializers.CharField(max_length=3)
    owner = Owner()


def test_a_broken_rule_carries_every_problem_with_its_field():
    error = RuleBroken(Problem("note", "Write a note.", "required"), Problem(None, "Too late."))
    assert body(error) == {
        "title": "Unprocessable Entity",
        "status": 422,
        "code": "rule_broken",
        "detail": body(error)["detail"],
        "problems": [
            {"field": "note", "code": "required", "detail": "Write a note."},
            {"field": None, "code": "invalid", "detail": "Too late."},
        ],
    }


def test_a_nested_field_is_named_by_its_path():
    wrong = Agreement(data={"what": "long", "owner": {}})
    with pytest.raises(ValidationError) as found:
        wrong.is_valid(raise_exception=True)
    problems = body(found.value)["problems"]
    assert [(p["field"], p["code"]) for p in problems] == [
        ("what", "max_length"),
        ("owner.name", "required"),
    ]


def test_a_problem_of_the_whole_names_no_field():
    assert body(ValidationError({"non_field_errors": ["No."]}))["problems"][0]["field"] is None


def test_what_is_not_found_says_nothing_about_why():
    assert body(Http404("case 7 of Noor")) == body(Http404())


def test_a_program_learns_when_to_come_back():
    answer = as_problem(Throttled(wait=30), {})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "30")


def test_the_code_does_not_depend_on_the_language():
    assert body(NotAuthenticated())["code"] == "not_authenticated"


def test_what_nobody_expected_stays_an_error():
    assert as_problem(RuntimeError("boom"), {}) is None
