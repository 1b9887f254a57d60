# One image for web, worker, beat and migrate. The first stage needs pip, the second does not.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
WORKDIR /app
COPY requirements.txt ./
RUN /venv/bin/pip install --require-hashes --requirement requirements.txt
COPY . .
# The two keys only let the settings load here; they are made for this step and do not stay.
# Left out: a second viewer of the API that nobody uses, styles for right-to-left scripts, and in the
# end the maps for debugging (not earlier: hashing the names follows every reference).
RUN export SECRET_KEY="$(/venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    && export FIELD_KEYSET="$(/venv/bin/python -c 'from pestzorg.crypto.keyset import new_keyset as new; print(new())')" \
    && /venv/bin/python manage.py messages compile \
    && /venv/bin/python manage.py collectstatic --noinput --verbosity 0 --ignore redoc --ignore '*rtl*' \
    && find var/static -name '*.map' -delete \
    && mkdir var/anchors

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 pestzorg \
    && useradd --uid 10001 --gid 10001 --home-dir /app --no-create-home --shell /usr/sbin/nologin pestzorg
COPY --from=build /venv /venv
# Owned by root: the program cannot change itself, only write in var.
COPY --from=build /app /app
COPY --from=build --chown=10001:10001 /app/var /app/var
WORKDIR /app
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 DJANGO_SETTINGS_MODULE=pestzorg.settings
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "pestzorg.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "--no-control-socket", "--worker-tmp-dir", "/dev/shm"]
