"""Weights of four bits for QLoRA, in plain PyTorch, on any device.

NF4 of https://arxiv.org/abs/2305.14314, appendix E: sixteen levels that a normal distribution fills evenly, and one
scale for each block of 64 numbers (here in half precision: 4.25 bits a number). A matrix is restored when it is
multiplied, and again in the backward pass, so no restored copy is kept.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

BLOCK = 64
LEVELS = (
    -1.0,
    -0.6961928009986877,
    -0.5250730514526367,
    -0.39491748809814453,
    -0.28444138169288635,
    -0.18477343022823334,
    -0.09105003625154495,
    0.0,
    0.07958029955625534,
    0.16093020141124725,
    0.24611230194568634,
    0.33791524171829224,
    0.44070982933044434,
    0.5626170039176941,
    0.7229568362236023,
    1.0,
)


def quantise(weight: "torch.Tensor") -> "tuple[torch.Tensor, torch.Tensor]":
    """Two levels a byte, and the scale of each block; the size of `weight` must be a multiple of 64."""
    import torch

    blocks = weight.detach().float().reshape(-1, BLOCK)
    scales = blocks.abs().amax(dim=1).clamp(min=1e-8).half()
    levels = torch.tensor(LEVELS, device=weight.device)
    # between two levels the nearer one; a search needs no table of differences
    nearest = torch.bucketize(blocks / scales.float()[:, None], (levels[1:] + levels[:-1]) / 2).to(torch.uint8)
    pairs = nearest.reshape(-1, 2)
    return pairs[:, 0] << 4 | pairs[:, 1], scales


def restore(
    packed: "torch.Tensor", scales: "torch.Tensor", size: "tuple[int, int]", dtype: "torch.dtype"
) -> "torch.Tensor":
    """The matrix of `size` that `quantise` packed, as exact as four bits are."""
    import torch

    levels = torch.tensor(LEVELS, dtype=dtype)
    both = torch.stack((levels.repeat_interleave(16), levels.repeat(16)), dim=1).to(packed.device)
    numbers = both.index_select(0, packed.int()).view(-1, BLOCK)
    return numbers.mul_(scales.to(dtype)[:, None]).view(size)


def quantise_layers(model: Any, device: str) -> None:
    """Every matrix of the layers of a `GlmForCausalLM` in four bits and on `device`; one at a time is held whole."""
    import torch

    for layer in model.model.layers:
        for part in (layer.self_attn, layer.mlp):
            for name, linear in list(part.named_children()):
                if isinstance(linear, torch.nn.Linear) and linear.weight.numel() % BLOCK == 0:
                    setattr(part, name, nf4_linear(linear, device))


def nf4_linear(linear: "torch.nn.Linear", device: str) -> "torch.nn.Linear":
    """A layer that computes nearly what `linear` does, from weights of four bits."""
    import torch

    class Multiply(torch.autograd.Function):
        @staticmethod
        def forward(context: Any, inputs: torch.Tensor, packed: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
            context.save_for_backward(packed, scales)
            return inputs @ restore(packed, scales, size, inputs.dtype).T

        @staticmethod
        def backward(context: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None, None]:
            packed, scales = context.saved_tensors
            return gradient @ restore(packed, scales, size, gradient.dtype), None, None

    class Nf4Linear(torch.nn.Linear):
        scales: torch.Tensor

        def forward(self, inputs: torch.Tensor) -> torch.Tensor:
            if torch.is_autocast_enabled(inputs.device.type):
                inputs = inputs.to(torch.get_autocast_dtype(inputs.device.type))
            product: torch.Tensor = Multiply.apply(inputs, self.weight, self.scales)  # type: ignore[no-untyped-call]
            return product if self.bias is None else product + self.bias.to(product.dtype)

    size = (linear.out_features, linear.in_features)
    packed, scales = quantise(linear.weight.to(device))
    quantised = Nf4Linear(linear.in_features, linear.out_features, bias=False, device="meta")
    del quantised.weight
    quantised.register_buffer("weight", packed)
    quantised.register_buffer("scales", scales)
    quantised.bias = None if linear.bias is None else torch.nn.Parameter(linear.bias.detach().to(device))
    return quantised
