"""Letters: what they look like, and how they reach a real SMTP server on this machine."""

import asyncio
import smtplib
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from hypothesis import given
from hypothesis import strategies as st

from infra.mail import NoMailer, SmtpMailer, letter_message, mailer_for

LETTER: dict[str, Any] = {
    "message_id": "0199f0a2-7b3c-7def-8a01-23456789abcd",
    "sender": "Kith <no-reply@kith.example>",
    "to": "Zoë Ní Bhriain <zoe@example.org>",
    "subject": "A mentor for you",
    "body": "Dear Zoë,\n\nYou have a mentor.\n",
    "sent_at": datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
}


def _letter(**changes: object) -> EmailMessage:
    """A letter, changed where a test needs it."""
    return letter_message(**{**LETTER, **changes})


def _as_read(message: EmailMessage) -> EmailMessage:
    """A letter as a mail reader takes it from the wire."""
    return message_from_bytes(message.as_bytes(), policy=default)


class _Mailbox:
    """What the server of a test has taken."""

    def __init__(self) -> None:
        """An empty mailbox."""
        self.envelopes: list[Envelope] = []
        self.encrypted: list[bool] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a letter, unless it is for somebody unknown."""
        if any(recipient.startswith("nobody") for recipient in envelope.rcpt_tos):
            return "550 There is no such mailbox"
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 Taken"


@contextmanager
def _server(mailbox: _Mailbox, **options: Any) -> Iterator[int]:
    """Run a real SMTP server on a free port, and tell the port."""
    controller = _FreePortController(mailbox, hostname="127.0.0.1", port=0, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


class _FreePortController(Controller):
    """A controller that learns which port the system has given it."""

    def _trigger_server(self) -> None:
        """Learn the port, then greet the server on it as every controller does."""
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


def _only_ada(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    """Let Ada in with her password."""
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"ada@kith", b"p@ss:word/1")
    return AuthResult(success=right, handled=False)


ASKS_PASSWORD: dict[str, Any] = {
    "authenticator": _only_ada,
    "auth_required": True,
    "auth_require_tls": False,
}


@pytest.fixture
def trusted_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for `localhost` that this process trusts, as a server uses it."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
    names = [
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        str(key),
        "-out",
        str(certificate),
    ]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


async def test_letter_reaches_the_mailbox_as_it_was_written() -> None:
    mailbox = _Mailbox()
    with _server(mailbox) as port:
        await SmtpMailer(f"smtp://127.0.0.1:{port}").send(_letter())
    (envelope,) = mailbox.envelopes
    assert envelope.mail_from == "no-reply@kith.example"
    assert envelope.rcpt_tos == ["zoe@example.org"]
    assert isinstance(envelope.content, bytes)
    read = message_from_bytes(envelope.content, policy=default)
    assert str(read["To"]) == LETTER["to"]
    assert read.get_content().replace("\r\n", "\n") == LETTER["body"]
    assert read.get_content_charset() == "utf-8"


async def test_many_letters_go_at_once_without_holding_the_loop() -> None:
    mailbox = _Mailbox()
    with _server(mailbox) as port:
        mailer = SmtpMailer(f"smtp://127.0.0.1:{port}")
        await asyncio.gather(*(mailer.send(_letter(message_id=f"letter-{n}")) for n in range(20)))
    assert len(mailbox.envelopes) == 20


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_password_is_sent_as_it_was_before_the_address_quoted_it() -> None:
    mailbox = _Mailbox()
    with _server(mailbox, **ASKS_PASSWORD) as port:
        await SmtpMailer(f"smtp://ada%40kith:p%40ss%3Aword%2F1@127.0.0.1:{port}").send(_letter())
    assert len(mailbox.envelopes) == 1


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_wrong_password_is_an_error() -> None:
    mailbox = _Mailbox()
    refused = pytest.raises(smtplib.SMTPAuthenticationError)
    with _server(mailbox, **ASKS_PASSWORD) as port, refused:
        await SmtpMailer(f"smtp://ada%40kith:wrong@127.0.0.1:{port}").send(_letter())
    assert mailbox.envelopes == []


async def test_starttls_encrypts_the_letter(trusted_tls: ssl.SSLContext) -> None:
    mailbox = _Mailbox()
    with _server(mailbox, tls_context=trusted_tls, require_starttls=True) as port:
        await SmtpMailer(f"smtp://localhost:{port}?starttls=1").send(_letter())
    assert mailbox.encrypted == [True]


async def test_smtps_encrypts_from_the_start(trusted_tls: ssl.SSLContext) -> None:
    mailbox = _Mailbox()
    with _server(mailbox, ssl_context=trusted_tls) as port:
        await SmtpMailer(f"smtps://localhost:{port}").send(_letter())
    assert len(mailbox.envelopes) == 1


async def test_certificate_of_another_host_is_refused(trusted_tls: ssl.SSLContext) -> None:
    mailbox = _Mailbox()
    with _server(mailbox, tls_context=trusted_tls) as port, pytest.raises(ssl.SSLCertVerificationError):
        await SmtpMailer(f"smtp://127.0.0.1:{port}?starttls=1").send(_letter())
    assert mailbox.envelopes == []


async def test_starttls_never_falls_back_to_the_open() -> None:
    mailbox = _Mailbox()
    with _server(mailbox) as port, pytest.raises(smtplib.SMTPNotSupportedError):
        await SmtpMailer(f"smtp://127.0.0.1:{port}?starttls=1").send(_letter())
    assert mailbox.envelopes == []


async def test_refused_letter_is_an_error() -> None:
    with _server(_Mailbox()) as port, pytest.raises(smtplib.SMTPDataError, match="no such mailbox"):
        await SmtpMailer(f"smtp://127.0.0.1:{port}").send(_letter(to="nobody@example.org"))


async def test_silent_server_is_given_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infra.mail.TIMEOUT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            await SmtpMailer(f"smtp://127.0.0.1:{port}").send(_letter())


async def test_no_mailer_lets_letters_be() -> None:
    await NoMailer().send(_letter())


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (None, NoMailer),
        ("", NoMailer),
        ("smtp://mail.example", SmtpMailer),
        ("smtps://u:p@m.example", SmtpMailer),
    ],
)
def test_setting_chooses_the_mailer(url: str | None, kind: type) -> None:
    assert isinstance(mailer_for(url), kind)


@pytest.mark.parametrize(
    "url",
    [
        "http://mail.example",
        "mail.example:25",
        "smtp://",
        "smtp://mail.example:port",
        "smtp://user:hunter2/x@mail.example",
        "smtp://mail.example?starttls=yes",
        "smtp://mail.example?tls=1",
        "smtp://user:hunter2@mail.example:25",
    ],
)
def test_address_that_cannot_be_followed_is_refused_without_telling_the_password(url: str) -> None:
    with pytest.raises(ValueError, match=r".") as refusal:
        mailer_for(url)
    assert "hunter2" not in str(refusal.value)


def test_same_letter_has_the_same_bytes_and_message_id() -> None:
    first, second = _letter(), _letter()
    assert first["Message-ID"] == "<0199f0a2-7b3c-7def-8a01-23456789abcd@kith.example>"
    assert first.as_bytes() == second.as_bytes()


def test_letter_says_when_it_was_sent_and_that_a_machine_wrote_it() -> None:
    read = _as_read(_letter())
    assert read["Date"].datetime == LETTER["sent_at"]
    assert read["Auto-Submitted"] == "auto-generated"


def test_domain_is_spelt_as_the_domain_name_system_does() -> None:
    assert _letter(to="ada@exämple.org")["To"].addresses[0].addr_spec == "ada@xn--exmple-cua.org"


@pytest.mark.parametrize("broken", ["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize(
    "smuggle",
    [
        lambda broken: {"subject": f"Hello{broken}Bcc: all@example.org"},
        lambda broken: {"to": f"ada@example.org{broken}Bcc: all@example.org"},
        lambda broken: {"sender": f"Kith{broken}Bcc: all@example.org <no-reply@kith.example>"},
        lambda broken: {"message_id": f"x{broken}Bcc: all@example.org"},
    ],
)
def test_header_cannot_be_smuggled_in(smuggle: Callable[[str], dict[str, str]], broken: str) -> None:
    with pytest.raises(ValueError, match=r"headers of a letter|message id"):
        _letter(**smuggle(broken))


@pytest.mark.parametrize(
    "to", ["", "nobody", "<>", "ada@example.org, bob@example.org", "ada@", "@example.org", "a@b@c.example"]
)
def test_letter_goes_to_exactly_one_address(to: str) -> None:
    with pytest.raises(ValueError, match="one mail address"):
        _letter(to=to)


@pytest.mark.parametrize("message_id", ["", "a b", "a@b", "<a>", "a..b", ".a", "a\n"])
def test_message_id_is_plain(message_id: str) -> None:
    with pytest.raises(ValueError, match="message id"):
        _letter(message_id=message_id)


def test_time_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        _letter(sent_at=datetime(2026, 3, 4, 9, 30))  # noqa: DTZ001


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.just("\n"), max_size=2000))
def test_body_survives_the_wire(body: str) -> None:
    read = _as_read(_letter(body=body)).get_content()
    assert read.splitlines() == body.splitlines() or body.strip() == ""


@given(st.text("abc éüŁ漢🙂-.,:", min_size=1, max_size=300).map(lambda text: " ".join(text.split())))
def test_subject_survives_the_wire_in_lines_that_fit(subject: str) -> None:
    wire = _letter(subject=subject).as_bytes()
    assert max(map(len, wire.split(b"\r\n"))) <= 78
    assert wire.isascii()
    assert message_from_bytes(wire, policy=default)["Subject"] == subject
