"""Health: whether the server lives, and whether it can serve."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from diemcau.web.problems import Problem
from diemcau.web.visitors import house_of


class Live(BaseModel):
    """The server answers."""

    status: str = "live"


class Ready(BaseModel):
    """The server can serve; `checked` names what was looked at."""

    status: str = "ready"
    checked: list[str]


def routes() -> APIRouter:
    """Return the routes of health."""
    router = APIRouter(prefix="/health", tags=["operating"])

    @router.get("/live", summary="Whether the server answers")
    async def live() -> Live:
        return Live()

    @router.get("/ready", summary="Whether the server can serve; 503 says what it lacks")
    async def ready(request: Request) -> Ready:
        checks = house_of(request).parts.checks
        lacking = {name: said for name, check in checks.items() if (said := await check()) is not None}
        if lacking:
            missing = "; ".join(f"{name}: {said}" for name, said in lacking.items())
            raise Problem("not_ready", missing=missing)
        return Ready(checked=sorted(checks))

    return router
