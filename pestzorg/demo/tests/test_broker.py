"""The demo's own Valkey answers on its socket, to Celery's client and to the cache's."""

import os

import pytest
from kombu import Connection
from redis import Redis

from pestzorg.demo import broker
from pestzorg.demo.supervisor import Children


@pytest.mark.skipif(not broker.is_available(), reason="no Valkey for this kind of computer")
def test_valkey_serves_cache_and_queue_on_a_private_socket(tmp_path, tmp_path_factory):
    runtime = tmp_path_factory.mktemp("v")
    with Children(os.environ) as children:
        broker.start(children, runtime, tmp_path / "valkey")
        with Redis.from_url(children.environment["REDIS_URL"]) as cache:
            assert cache.ping()
        with Connection(children.environment["BROKER_URL"]) as queue:
            assert queue.ensure_connection(max_retries=1)
        assert (runtime / "valkey").stat().st_mode & 0o077 == 0
