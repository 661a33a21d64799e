"""What a tuning was made of: enough to make it again, and to see that an interrupted one is the same one."""

from pathlib import Path

from softhouse.errors import UsageError
from softhouse.llm_backends.chatglm2.adapter import MANIFEST_FILE
from softhouse.llm_backends.chatglm2.tokenizer import MODEL_FILE
from softhouse.llm_backends.protocol import Frozen
from softhouse.training.manifest import hash_of
from softhouse.training.tuning.data import Columns
from softhouse.training.tuning.settings import TuneSettings


class Manifest(Frozen):
    """Inputs by hash, settings, versions."""

    base: str
    """The folder of the model that was tuned."""
    base_sha256: dict[str, str]
    data: str
    data_sha256: str
    columns: Columns
    settings: TuneSettings
    device: str
    precision: str
    rows_learned: int
    rows_evaluated: int
    examples_left_out: int
    """Longer than `max_length`."""
    steps: int
    versions: dict[str, str]


def hash_model(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file that a native model consists of."""
    files = [folder / "config.json", folder / MODEL_FILE, *sorted(folder.glob("*.safetensors"))]
    return {path.name: hash_of(path) for path in files if path.is_file()}


def read_manifest(out: Path) -> Manifest | None:
    """What lies in `out`; None where there is none, `UsageError` where it can't be read."""
    path = out / MANIFEST_FILE
    if not path.is_file():
        return None
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except ValueError:
        raise UsageError(f"{path} is not a manifest of this version of softhouse; name another --out") from None


def refuse_another(manifest: Manifest, there: Manifest, out: Path) -> None:
    """`UsageError` that names what differs, unless both are of the same tuning (`versions` may differ)."""
    ours, theirs = (one.model_dump(exclude={"versions"}) for one in (manifest, there))
    ours |= ours.pop("settings")
    theirs |= theirs.pop("settings")
    if different := sorted(name for name in ours if ours[name] != theirs[name]):
        raise UsageError(
            f"{out} holds another tuning, with another {', '.join(different)}; "
            "repeat its command to go on with it, or name another --out"
        )
