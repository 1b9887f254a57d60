"""What each mail service tells of a mail that came back, in its own words."""

from __future__ import annotations

import json
from typing import Any

from pestzorg.outbox.models import Mail

PROVIDERS = ("brevo", "mailjet", "postmark")


def payload(provider: str, what: str, email: str, mail: Mail | None, number: int = 1) -> Any:
    """As the documentation of each service has it, with the words of a mail and a server in it."""
    uuid = str(mail.uuid) if mail else None
    custom = json.dumps({"mail": uuid}) if uuid else None
    match provider:
        case "brevo":
            names = {"hard": "hard_bounce", "soft": "soft_bounce", "complaint": "spam"}
            told = {"event": names[what], "email": email, "message-id": f"<{number}@brevo>"}
            told |= {"ts_epoch": 1762000000000 + number, "subject": "Xsubject", "reason": "Xreason"}
            return {**told, **({"X-Mailin-custom": custom} if custom else {})}
        case "mailjet":
            told = {"event": "spam" if what == "complaint" else "bounce", "email": email}
            told |= {"MessageID": number, "time": 1762000000 + number, "comment": "Xreason"}
            if what != "complaint":
                told |= {"hard_bounce": what == "hard", "error": "user unknown"}
            return [{**told, **({"Payload": custom} if custom else {})}]
    kind = {"hard": "HardBounce", "soft": "SoftBounce", "complaint": "SpamComplaint"}[what]
    told = {"RecordType": "SpamComplaint" if what == "complaint" else "Bounce", "Type": kind}
    told |= {"ID": number, "Email": email, "MessageID": f"m{number}", "Subject": "Xsubject"}
    told |= {"BouncedAt": "2025-11-03T09:00:00Z", "Content": "Xcontent", "Details": "Xreason"}
    return {**told, "Metadata": {"mail": uuid} if uuid else {}}
