"""Mail, handed to a real SMTP server on this machine that behaves as told."""

import email
import email.header
import socket
import threading
from collections.abc import Callable, Iterator
from email.message import Message

import pytest
from django.test import override_settings

from makewhole.config.environment import BadSetting
from makewhole.config.mail import MailServer, mail_server
from makewhole.integrations.messages.mail import Mail
from makewhole.rooms.notices.ports import NotCarried, NoticeRefused, Outgoing

MESSAGE = Outgoing("key-1", "li@example.com", "退款 ¥129.00 已付出。\n请留意。", subject="订单 T-1：\n款项已付出")
SMTP = "django.core.mail.backends.smtp.EmailBackend"
Talk = Callable[[str], str | None]


class SmtpServer:
    """Speaks just enough SMTP (RFC 5321). `reply` may answer a command otherwise; '' hangs up."""

    def __init__(self, reply: Talk = lambda command: None) -> None:
        self.reply = reply
        self.messages: list[Message] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection, connection.makefile("rwb") as stream:
            stream.write(b"220 ready\r\n")
            stream.flush()
            while line := stream.readline():
                answer = self._answer(line.decode().strip())
                if answer == "":
                    return
                stream.write(answer.encode() + b"\r\n")
                stream.flush()
                if answer.startswith("354"):
                    lines = iter(stream.readline, b".\r\n")
                    self.messages.append(email.message_from_bytes(b"".join(lines)))
                    answer = self.reply("the message") or "250 kept"
                    stream.write(answer.encode() + b"\r\n")
                    stream.flush()
                if answer.startswith("221"):
                    return

    def _answer(self, command: str) -> str:
        said = self.reply(command.split(":")[0].split(" ")[0].upper())
        if said is not None:
            return said
        if command.upper().startswith("DATA"):
            return "354 go on"
        return "221 bye" if command.upper().startswith("QUIT") else "250 fine"


@pytest.fixture
def smtp() -> Iterator[Callable[[Talk], SmtpServer]]:
    servers: list[SmtpServer] = []

    def start(reply: Talk = lambda command: None) -> SmtpServer:
        servers.append(SmtpServer(reply))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def carried(port: int) -> None:
    with override_settings(
        EMAIL_BACKEND=SMTP,
        EMAIL_HOST="127.0.0.1",
        EMAIL_PORT=port,
        EMAIL_HOST_USER="",
        EMAIL_USE_TLS=False,
        EMAIL_USE_SSL=False,
        EMAIL_TIMEOUT=1,
        DEFAULT_FROM_EMAIL="makewhole@example.com",
    ):
        Mail().carry(MESSAGE)


def test_mail_arrives_as_plain_text_with_a_subject_of_one_line(smtp: Callable[..., SmtpServer]) -> None:
    server = smtp()
    carried(server.port)
    (message,) = server.messages
    subject = email.header.make_header(email.header.decode_header(message["subject"]))
    assert str(subject) == "订单 T-1： 款项已付出"
    assert message.get_content_type() == "text/plain"
    payload = message.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode("utf-8").splitlines() == MESSAGE.body.splitlines()
    assert message["message-id"] == "<key-1@makewhole.invalid>"
    assert message["auto-submitted"] == "auto-generated"


@pytest.mark.parametrize(
    ("at", "answer", "status", "for_good", "unknown"),
    [
        ("RCPT", "550 no such mailbox", 550, True, False),
        ("RCPT", "450 mailbox busy", 450, False, False),
        ("MAIL", "451 try later", 451, False, False),
        ("the message", "554 looks like spam", 554, True, False),
        ("DATA", "", 0, False, True),
    ],
)
def test_a_failure_says_whether_to_try_again(
    smtp: Callable[..., SmtpServer], at: str, answer: str, status: int, for_good: bool, unknown: bool
) -> None:
    server = smtp(lambda command: answer if command == at else None)
    with pytest.raises(NotCarried) as failed:
        carried(server.port)
    assert (failed.value.status, failed.value.for_good, failed.value.unknown) == (status, for_good, unknown)


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(NotCarried, match="cannot be reached") as failed:
        carried(port)
    assert not failed.value.for_good
    assert not failed.value.unknown


def test_the_console_prints_mail(capsys: pytest.CaptureFixture[str]) -> None:
    with override_settings(EMAIL_BACKEND=mail_server("console:").backend):
        Mail().carry(MESSAGE)
    assert "To: li@example.com" in capsys.readouterr().out


def test_only_a_mail_address_is_one() -> None:
    Mail().check("li@example.com")
    for address in ("li", "li@", "li@example.com\nbcc: all@example.com"):
        with pytest.raises(NoticeRefused):
            Mail().check(address)


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", MailServer()),
        (
            "smtp://li:p%40ss@mail.example.com",
            MailServer(SMTP, "mail.example.com", 587, "li", "p@ss", tls=True),
        ),
        ("smtps://mail.example.com", MailServer(SMTP, "mail.example.com", 465, ssl=True)),
        ("smtp+plain://localhost:2525", MailServer(SMTP, "localhost", 2525)),
    ],
)
def test_the_mail_setting_is_read(url: str, server: MailServer) -> None:
    assert mail_server(url) == server


@pytest.mark.parametrize(
    "url", ["mail.example.com", "http://li:secret@mail", "smtp://:secret@", "smtp://li:secret@host:port"]
)
def test_a_mail_setting_that_is_none_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BadSetting, match="MAKEWHOLE_MAIL_URL") as refused:
        mail_server(url)
    assert "secret" not in str(refused.value)
