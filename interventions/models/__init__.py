"""What a class does about it: runs of the class thermometer."""

from interventions.models.answer_box import AnswerBox
from interventions.models.run import Run
from interventions.models.survey_token import SurveyToken

__all__ = ["AnswerBox", "Run", "SurveyToken"]
