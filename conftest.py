"""Loads the fixtures that every test may use, and keeps the clock out of what is tried with examples."""

from hypothesis import settings

pytest_plugins = [
    "pestzorg.testing.fixtures",
    "pestzorg.testing.browser",
    "pestzorg.testing.needs",
]

# A busy machine is slow, and nothing is wrong with that.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
