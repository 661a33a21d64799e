"""Random lives of a journal, with crashes, against a model made of plain containers."""

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from softhouse.environment.documents import SourceFile
from softhouse.environment.events import Event
from softhouse.environment.journal import Journal

from .journal_parts import USAGE, act, crashed_copy, message

NAMES = st.sampled_from("abcde")
TEXTS = st.text(max_size=20)


@dataclass
class Model:
    """What the journal should hold."""

    acts: dict[int, tuple[str, str, object]] = field(default_factory=dict)
    """Attempt → prompt, state, result."""
    messages: list[str] = field(default_factory=list)
    withdrawn: set[str] = field(default_factory=set)
    events: list[str] = field(default_factory=list)
    pins: dict[str, str] = field(default_factory=dict)
    meta: dict[str, str] = field(default_factory=dict)

    @property
    def started(self) -> list[int]:
        return [attempt for attempt, (_, state, _) in self.acts.items() if state == "started"]


async def _written(change: Callable[[], Awaitable[object]]) -> None:
    await change()


class JournalLife(RuleBasedStateMachine):
    """`now` is what was said, `durable` what a crash must leave."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.runner = asyncio.Runner()
        self.path = self.folder / "0" / "journal.db"
        self.crashes = 0
        self.now, self.durable = Model(), Model()
        self.journal = self.runner.run(Journal.open(self.path))

    def teardown(self) -> None:
        self.runner.run(self.journal.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    def _committed(self) -> None:
        self.durable = deepcopy(self.now)

    @rule(name=NAMES)
    def start(self, name: str) -> None:
        started = self.runner.run(self.journal.start(act(name)))
        assert started.attempt not in self.now.acts
        self.now.acts[started.attempt] = (name, "started", None)
        self._committed()

    @precondition(lambda self: self.now.started)
    @rule(data=st.data(), text=TEXTS)
    def finish(self, data: st.DataObject, text: str) -> None:
        attempt = data.draw(st.sampled_from(self.now.started))
        (started,) = (each for each in self.journal.acts() if each.attempt == attempt)
        self.runner.run(self.journal.finish(started, {"text": text}, USAGE, 0.5))
        self.now.acts[attempt] = (self.now.acts[attempt][0], "done", {"text": text})
        self._committed()

    @precondition(lambda self: self.now.started)
    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        attempt = data.draw(st.sampled_from(self.now.started))
        (started,) = (each for each in self.journal.acts() if each.attempt == attempt)
        self.journal.fail(started, "no")
        self.now.acts[attempt] = (self.now.acts[attempt][0], "failed", None)

    @rule(name=NAMES)
    def publish(self, name: str) -> None:
        written = message(name)
        if written.id in self.now.messages and written.id not in self.now.withdrawn:
            self.runner.run(_written(lambda: self.journal.publish(written)))  # nothing to write
            return
        self.runner.run(_written(lambda: self.journal.publish(written)))
        if written.id in self.now.withdrawn:
            self.now.withdrawn.remove(written.id)
            self.now.messages.remove(written.id)
        self.now.messages.append(written.id)
        self._committed()

    @precondition(lambda self: self.now.messages)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        ids = data.draw(st.sets(st.sampled_from(self.now.messages)))
        self.runner.run(self.journal.withdraw(ids))
        self.now.withdrawn |= ids
        self._committed()

    @rule(text=TEXTS)
    def record(self, text: str) -> None:
        self.journal.record(Event(kind="notice", detail=text))
        self.now.events.append(text)

    @rule(name=NAMES, text=TEXTS)
    def pin(self, name: str, text: str) -> None:
        self.runner.run(self.journal.pin(SourceFile(path=name, content=text), "edit"))
        self.now.pins[f"source-file:{name}"] = text
        self._committed()

    @rule(name=NAMES)
    def unpin(self, name: str) -> None:
        self.runner.run(self.journal.unpin(f"source-file:{name}"))
        self.now.pins.pop(f"source-file:{name}", None)
        self._committed()

    @rule(name=NAMES, text=TEXTS)
    def set_meta(self, name: str, text: str) -> None:
        self.runner.run(_written(lambda: self.journal.set_meta(name, text)))
        self.now.meta[name] = text
        self._committed()

    @rule()
    def reopen(self) -> None:
        self.runner.run(self.journal.close())
        self.journal = self.runner.run(Journal.open(self.path))
        self._committed()

    @rule()
    def crash(self) -> None:
        self.crashes += 1
        left = crashed_copy(self.path, self.folder / str(self.crashes) / "journal.db")
        self.runner.run(self.journal.close())
        self.path = left
        self.journal = self.runner.run(Journal.open(left))
        self.now = deepcopy(self.durable)
        assert [each.attempt for each in self.journal.unfinished()] == self.now.started

    @invariant()
    def holds_what_it_was_told(self) -> None:
        self._compare(self.journal, self.now)

    @rule()
    def another_process_reads_what_is_durable(self) -> None:
        self._compare(Journal.read(self.path), self.durable)

    def _compare(self, journal: Journal, model: Model) -> None:
        acts = {each.attempt: (each.request["prompt"], each.state, each.result) for each in journal.acts()}
        assert acts == model.acts
        for name in "abcde":
            found = journal.find(act(name).key)
            results = [result for prompt, state, result in model.acts.values() if (prompt, state) == (name, "done")]
            assert (found.result in results) if found else not results
        assert [row.id for row in journal.messages(withdrawn=True)] == model.messages
        assert {row.id for row in journal.messages(withdrawn=True) if row.withdrawn} == model.withdrawn
        assert [event.detail for event in journal.events()] == model.events
        assert {pin.slot: SourceFile.model_validate_json(pin.content).content for pin in journal.pins()} == model.pins
        assert {name: journal.get_meta(name) for name in "abcde" if journal.get_meta(name) is not None} == model.meta


TestJournalLife = JournalLife.TestCase
TestJournalLife.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
