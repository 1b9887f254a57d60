"""The steps that code knows by what they are for, with their numbers."""

SAFE_SETTING, STORY = 1, 2
CLOSE_AND_AGREE, CLASS_APPROACH, FOLLOW_UP, SUPPORT_PERSONS = 7, 8, 9, 10
