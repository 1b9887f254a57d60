"""How somebody looks at a step: as the talk itself or as the writing up, in which language and in how simple words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from cases.models import Conversation, Sitting
from cases.protocol import vocabulary
from cases.protocol.talk import ListPrompt, Prompt, Talk, talk_of
from cases.protocol.voices import FALLBACK, OWN_LANGUAGES, Voice, Words, languages_of, voice_of
from schools.grades import needs_simple_words
from schools.web.staff_request import StaffRequest

TALK, WRITE = "talk", "write"
USUAL, JUNIOR = "usual", "junior"
SEE = "see:"  # begins the action of a button that saves and then looks differently
REMEMBERED = "sights"
MOST_REMEMBERED = 30
TALK_ROWS = 2  # while talking a few words are enough


@dataclass(frozen=True)
class Choice:
    """One way to look, as a button of the page."""

    label: str
    query: str
    is_current: bool

    @property
    def action(self) -> str:
        """What the button posts."""
        return SEE + self.query


@dataclass(frozen=True)
class Sight:
    """One way to look at the steps of a conversation."""

    view: str
    sitting: Sitting | None
    edition_key: str
    talk: Talk
    voice: Voice

    @property
    def is_talk(self) -> bool:
        """The pupil may read along: only what is asked, and nothing that is private."""
        return self.view == TALK

    def said(self, step_key: str) -> list[Words]:
        """What to say in a step."""
        return [self.voice.say(spoken) for spoken in self.talk.say[step_key]]

    def prompts(self, step_key: str) -> Mapping[str, Prompt]:
        """The questions of a step that are asked in the talk."""
        return self.talk.questions[step_key]

    def rows(self, key: str) -> ListPrompt | None:
        """How a list is asked in the talk; None when it waits for the writing up."""
        return self.talk.lists.get(key)

    def statuses(self, chosen: str) -> list[tuple[str, Words]]:
        """The three large choices about a measure, and what was written up beside them."""
        offered = [t.key for t in vocabulary.terms("measure_statuses") if t.note["in_talk"]]
        keys = [*offered, *([chosen] if chosen and chosen not in offered else [])]
        return [(key, self.voice.say(self.talk.statuses[key])) for key in keys]

    def put(self, field: forms.Field, prompt: Prompt) -> None:
        """Give a field the words of this voice."""
        field.label = self.voice.say(prompt.ask)
        field.help_text = self.voice.say(prompt.help) if prompt.help else ""
        if isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = TALK_ROWS
        choices = getattr(field, "choices", ())
        if choices:
            field.choices = [(key, self._choice(prompt, key, label)) for key, label in choices]  # type: ignore[attr-defined]

    def _choice(self, prompt: Prompt, key: str, label: Any) -> Any:
        if key in prompt.choices:
            return self.voice.say(prompt.choices[key])
        if not isinstance(label, Promise):
            return label  # somebody's name
        own = self.voice.language if self.voice.language in OWN_LANGUAGES else FALLBACK
        with translation.override(own):
            return Words(str(label), own)

    # ── what else there is to choose ─────────────────────────────────────────
    def views(self) -> list[Choice]:
        """The two ways to look at a step."""
        labels = {TALK: _("Talk"), WRITE: _("Write up")}
        return [Choice(label, f"view={v}", v == self.view) for v, label in labels.items()]

    def languages(self) -> list[Choice]:
        """The languages in which the pupil can be spoken to."""
        found = languages_of(self.edition_key)
        now = self.voice.language
        return [Choice(name, f"language={c}", c == now) for c, (name, _texts) in found.items()]

    def words(self) -> list[Choice]:
        """Usual words, or those for young children."""
        labels = {USUAL: _("Usual words"), JUNIOR: _("Simple words")}
        now = JUNIOR if self.voice.is_junior else USUAL
        return [Choice(label, f"words={w}", w == now) for w, label in labels.items()]


def sight_of(
    request: StaffRequest, conversation: Conversation, sitting: Sitting | None, of_page: str = ""
) -> Sight:
    """As the page says that is sent, else as chosen for this conversation, else as the moment asks.

    A choice of view holds until a talk begins or ends: then the talk, or its writing up, comes by itself.
    """
    chosen, key = _chosen(request, conversation, sitting), conversation.edition_key
    view = of_page or chosen.get("view") or (TALK if sitting else WRITE)
    words = chosen.get("words") or (JUNIOR if _is_young(conversation) else USUAL)
    language = chosen.get("language") or conversation.language
    voice = voice_of(key, language, is_junior=words == JUNIOR)
    return Sight(TALK if view == TALK else WRITE, sitting, key, talk_of(key), voice)


def _is_young(conversation: Conversation) -> bool:
    school_class = conversation.case.school_class
    return school_class is not None and needs_simple_words(school_class.name)


def _chosen(
    request: StaffRequest, conversation: Conversation, sitting: Sitting | None
) -> dict[str, Any]:
    everywhere = request.session.get(REMEMBERED, {})
    at = sitting.number if sitting else 0
    before = everywhere.get(str(conversation.uuid), {})
    chosen = {**before, **_asked_for(request, conversation)}
    if before.get("at") != at and "view" not in request.GET:
        chosen.pop("view", None)
    if chosen.keys() - {"at"} and (chosen := {**chosen, "at": at}) != before:
        rest = {k: v for k, v in everywhere.items() if k != str(conversation.uuid)}
        latest = dict(list(rest.items())[-MOST_REMEMBERED:])
        request.session[REMEMBERED] = {**latest, str(conversation.uuid): chosen}
    return chosen


def _asked_for(request: StaffRequest, conversation: Conversation) -> dict[str, str]:
    known = {
        "view": (TALK, WRITE),
        "language": tuple(languages_of(conversation.edition_key)),
        "words": (USUAL, JUNIOR),
    }
    return {k: request.GET[k] for k, values in known.items() if request.GET.get(k) in values}
