"""The journal's tables: their columns, the statements that fill them, and rows turned into values and back."""

import json
import sqlite3
from dataclasses import dataclass, field
from typing import Any

from softhouse.environment.act import Act, to_json
from softhouse.environment.events import Event
from softhouse.environment.journal_rows import MessageRow, Pin
from softhouse.llm_backends.protocol import Usage

SCHEMA_VERSION = 1
"""Version of the tables and of every JSON body in them."""
APPLICATION_ID = 0x50F7_0001
"""Marks the file as a journal of the house, in the place that SQLite keeps for it."""
Statement = tuple[str, tuple[Any, ...]]

# Rows are added and hardly ever changed: an update would write a body into the WAL a second time.
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE attempts (
    attempt INTEGER PRIMARY KEY, key TEXT NOT NULL, kind TEXT NOT NULL, role TEXT NOT NULL, action TEXT NOT NULL,
    model TEXT NOT NULL, request TEXT NOT NULL, sample INTEGER NOT NULL,
    reserved_tokens INTEGER NOT NULL, reserved_cost REAL, started_at REAL NOT NULL);
CREATE TABLE outcomes (
    attempt INTEGER PRIMARY KEY, state TEXT NOT NULL, result TEXT, prompt_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, reported INTEGER NOT NULL,
    cost REAL, error TEXT NOT NULL, finished_at REAL NOT NULL);
CREATE TABLE messages (
    sequence INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, sender TEXT NOT NULL, document_type TEXT NOT NULL,
    document_class TEXT NOT NULL, content TEXT NOT NULL, causes TEXT NOT NULL, addressee TEXT, acts TEXT NOT NULL,
    at REAL NOT NULL, withdrawn INTEGER NOT NULL);
CREATE TABLE events (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE pins (
    slot TEXT PRIMARY KEY, document_type TEXT NOT NULL, document_class TEXT NOT NULL, content TEXT NOT NULL,
    reason TEXT NOT NULL, at REAL NOT NULL);
"""

INSERT_ATTEMPT = "INSERT INTO attempts VALUES (?,?,?,?,?,?,?,?,?,?,?)"
INSERT_OUTCOME = "INSERT INTO outcomes VALUES (?,?,?,?,?,?,?,?,?,?)"
# A message is known by its content: published again it stays one, and one that was withdrawn stands again.
INSERT_MESSAGE = (
    "INSERT INTO messages VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET"
    " sequence = excluded.sequence, acts = excluded.acts, at = excluded.at, withdrawn = 0 WHERE withdrawn"
)


@dataclass
class Contents:
    """Everything that a journal holds."""

    meta: dict[str, str] = field(default_factory=dict)
    """Key → JSON."""
    attempts: dict[int, Act] = field(default_factory=dict)
    messages: dict[str, MessageRow] = field(default_factory=dict)
    """By id, in the order of publication."""
    events: list[Event] = field(default_factory=list)
    pins: dict[str, Pin] = field(default_factory=dict)


def load(connection: sqlite3.Connection) -> Contents:
    """Everything in the tables."""
    messages = (_message(row) for row in connection.execute("SELECT * FROM messages ORDER BY sequence"))
    events = connection.execute("SELECT body FROM events ORDER BY id")
    acts = connection.execute("SELECT * FROM attempts LEFT JOIN outcomes USING (attempt) ORDER BY attempt")
    return Contents(
        meta=dict(connection.execute("SELECT key, value FROM meta ORDER BY key")),
        attempts={row[0]: _act(row) for row in acts},
        messages={message.id: message for message in messages},
        events=[Event.model_validate_json(body) for (body,) in events],
        pins={row[0]: _pin(row) for row in connection.execute("SELECT * FROM pins ORDER BY slot")},
    )


def _act(row: tuple[Any, ...]) -> Act:
    attempt, key, kind, role, action, model, request, sample, reserved_tokens, reserved_cost, started_at = row[:11]
    state, result, prompt, cached, completion, reported, cost, error, finished_at = row[11:]
    return Act(
        key=key, kind=kind, role=role, action=action, model=model, request=json.loads(request), sample=sample,
        state=state or "started", attempt=attempt, result=None if result is None else json.loads(result),
        usage=Usage(
            prompt_tokens=prompt, cached_tokens=cached, completion_tokens=completion, reported=bool(reported)
        ) if state else Usage(),
        cost=cost, error=error or "", reserved_tokens=reserved_tokens, reserved_cost=reserved_cost,
        started_at=started_at, finished_at=finished_at,
    )  # fmt: skip


def _message(row: tuple[Any, ...]) -> MessageRow:
    sequence, id_, sender, document_type, document_class, content, causes, addressee, acts, at, withdrawn = row
    return MessageRow(
        id=id_, sequence=sequence, sender=sender, document_type=document_type, document_class=document_class,
        content=content, causes=json.loads(causes), addressee=addressee, acts=json.loads(acts), at=at,
        withdrawn=bool(withdrawn),
    )  # fmt: skip


def _pin(row: tuple[Any, ...]) -> Pin:
    slot, document_type, document_class, content, reason, at = row
    return Pin(
        slot=slot, document_type=document_type, document_class=document_class, content=content, reason=reason, at=at
    )


def insert_attempt(act: Act) -> Statement:
    return INSERT_ATTEMPT, (
        act.attempt, act.key, act.kind, act.role, act.action, act.model, to_json(act.request), act.sample,
        act.reserved_tokens, act.reserved_cost, act.started_at,
    )  # fmt: skip


def insert_outcome(act: Act) -> Statement:
    return INSERT_OUTCOME, (
        act.attempt, act.state, None if act.result is None else to_json(act.result), act.usage.prompt_tokens,
        act.usage.cached_tokens, act.usage.completion_tokens, act.usage.reported, act.cost, act.error, act.finished_at,
    )  # fmt: skip


def insert_message(row: MessageRow) -> Statement:
    return INSERT_MESSAGE, (
        row.sequence, row.id, row.sender, row.document_type, row.document_class, row.content, to_json(row.causes),
        row.addressee, to_json(row.acts), row.at, row.withdrawn,
    )  # fmt: skip


def withdraw_message(id_: str) -> Statement:
    return "UPDATE messages SET withdrawn = 1 WHERE id = ?", (id_,)


def insert_event(event: Event) -> Statement:
    return "INSERT INTO events (body) VALUES (?)", (event.model_dump_json(),)


def set_pin(pin: Pin) -> Statement:
    return "INSERT OR REPLACE INTO pins VALUES (?,?,?,?,?,?)", (
        pin.slot,
        pin.document_type,
        pin.document_class,
        pin.content,
        pin.reason,
        pin.at,
    )


def delete_pin(slot: str) -> Statement:
    return "DELETE FROM pins WHERE slot = ?", (slot,)


def set_meta(item: tuple[str, str]) -> Statement:
    return "INSERT OR REPLACE INTO meta VALUES (?,?)", item


def insert_all(contents: Contents) -> list[Statement]:
    """The statements that fill empty tables with `contents`."""
    acts = contents.attempts.values()
    return [
        *(set_meta(item) for item in contents.meta.items()),
        *(insert_attempt(act) for act in acts),
        *(insert_outcome(act) for act in acts if act.state != "started"),
        *(insert_message(row) for row in contents.messages.values()),
        *(insert_event(event) for event in contents.events),
        *(set_pin(pin) for pin in contents.pins.values()),
    ]
