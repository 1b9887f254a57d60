"""Counting: what had to be told, and what the accept log of the mail server says was told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pestzorg.bench.verdict import Verdict
from pestzorg.chaos.relay import Accepted

Thing = tuple[str, str]  # (address, page)


@dataclass
class Ledger:
    """One accept log against one set of expectations."""

    log: Iterable[Accepted]
    expected: set[Thing]

    def __post_init__(self) -> None:
        self.ids: dict[Thing, set[str]] = defaultdict(set)
        self.told: dict[str, list[Accepted]] = defaultdict(list)
        for mail in self.log:
            self.told[mail.message_id].append(mail)
            for page in mail.agreements:
                self.ids[(mail.recipient, page)].add(mail.message_id)

    @property
    def lost(self) -> int:
        """Things that nobody was told."""
        return len(self.expected - set(self.ids))

    @property
    def unwanted(self) -> int:
        """Things that were told although nobody was to be told."""
        return len(set(self.ids) - self.expected)

    @property
    def duplicates(self) -> int:
        """Things told by two different mails."""
        return sum(len(ids) - 1 for ids in self.ids.values())

    @property
    def repeats(self) -> int:
        """Mails that the server accepted once more."""
        return sum(len(mails) - 1 for mails in self.told.values())

    @property
    def changed(self) -> int:
        """Repeats that are not word for word the mail they repeat."""
        return sum(
            len({(m.recipient, m.subject, m.text) for m in ms}) - 1 for ms in self.told.values()
        )

    @property
    def per_person(self) -> Counter[str]:
        """How many different mails about agreements each person got."""
        return Counter(ms[0].recipient for ms in self.told.values() if ms[0].agreements)

    def busiest(self, seconds: float) -> int:
        """The most mails that were accepted within so many seconds."""
        moments = sorted(mail.at for mail in self.log)
        return max((sum(a <= b < a + seconds for b in moments) for a in moments), default=0)

    def judge(self, scenario: str, verdict: Verdict) -> None:
        """The counts that have to be zero in every scenario."""
        verdict.shown(
            scenario, "things to tell, mails accepted", f"{len(self.expected)}, {len(self.told)}"
        )
        verdict.at_most(scenario, "lost", self.lost, 0)
        verdict.at_most(scenario, "logical duplicates", self.duplicates, 0)
        verdict.at_most(scenario, "told although not wanted", self.unwanted, 0)
