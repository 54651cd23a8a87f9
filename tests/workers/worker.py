"""A worker in a process of its own, for a test to kill: `python -m tests.workers.worker`."""

import asyncio
import signal

from kith.ground import settings
from tests.workers import doing
from workers.process import Workers


async def main() -> None:
    """Work until told to stop."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    workers = Workers(settings.read(), {}, doing.NoPost())
    await workers.start()
    print("ready", flush=True)
    await stop.wait()
    await workers.stop()


if __name__ == "__main__":
    with doing.operations():
        asyncio.run(main())
