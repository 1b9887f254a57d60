"""The mails of the demo: readable in the demo, absent everywhere else, and no way to other files."""

from __future__ import annotations

import os

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

BACKEND = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def folder(tmp_path, settings):
    settings.DEMO = True
    settings.EMAIL_FILE_PATH = str(tmp_path / "mails")
    return tmp_path / "mails"


@pytest.fixture
def reader(scene, client):
    client.force_login(scene.teacher)
    return client


CONNECTIONS: list[object] = []


def send(folder, *subjects, at=0):
    """One connection, and so one file, with a mail per subject."""
    known = set(folder.glob("*"))
    mails = []
    for subject in subjects:
        mail = EmailMultiAlternatives(subject, f"Tekst van {subject}", to=["marit@example.org"])
        mail.attach_alternative("<p>html</p>", "text/html")
        mails.append(mail)
    connection = get_connection(BACKEND, file_path=str(folder))
    # Django names the file by second and by address in memory; one that is gone may be used again.
    CONNECTIONS.append(connection)
    connection.send_messages(mails)
    (new,) = set(folder.glob("*")) - known
    os.utime(new, (at, at))
    return new.stem


def test_the_newest_mail_stands_first(folder, reader):
    send(folder, "Eerste", "Tweede", at=1000)
    send(folder, "Derde", at=2000)
    page = reader.get("/demo/mails/").content.decode()
    assert page.index("Derde") < page.index("Tweede") < page.index("Eerste")


def test_one_mail_shows_address_and_text(folder, reader):
    name = send(folder, "Eerste", "Tweede")
    page = reader.get(f"/demo/mails/{name}-2/").content.decode()
    assert "marit@example.org" in page
    assert "Tekst van Tweede" in page
    assert "Tekst van Eerste" not in page


def test_an_empty_folder_says_so(folder, reader):
    assert "No mail yet" in reader.get("/demo/mails/").content.decode()


@pytest.mark.parametrize("name", ["absent-1", "..", "..%2Fsecret", "%2Fetc%2Fpasswd"])
def test_no_other_file_can_be_read(folder, reader, name):
    folder.mkdir()
    (folder.parent / "secret.log").write_text("Subject: secret\n\nsecret\n")
    assert reader.get(f"/demo/mails/{name}/").status_code in {301, 404}


def test_outside_the_demo_there_are_no_such_pages(folder, reader, settings):
    name = send(folder, "Eerste")
    settings.DEMO = False
    assert reader.get("/demo/mails/").status_code == 404
    assert reader.get(f"/demo/mails/{name}-1/").status_code == 404


def test_a_stranger_signs_in_first(folder, db, client):
    assert client.get("/demo/mails/").status_code == 302
