#!/usr/bin/env python
"""Django's command line."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pestzorg.settings")
    if sys.argv[1:2] == ["demo"]:
        # The settings are read before the command is found, and only the demo needs no keys.
        os.environ.setdefault("DEMO", "true")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        # Thirty lines of traceback would hide the one that says which setting is wrong.
        sys.exit(f"pestzorg cannot start / kan niet starten: {error}")
