"""A service that is told to stop does not wait for whoever follows it."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx2

from kith.ground.settings import Settings
from tests.clients.service import free_port
from tests.schema.streams import PATIENCE, Service
from tests.world import World

ROOT = Path(__file__).parents[2]
FOLLOW = "subscription { activity { cursor } }"


async def test_open_sockets_and_streams_end_with_the_service(settings: Settings, world: World) -> None:
    port, token = free_port(), world.harbour.secrets["admin"]
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}",
        "KITH_ENVIRONMENT": "development",
        "KITH_DATABASE": settings.database,
        "KITH_BROKER": settings.broker,
    }
    command = (sys.executable, "-m", "infra.cli", "serve", "--port", str(port))
    child = await asyncio.create_subprocess_exec(*command, env=environment, cwd=ROOT, stderr=asyncio.subprocess.PIPE)
    service = Service(f"127.0.0.1:{port}")
    try:
        await _up(service)
        async with service.socket(token) as client, service.stream(token, FOLLOW) as stream:
            await client.subscribe("1", FOLLOW)
            await client.subscribe("2", "{ viewer { roles } }")
            assert await client.next("2") == {"viewer": {"roles": ["ADMIN"]}}
            child.send_signal(signal.SIGTERM)
            assert await client.closed() == 1012
            assert await stream.heard() == ("end", None)
        async with asyncio.timeout(PATIENCE):
            _, said = await child.communicate()
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    assert child.returncode == 0
    assert b"graceful shutdown exceeded" not in said
    assert b"127.0.0.1" not in said.replace(b"http://127.0.0.1", b"")  # nobody's address, only where it listens
    assert b'"message":"socket"' in said


async def _up(service: Service) -> None:
    async with httpx2.AsyncClient() as client, asyncio.timeout(PATIENCE):
        while True:
            try:
                await client.get(f"http://{service.address}/healthz")
            except httpx2.TransportError:
                await asyncio.sleep(0.1)
            else:
                return
