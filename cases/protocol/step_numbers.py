"""The steps that code knows by what they are for; which number that is stands here alone."""

SAFE_SETTING, STORY = 1, 2
CLOSE_AND_AGREE, CLASS_APPROACH, FOLLOW_UP = 7, 8, 9
