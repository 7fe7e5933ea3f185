"""The floor: a Starlette application that only echoes."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


async def echo(request: Request) -> Response:
    return JSONResponse(await request.json())


if __name__ == "__main__":
    app = Starlette(routes=[Route("/reply", echo, methods=["POST"])])
    uvicorn.run(app, port=int(sys.argv[1]), ws="none", log_level="error")
