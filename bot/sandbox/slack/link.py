"""The WebSocket a Socket Mode client opens with its ticket (Slack fact sheet, section 8)."""

import json
from typing import Any

from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.sandbox.slack.platform import Platform
from bot.sandbox.slack.sockets import Socket, farewell

CONNECTION_SECONDS = 18_060  # what Slack announces of a connection's life


class Link:
    """The endpoint of one platform."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def connect(self, websocket: WebSocket) -> None:
        """Take one connection from its ticket to its end."""
        good = self._platform.tickets.redeem(websocket.query_params.get("ticket", ""))
        if self._platform.faults.take("handshake_failure"):
            await websocket.send_denial_response(PlainTextResponse("handshake failed", status_code=502))
        elif not good:
            await websocket.send_denial_response(PlainTextResponse("no such ticket", status_code=404))
        elif self._platform.sockets.full:
            await websocket.accept()
            await websocket.send_json(farewell("too_many_websockets"))
            await websocket.close()
        else:
            await self._serve(websocket)

    async def _serve(self, websocket: WebSocket) -> None:
        sockets = self._platform.sockets

        async def write(frame: dict[str, Any]) -> None:
            try:
                await websocket.send_text(json.dumps(frame))
            except (WebSocketDisconnect, RuntimeError):  # already closed: what was on its way is lost, as at Slack
                sockets.leave(socket)

        async def close() -> None:
            try:
                await websocket.close()
            except RuntimeError:  # the client was faster
                sockets.leave(socket)

        socket = sockets.join(write, close)
        try:
            await websocket.accept()
            await write(self._hello())
            sockets.greeted(socket)
            if self._platform.faults.take("reconnect_storm"):
                await write(farewell("refresh_requested"))
                await sockets.end(socket)
            await self._listen(websocket, socket)
        finally:
            sockets.leave(socket)

    async def _listen(self, websocket: WebSocket, socket: Socket) -> None:
        async for text in websocket.iter_text():
            self._platform.deliveries.heard(text, socket=socket.n)

    def _hello(self) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": self._platform.sockets.count,
            "connection_info": {"app_id": self._platform.app.id},
            "debug_info": {
                "host": "sandbox",
                "build_number": 1,
                "approximate_connection_time": CONNECTION_SECONDS,
            },
        }
