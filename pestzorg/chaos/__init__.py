"""Survival: real servers are killed while reminders leave, and every mail is counted.

Nothing here runs in an installation. What is killed or emptied was started here, on ports of its own.
"""
