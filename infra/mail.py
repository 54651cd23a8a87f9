"""Letters by electronic mail: what a letter looks like on the wire, and what carries it away."""

import asyncio
import re
import smtplib
import ssl
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_address
from typing import Protocol, Self
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

TIMEOUT_SECONDS = 20.0
_WIRE = SMTP.clone(cte_type="7bit")  # every server takes seven bits, whatever language a letter is in
_MESSAGE_ID = re.compile(r"[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*")
_BREAKING_CATEGORIES = {"Cc", "Cs", "Zl", "Zp"}  # controls, lone surrogates, line and paragraph separators


class Mailer(Protocol):
    """What carries a letter to its reader's mailbox."""

    async def send(self, message: EmailMessage) -> None:
        """Hand the letter over; an exception means that nobody has taken it."""


class NoMailer:
    """The mailer of development: letters stay in the letters table, to be read there."""

    async def send(self, message: EmailMessage) -> None:
        """Let the letter be."""


@dataclass(frozen=True, slots=True)
class _Server:
    """Where and how to hand letters over, as an SMTP address tells."""

    host: str
    port: int
    encryption: str  # "none", "starttls" or "tls"
    user: str | None
    password: str | None = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read smtp://user:password@host:port?starttls=1 or smtps://user:password@host:port."""
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("A mail address of the service is smtp://host:port or smtps://host:port.")
        encryption = _encryption(parts)
        server = cls(
            host=parts.hostname,
            port=_port(parts) or {"none": 25, "starttls": 587, "tls": 465}[encryption],
            encryption=encryption,
            user=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )
        server.refuse_open_password()
        return server

    def refuse_open_password(self) -> None:
        """A password goes over the network encrypted; in the open only to this same machine."""
        if self.user and self.encryption == "none" and not _is_this_machine(self.host):
            raise ValueError("A mail password needs smtps:// or ?starttls=1 to stay secret.")

    def connect(self) -> smtplib.SMTP:
        """Open the connection, encrypted and signed in as asked."""
        connection = self._open()
        try:
            if self.encryption == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if self.user:
                connection.login(self.user, self.password or "")
        except BaseException:
            connection.close()
            raise
        return connection

    def _open(self) -> smtplib.SMTP:
        """Open the connection itself."""
        if self.encryption == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT_SECONDS, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)


class SmtpMailer:
    """Hands letters to an SMTP server, one connection a letter, in a thread that may wait."""

    def __init__(self, url: str) -> None:
        """Read the server's address; nothing is connected yet."""
        self._server = _Server.parse(url)

    async def send(self, message: EmailMessage) -> None:
        """Hand the letter over; what smtplib raises tells why nobody has taken it."""
        await asyncio.to_thread(self._deliver, message)

    def _deliver(self, message: EmailMessage) -> None:
        """Hand the letter over, in the calling thread."""
        with self._server.connect() as connection:
            connection.send_message(message)


def mailer_for(url: str | None) -> Mailer:
    """The mailer of a setting: SMTP where it names a server, none where it is empty."""
    return SmtpMailer(url) if url else NoMailer()


def letter_message(
    *, message_id: str, sender: str, to: str, subject: str, body: str, sent_at: datetime
) -> EmailMessage:
    """The letter as a message.

    The same letter always has the same Message-ID, `<message_id@domain of the sender>`, so a mailbox
    that is handed a letter twice can show it once. Text that would smuggle in a header is refused.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError("A message id is letters and digits, joined by single dots, dashes or underscores.")
    if sent_at.tzinfo is None:
        raise ValueError("The time a letter is sent at needs a time zone.")
    from_address, to_address = _address(sender), _address(to)
    message = EmailMessage(policy=_WIRE)
    message["From"] = from_address
    message["To"] = to_address
    message["Subject"] = _one_line(subject)
    message["Date"] = sent_at
    message["Message-ID"] = f"<{message_id}@{from_address.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body, charset="utf-8")
    return message


def _encryption(parts: SplitResult) -> str:
    """What the scheme and the options of an SMTP address ask of the connection."""
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    starttls = options.pop("starttls", "0")
    if options or starttls not in {"0", "1"}:
        raise ValueError("The one option of a mail address is starttls, 0 or 1.")
    if parts.scheme == "smtps":
        return "tls"
    return "starttls" if starttls == "1" else "none"


def _port(parts: SplitResult) -> int | None:
    """The port an SMTP address names; the refusal of a bad one repeats none of the address."""
    try:
        return parts.port
    except ValueError:
        raise ValueError("The port of a mail address is a number.") from None


def _is_this_machine(host: str) -> bool:
    """Whether a host is the loopback of this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _one_line(text: str) -> str:
    """A header's text, refused where a character of it would start a new line or means nothing."""
    if any(unicodedata.category(character) in _BREAKING_CATEGORIES for character in text):
        raise ValueError("The headers of a letter hold no line breaks and no control characters.")
    return text


def _address(text: str) -> Address:
    """The one mailbox that a text names, `ada@example.org` or `Ada <ada@example.org>`."""
    addresses = _mailboxes(_one_line(text))
    if len(addresses) != 1 or not (addresses[0].username and addresses[0].domain):
        raise ValueError("A letter goes from one mail address to one mail address.")
    return _with_ascii_domain(addresses[0])


def _mailboxes(text: str) -> tuple[Address, ...]:
    """Every mailbox that a text names, none where it is not written as it should be."""
    try:
        header = _WIRE.header_factory("To", text)
    except (IndexError, HeaderParseError):  # what the parser does with a text that stops too early
        return ()
    return () if header.defects else tuple(header.addresses)


def _with_ascii_domain(address: Address) -> Address:
    """The address with its domain as the domain name system spells it, which every server takes."""
    if address.domain.isascii():
        return address
    return Address(address.display_name, address.username, address.domain.encode("idna").decode("ascii"))
