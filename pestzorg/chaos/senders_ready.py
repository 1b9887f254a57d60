"""Imported once, by the process that senders are forked from: then each of them has everything at hand."""

import django

django.setup()
