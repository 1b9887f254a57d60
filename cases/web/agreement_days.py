"""On which day an agreement is due: chips of days near, and a question when there is no school on the day."""

from __future__ import annotations

from copy import copy
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.queries.agreement_days import days_for
from cases.queries.people import CasePeople
from cases.web.fields import needed
from pestzorg.web.forms import ChipRadio
from pestzorg.web.templatetags.pestzorg_ui import day
from schools.calendar import CalendarEnds, SchoolCalendar

FRIDAY = 4


class AsksWhichDay(forms.Form):
    """No school on the day of something grave: asks for the school day before or after. The one before is chosen."""

    people: CasePeople
    kept_day: date | None = None  # of a stored agreement: nobody asks about it again

    due = needed(
        forms.DateField(
            label=gettext_lazy("Which day does it become?"),
            required=False,
            widget=forms.HiddenInput,
        )
    )

    def ask_which_day(self, asked: date | None, *, all_days: bool) -> None:
        """Part of `clean`: complains until one of the two days is chosen."""
        days = self._days(asked, all_days=all_days) if asked else ()
        if len(days) < 2:
            self.cleaned_data["due"] = None
            return
        is_chosen = self.cleaned_data.get("due") in days
        self._offer(days, chosen=is_chosen)
        if not is_chosen:
            told = _("There is no school on %(day)s. Before it, or after?")
            self.add_error("due", told % {"day": day(asked, self.people.now)})

    def _days(self, asked: date, *, all_days: bool) -> tuple[date, ...]:
        case, calendar = self.people.case, self.people.calendar
        today = calendar.local_date(self.people.now)
        if asked == self.kept_day or asked < today:
            return ()
        try:
            return days_for(case, calendar, asked, today, all_days=all_days)
        except CalendarEnds:
            return ()  # the service says what is wrong with such a day, as with one that is over

    def _offer(self, days: tuple[date, ...], *, chosen: bool) -> None:
        labels = [(on.isoformat(), day(on, self.people.now).capitalize()) for on in days]
        self.fields["due"].widget = ChipRadio(choices=labels)
        if not chosen:
            data: Any = copy(self.data)
            data[self.add_prefix("due")] = days[0].isoformat()
            self.data = data


def day_choices(calendar: SchoolCalendar, now: datetime) -> list[tuple[str, str]]:
    """Today, the next school day, Friday and in a week, as far as there is school; last the free choice."""
    today = calendar.local_date(now)
    found: dict[date, str] = {}
    try:
        if calendar.is_school_day(today):
            found[today] = _("Today")
        tomorrow = calendar.add_school_days(today, 1)
        is_next_day = tomorrow == today + timedelta(days=1)
        found[tomorrow] = _("Tomorrow") if is_next_day else day(tomorrow, now).capitalize()
        friday = today + timedelta(days=(FRIDAY - today.weekday()) % 7)
        in_a_week = calendar.next_school_day(today + timedelta(weeks=1))
        for later in (friday, in_a_week):
            if calendar.is_school_day(later):
                found.setdefault(later, day(later, now).capitalize())
    except CalendarEnds:
        # Nobody opened the next school year yet: then only the free choice is left.
        pass
    return [
        *((on.isoformat(), label) for on, label in sorted(found.items())),
        ("", _("Another day")),
    ]
