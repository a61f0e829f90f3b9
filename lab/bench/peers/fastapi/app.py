"""The usual way to write log-processor in Python: one INSERT per request, committed before the answer.

STORE chooses how it gets at PostgreSQL: asyncpg (a pool), psycopg-pool, or psycopg (a connection for each request).
It validates what log-processor validates, but derives no template and keeps no roll-ups.
"""

import json
import os
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict, Field

CONNECTIONS = 40
COLUMNS = 'id, "timestamp", level, service, message, attributes, fingerprint, received_at, pod, node'


class Log(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: UUID
    timestamp: datetime
    level: Literal["trace", "debug", "info", "warn", "error", "fatal"]
    service: Annotated[str, Field(min_length=1, max_length=255)]
    message: str
    attributes: dict[str, Any] | None = None

    def row(self) -> tuple:
        attributes = None if self.attributes is None else json.dumps(self.attributes)
        return self.id, self.timestamp, self.level, self.service, self.message, attributes


def asyncpg_app() -> FastAPI:
    import asyncpg

    insert = f"""insert into logs ({COLUMNS}) values ($1, $2, $3, $4, $5, $6, '', now(), 'peer', 'peer')
                 on conflict (id) do nothing"""

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        # libpq's variables say where; asyncpg reads them too.
        app.state.pool = await asyncpg.create_pool(min_size=CONNECTIONS, max_size=CONNECTIONS)
        yield
        await app.state.pool.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/logs", status_code=201)
    async def store(log: Log, request: Request, response: Response):
        status = await request.app.state.pool.execute(insert, *log.row())
        return answer(log, response, stored=status == "INSERT 0 1")

    return app


def psycopg_app(pooled: bool) -> FastAPI:
    import psycopg2
    import psycopg2.extras
    from psycopg2.pool import ThreadedConnectionPool

    psycopg2.extras.register_uuid()
    insert = f"""insert into logs ({COLUMNS}) values (%s, %s, %s, %s, %s, %s, '', now(), 'peer', 'peer')
                 on conflict (id) do nothing"""
    # As many as FastAPI has threads. The pool closes what comes back above its minimum: hence the same number twice.
    pool = ThreadedConnectionPool(CONNECTIONS, CONNECTIONS, "") if pooled else None

    def execute(connection, log: Log) -> bool:
        with connection, connection.cursor() as cursor:
            cursor.execute(insert, log.row())
            return cursor.rowcount == 1

    app = FastAPI()

    @app.post("/logs", status_code=201)
    def store(log: Log, response: Response):
        connection = pool.getconn() if pool else psycopg2.connect("")
        try:
            stored = execute(connection, log)
        finally:
            pool.putconn(connection) if pool else connection.close()
        return answer(log, response, stored)

    return app


def answer(log: Log, response: Response, stored: bool) -> dict:
    if not stored:
        response.status_code = 200
    return {"id": log.id, "duplicate": not stored}


APPS = {
    "asyncpg": asyncpg_app,
    "psycopg-pool": lambda: psycopg_app(pooled=True),
    "psycopg": lambda: psycopg_app(pooled=False),
}

app = APPS[os.environ["STORE"]]()
