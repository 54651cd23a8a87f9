"""Structured logs: one JSON object a line, and nothing personal in them."""

import logging
import sys
import time
from datetime import UTC, datetime
from functools import lru_cache
from traceback import extract_tb
from typing import Any

import orjson

ACCESS = logging.getLogger("kith.http")
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object. Of an error it says type and place, never its words."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _OWN}
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["where"] = [f"{f.filename.rsplit('/', 1)[-1]}:{f.lineno}" for f in extract_tb(record.exc_info[2])][-8:]
        return orjson.dumps(line, default=str).decode()


def access_line(method: str, path: str, status: int, milliseconds: float) -> None:
    """One line for a request, written without a log record: there is one for every request."""
    if ACCESS.isEnabledFor(logging.INFO):
        second, thousandths = divmod(time.time_ns() // 1_000_000, 1000)
        at = f"{_second(second)}.{thousandths:03d}+00:00"
        sys.stderr.write(
            f'{{"at":"{at}","level":"info","logger":"{ACCESS.name}","message":"request","method":"{method}",'
            f'"path":"{path}","status":{status},"ms":{milliseconds:.1f}}}\n'
        )


@lru_cache(2)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def set_up(level: str) -> None:
    """Send every log of this process to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("uvicorn.access").disabled = True  # ours says less, on purpose
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    # It names the client's address whenever a socket opens.
    logging.getLogger("uvicorn.error").addFilter(lambda record: '"WebSocket ' not in str(record.msg))
    for name in ("dramatiq", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
