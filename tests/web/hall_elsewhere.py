"""A hall on another machine: `python -m tests.web.hall_elsewhere BASE ROOT TOKEN`.

Enters by a token over HTTPS, opens a live line, asks for the floor, and lets its camera take part
until its own picture has come back as the program. Tells on standard output, one JSON line a step, what it met.
"""

import asyncio
import json
import ssl
import sys

import httpx
import websockets

from diemcau.core.ids import ConferenceId, SiteId
from diemcau.media.rehearsal_sites.report import FirstFrame, Report
from diemcau.media.rehearsal_sites.sending import Quality
from diemcau.media.rehearsal_sites.site import Hall, RehearsalSite

PATIENCE = 30


def tell(step: str, met: object) -> None:
    sys.stdout.write(json.dumps({step: met}) + "\n")
    sys.stdout.flush()


async def main(base: str, root: str, token: str) -> None:
    trusted = ssl.create_default_context(cafile=root)
    async with httpx.AsyncClient(
        base_url=base, verify=trusted, headers={"Origin": base}, trust_env=False, timeout=PATIENCE
    ) as client:
        desk = (await client.post("/enter", json={"token": token})).json()["desk"]
        me, way = [(await client.get(f"{desk}{name}")).json() for name in ("me", "media")]
        tell("me", me)
        cookie = f"pass={client.cookies['pass']}"
        live = f"{base.replace('https', 'wss', 1)}{desk}live"
        async with websockets.connect(
            live, ssl=trusted, origin=websockets.Origin(base), additional_headers={"Cookie": cookie}, proxy=None
        ) as line:
            tell("board", sorted(json.loads(await line.recv())["sections"]))
            await line.send('{"kind": "ask", "id": "a", "name": "RequestFloor", "body": {"topic": "Cán bộ"}}')
            while (answer := json.loads(await line.recv()))["kind"] != "answer":
                pass
            tell("answer", answer)
        tell("picture", await picture(me, way))


async def picture(me: dict[str, str], way: dict[str, object]) -> list[object]:
    """Send sound and picture until the first frame of the program is here; return whose it is, and if it is whole."""
    url, _, token = str(way["camera"]).partition("/camera?jwt=")
    hall = Hall(
        conference=ConferenceId(me["conference"]),
        site=SiteId(me["site"]),
        name="Huế",
        url=url,
        fingerprints=tuple(way["fingerprints"]) if isinstance(way["fingerprints"], list) else (),
        token=token,
    )
    heard: asyncio.Queue[Report] = asyncio.Queue()
    taking_part = asyncio.create_task(RehearsalSite(hall, Quality(), heard.put_nowait).run())
    try:
        async with asyncio.timeout(PATIENCE):
            while not isinstance(report := await heard.get(), FirstFrame):
                pass
            return [report.site, report.is_whole]
    finally:
        taking_part.cancel()
        await asyncio.gather(taking_part, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
