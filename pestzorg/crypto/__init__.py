"""Free text about people at rest: authenticated encryption, bound to its row."""
