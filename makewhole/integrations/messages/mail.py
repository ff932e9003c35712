"""Mail through the mail server of the settings (Django's backends; `console:` prints it)."""

import smtplib

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email

from makewhole.core.words import Text
from makewhole.rooms.notices.ports import Carried, NotCarried, NoticeRefused, Outgoing

MAIL_DOMAIN = "makewhole.invalid"


class Mail:
    """Sends plain text. The message id is made of the key, so that mail programs show a repeat once."""

    def check(self, address: str) -> None:
        try:
            validate_email(address)
        except ValidationError:
            raise NoticeRefused(
                "mail_address",
                Text(f"“{address}”不是邮箱地址。", f"{address!r} is not a mail address."),
                "email",
            ) from None

    def carry(self, message: Outgoing) -> Carried:
        subject = " ".join(message.subject.split())
        mail = EmailMessage(
            subject,
            message.body,
            to=[message.address],
            headers={"Message-ID": f"<{message.key}@{MAIL_DOMAIN}>", "Auto-Submitted": "auto-generated"},
        )
        try:
            mail.send()
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise NotCarried(_said(code, said), status=code, for_good=code >= 500) from error
        except smtplib.SMTPResponseException as error:
            raise NotCarried(
                _said(error.smtp_code, error.smtp_error), status=error.smtp_code, for_good=error.smtp_code >= 500
            ) from error
        except smtplib.SMTPServerDisconnected as error:
            raise NotCarried(f"the mail server hung up: {error}", unknown=True) from error
        except TimeoutError as error:
            raise NotCarried("the mail server did not answer in time", unknown=True) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotCarried(f"the mail server cannot be reached: {error}") from error
        return Carried(0, "handed to the mail server")


def _said(code: int, said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return f"{code} {text}"
