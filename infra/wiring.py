"""The one place that knows every part: from settings to a running service."""

from collections.abc import Callable
from datetime import datetime

from infra.mail import Mailer, letter_message, mailer_for
from kith.ground.discovery import load
from kith.ground.settings import Settings
from schema.trusted import Trusted
from tenants.budget import Allowance, Budgets
from tenants.work import Workplace, engine_for, utc_now
from workers.reactions import REACTIONS


class LettersByMail:
    """Sends letters through a mailer."""

    def __init__(self, mailer: Mailer, sender: str) -> None:
        self._mailer, self._sender = mailer, sender

    async def send(self, *, message_id: str, to: str, subject: str, body: str, written_at: datetime) -> None:
        """Send one letter; raises when it was not accepted."""
        await self._mailer.send(
            letter_message(
                message_id=message_id, sender=self._sender, to=to, subject=subject, body=body, sent_at=written_at
            )
        )


def post_for(settings: Settings) -> LettersByMail:
    """How letters leave, by the settings: SMTP, or the mailbox page alone."""
    return LettersByMail(mailer_for(settings.smtp), settings.mail_from)


def workplace_for(settings: Settings, *, clock: Callable[[], datetime] = utc_now) -> Workplace:
    """Where this process opens work, and by which clock."""
    load("kith", "tenants")
    engine = engine_for(settings.database, pool_size=settings.pool_size)
    return Workplace(engine, REACTIONS, post_for(settings), clock)


def budgets_for(settings: Settings, workplace: Workplace) -> Budgets:
    """What clients and organisations may ask for, as this process sees it."""
    allowance = Allowance(settings.cost_capacity, settings.cost_restore, settings.cost_clients)
    return Budgets(workplace.engine, allowance)


def trusted_for(settings: Settings) -> Trusted:
    """The documents that this deployment trusts. Raises Misconfigured."""
    return Trusted(settings.documents_mode, settings.documents)
