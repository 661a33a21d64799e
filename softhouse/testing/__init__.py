"""What users test their own roles and backends with."""

from softhouse.llm_backends.scripted import ScriptedBackend
from softhouse.testing.loopback import Answer, LoopbackServer

__all__ = ["Answer", "LoopbackServer", "ScriptedBackend"]
