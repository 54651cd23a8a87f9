"""Settings: the only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from kith.ground.errors import Misconfigured

MOST_POINTS = 1_000_000_000  # the API's whole numbers have 32 bits


@dataclass(frozen=True, slots=True)
class Settings:
    """What a deployment decides, read once at start.

    Databases are PostgreSQL addresses (`postgresql://user:password@host:port/name`). The serving address
    signs in as a role that owns nothing; the migrating one may create roles and tables.
    """

    environment: str
    database: str
    broker: str
    migrations: str | None
    origins: tuple[str, ...]
    smtp: str | None
    mail_from: str
    log_level: str
    unfinished_jobs_per_organisation: int
    job_lease_seconds: int
    pool_size: int
    cost_capacity: int
    cost_restore: int
    cost_clients: int
    documents: tuple[str, ...]
    documents_mode: str

    @property
    def development(self) -> bool:
        """Whether pages that only a developer may see (the mailbox) are served."""
        return self.environment == "development"


def read(environ: Mapping[str, str] | None = None, **given: str) -> Settings:
    """The settings of this process; `given` values stand before the environment.

    Raises Misconfigured, naming the variable, when one is missing or makes no sense.
    """
    values = {
        **(os.environ if environ is None else environ),
        **{f"KITH_{k.upper()}": v for k, v in given.items()},
    }
    return Settings(
        environment=_one_of(values, "KITH_ENVIRONMENT", ("production", "development")),
        database=_needed(values, "KITH_DATABASE"),
        broker=_needed(values, "KITH_BROKER"),
        migrations=values.get("KITH_MIGRATIONS"),
        origins=tuple(origin.rstrip("/") for origin in _listed(values, "KITH_ORIGINS")),
        smtp=_smtp(values),
        mail_from=values.get("KITH_MAIL_FROM", "Kith <no-reply@kith.invalid>"),
        log_level=values.get("KITH_LOG_LEVEL", "INFO").upper(),
        unfinished_jobs_per_organisation=_number(values, "KITH_UNFINISHED_JOBS", 20, at_least=1),
        job_lease_seconds=_number(values, "KITH_JOB_LEASE_SECONDS", 120, at_least=1),
        pool_size=_number(values, "KITH_POOL_SIZE", 10, at_least=2),
        cost_capacity=_number(values, "KITH_COST_CAPACITY", 40_000, at_least=1, at_most=MOST_POINTS),
        cost_restore=_number(values, "KITH_COST_RESTORE", 500, at_least=1, at_most=MOST_POINTS),
        cost_clients=_number(values, "KITH_COST_CLIENTS", 10, at_least=1, at_most=MOST_POINTS),
        documents=_listed(values, "KITH_DOCUMENTS"),
        documents_mode=_documents_mode(values),
    )


def _needed(values: Mapping[str, str], name: str) -> str:
    value = values.get(name, "")
    if not value:
        raise Misconfigured(f"Set {name}; the README's section 'Deploying' says to what.")
    return value


def _smtp(values: Mapping[str, str]) -> str | None:
    """Where letters leave; only a developer may leave it open, because a letter that goes nowhere is a silence."""
    value = values.get("KITH_SMTP") or ("none" if values.get("KITH_ENVIRONMENT") == "development" else "")
    if not value:
        raise Misconfigured("Set KITH_SMTP to the mail server's address, or to 'none' if letters shall not leave.")
    return None if value == "none" else value


def _listed(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in values.get(name, "").split(",") if part.strip())


def _documents_mode(values: Mapping[str, str]) -> str:
    """Which documents are run; whoever names trusted ones means them to be found."""
    named = _listed(values, "KITH_DOCUMENTS")
    modes = ("prefer", "require", "off") if named else ("off", "prefer", "require")
    mode = _one_of(values, "KITH_DOCUMENTS_MODE", modes)
    if mode == "require" and not named:
        raise Misconfigured("KITH_DOCUMENTS_MODE is 'require': name in KITH_DOCUMENTS the documents that may run.")
    return mode


def _one_of(values: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = values.get(name, choices[0])
    if value not in choices:
        raise Misconfigured(f"{name} is '{value}'; it takes one of {', '.join(choices)}.")
    return value


def _number(values: Mapping[str, str], name: str, default: int, *, at_least: int, at_most: int | None = None) -> int:
    text = values.get(name, str(default))
    if not text.isdecimal() or int(text) < at_least:
        raise Misconfigured(f"{name} is '{text}'; it takes a whole number of at least {at_least}.")
    if at_most is not None and int(text) > at_most:
        raise Misconfigured(f"{name} is '{text}'; it takes a whole number of at most {at_most}.")
    return int(text)
