"""The way round QUIC in Debian's Firefox: it sends and looks over a WebSocket as Chromium does."""

from pathlib import Path

import pytest

from diemcau.core.roles import Role
from tests.core.samples import HANOI
from tests.e2e.browsers import LISTEN
from tests.e2e.fallback import CAMERA, CAMERA_ON, HEARD, MOVES, ROUND, a_centre
from tests.e2e.firefox import a_firefox

# A small camera: a machine that tests can't follow would be asked for less, and then for no moving picture at all.
BEFORE = """
() => {
  delete globalThis.WebTransport;
  const devices = navigator.mediaDevices;
  if (devices === undefined) return;
  const open = devices.getUserMedia.bind(devices);
  devices.getUserMedia = (asked) => open({ ...asked, video: { width: 320, height: 180 } });
}
"""

pytestmark = [pytest.mark.anyio, pytest.mark.browser, pytest.mark.slow]


async def test_firefox_sends_and_looks_over_the_web_server(tmp_path: Path) -> None:
    async with a_centre(tmp_path) as centre, a_firefox(tmp_path) as firefox:
        await firefox.ask("script.addPreloadScript", functionDeclaration=BEFORE)
        await firefox.ask("script.addPreloadScript", functionDeclaration=f"() => {{ {LISTEN} }}")
        hall = await firefox.open(centre.enter(Role.PROGRAM))
        site = await firefox.open(centre.enter(Role.SITE, HANOI))
        await firefox.press(site, CAMERA)
        await firefox.press(site, CAMERA_ON)

        for true in (MOVES, HEARD, ROUND):
            await firefox.until(hall, f"({true})()")

        assert await centre.carriers() == {HANOI: "websocket"}
