"""The preview's routes: the shell, the framed renditions, the stream that says "built anew"."""

from __future__ import annotations

import mimetypes
from collections.abc import AsyncIterator
from importlib import resources

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from digest.deliveries import Rendition
from digest.desk.guard import Guard
from digest.desk.pages import Pages, tab_of
from digest.desk.state import Desk
from digest.errors import RenderError

FRAMED = (
    "sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
"""No script runs in an issue, and it loads nothing from elsewhere: a preview tells nobody."""

STATIC = {"desk.css": "text/css; charset=utf-8", "desk.js": "text/javascript; charset=utf-8"}
SOURCES = (".txt", ".md", ".json")


def make_app(desk: Desk, pages: Pages, *, port: int) -> Starlette:
    """The desk as an ASGI application that answers only to this machine's names and ``port``."""

    async def shell(request: Request) -> Response:
        tab = tab_of(request.query_params.get("tab"))
        try:
            return HTMLResponse(pages.shell(desk.shown, tab))
        except RenderError as error:
            return Response(f"{error}\n", status_code=500, media_type="text/plain")

    async def state(_request: Request) -> Response:
        return JSONResponse({"version": desk.shown.version, "error": desk.shown.error})

    async def rendition(request: Request) -> Response:
        return _framed(_get(desk, request), pages)

    async def events(_request: Request) -> Response:
        return StreamingResponse(_events(desk), media_type="text/event-stream")

    return Starlette(
        routes=[
            Route("/", shell, methods=["GET"]),
            Route("/state", state, methods=["GET"]),
            Route("/events", events, methods=["GET"]),
            Route("/static/{name}", _static, methods=["GET"]),
            Route("/issue/{name:path}", rendition, methods=["GET"]),
        ],
        middleware=[Middleware(Guard, port=port)],
    )


def _get(desk: Desk, request: Request) -> Rendition:
    found = desk.shown.find(request.path_params["name"])
    if found is None:
        raise HTTPException(404, "The last good build has no such file.")
    return found


def _framed(rendition: Rendition, pages: Pages) -> Response:
    headers = {"content-security-policy": FRAMED}
    if rendition.name.endswith(SOURCES):
        text = rendition.content.decode("utf-8", "replace")
        return HTMLResponse(pages.source(rendition.name, text), headers=headers)
    kind = mimetypes.guess_type(rendition.name)[0] or "application/octet-stream"
    return Response(rendition.content, media_type=kind, headers=headers)


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404, "There is no such file.")
    content = resources.files("digest.desk").joinpath("static", name).read_bytes()
    return Response(content, headers={"content-type": STATIC[name]})


async def _events(desk: Desk) -> AsyncIterator[str]:
    """Server-sent events (HTML, 9.2): the version now and after every build."""
    yield "retry: 500\n\n"
    async for version in desk.versions():
        yield f"event: built\ndata: {version}\n\n"
