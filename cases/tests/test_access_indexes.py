"""The indexes that pages and checks rest on, as PostgreSQL has them."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def test_page_and_check_read_nothing_but_an_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'cases_access'"
        )
        index = dict(cursor.fetchall())
    assert "INCLUDE (valid_until)" in index["cases_access_pkey"]
    for name in ("access_page", "access_closed"):
        assert "(principal_id, opened_at DESC, case_id DESC)" in index[name]
        assert "INCLUDE (level, is_only, valid_until)" in index[name]


def test_vacuum_keeps_up_with_new_rows() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE relname = 'cases_access'")
        (options,) = cursor.fetchone()
    assert "autovacuum_vacuum_insert_scale_factor=0.02" in options
