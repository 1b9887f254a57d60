"""The class thermometer as pure functions: what is asked, how it is scored, what may be shown. Stores nothing."""
