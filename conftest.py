"""Loads the fixtures that every test may use."""

pytest_plugins = [
    "pestzorg.testing.fixtures",
    "pestzorg.testing.browser",
    "pestzorg.testing.needs",
]
