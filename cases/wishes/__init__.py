"""What a pupil does not want to happen, compared with a plan. Words are data; knows no case and forbids nothing."""

from cases.wishes.topics import Plan, goes_against

__all__ = ["Plan", "goes_against"]
