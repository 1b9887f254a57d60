"""Settings of the benchmark: those of an installation, with the tables and routes that only it has."""

from pestzorg.settings import *  # noqa: F403 - the settings, and what is different below

INSTALLED_APPS = [*INSTALLED_APPS, "pestzorg.bench"]  # noqa: F405 - from the settings
ROOT_URLCONF = "pestzorg.bench.urls"
LOGGING["loggers"] = {"django.request": {"level": "ERROR"}}  # noqa: F405 - thousands of 404s are asked for
# Of the session alone, so that any server will do: a page must not wait for a compiler, rows in memory cost
# little more out of order than in order, and one request has one core.
DATABASES["default"]["OPTIONS"]["options"] = (  # type: ignore[index] # noqa: F405 - from the settings
    "-c jit=off -c random_page_cost=1.1 -c max_parallel_workers_per_gather=0"
)
# Beside a large country, a small one that an earlier run with --keep left: a page must cost the same in both.
DATABASES["small"] = {  # noqa: F405 - from the settings
    **DATABASES["default"],  # noqa: F405 - from the settings
    "NAME": f"{str(DATABASES['default']['NAME']).rpartition('_bench_')[0]}_bench_10k",  # noqa: F405 - the settings
}
