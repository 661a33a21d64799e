"""Where a model is trained, and in which precision."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from softhouse.errors import UsageError

if TYPE_CHECKING:
    import torch

    from softhouse.training.pretraining.configuration import Configuration


@dataclass(frozen=True)
class Place:
    """A device and what it computes in."""

    device: str
    """cpu, cuda or mps."""
    dtype: "torch.dtype"
    """Of the products; weights are float32."""
    compiled: bool = False

    @property
    def name(self) -> str:
        """For people."""
        import torch

        card = f" ({torch.cuda.get_device_name()})" if self.device == "cuda" else ""
        return f"{self.device}{card}, {str(self.dtype).removeprefix('torch.')}"

    def autocast(self) -> "contextlib.AbstractContextManager[Any]":
        """Within it, products are computed in `dtype`."""
        import torch

        if self.dtype == torch.float32:
            return contextlib.nullcontext()
        return torch.autocast(self.device, self.dtype)


def place_for(settings: "Configuration") -> Place:
    """What `settings` ask for, or the best there is. `UsageError` for a device that is not there or can't do it."""
    import torch

    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    device = settings.device
    if device == "auto":
        device = next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there[device]:
        raise UsageError(f'[pretrain] device = "{device}", but torch finds none here; say device = "auto"')
    precision = settings.precision
    if precision == "auto":
        precision = "bf16" if multiplies_bf16(device) else "fp16" if device == "cuda" else "fp32"
    if precision == "fp16" and device != "cuda":
        raise UsageError(f'[pretrain] precision = "fp16" is for cards with CUDA; on {device} say "bf16" or "fp32"')
    dtype = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}[precision]
    return Place(device, dtype, device == "cuda" if settings.compile is None else settings.compile)


def multiplies_bf16(device: str) -> bool:
    """Whether the device has circuits for it; where it has none, bf16 is slower than fp32."""
    import torch

    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device == "mps":
        return False
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return "avx512_bf16" in flags or "amx_bf16" in flags
