"""What turns gradients into updates: Muon for the matrices between two layers, AdamW for all other weights."""

from typing import TYPE_CHECKING

import torch
from torch import nn

from softhouse.errors import UsageError

if TYPE_CHECKING:
    from softhouse.training.pretraining.configuration import Configuration


def make_optimizers(model: nn.Module, settings: "Configuration") -> list[torch.optim.Optimizer]:
    """Each weight belongs to one of them; only matrices decay. Raises `UsageError` where torch has no Muon.

    AdamW (https://arxiv.org/abs/1711.05101) takes each number of a weight by itself. Muon
    (https://kellerjordan.github.io/posts/muon/) takes a matrix as a whole: it makes all directions of an update equally
    long, so that rare ones are learned too. Its updates are scaled to be as long as AdamW's
    (https://arxiv.org/abs/2502.16982), so one learning rate serves both.
    """
    inner = hidden_matrices(model) if settings.optimizer == "muon" else []
    taken = {id(weight) for weight in inner}
    others = [weight for weight in model.parameters() if id(weight) not in taken]
    groups = [
        {"params": [weight for weight in others if weight.dim() >= 2], "weight_decay": settings.weight_decay},
        {"params": [weight for weight in others if weight.dim() < 2], "weight_decay": 0.0},
    ]
    betas = (settings.beta1, settings.beta2)
    made: list[torch.optim.Optimizer] = [torch.optim.AdamW(groups, betas=betas, eps=1e-8, fused=True)]
    if inner:
        if not hasattr(torch.optim, "Muon"):
            raise UsageError(f'[pretrain] optimizer = "muon" needs torch 2.9, here is {torch.__version__}; say "adamw"')
        decay = settings.weight_decay
        made.append(torch.optim.Muon(inner, momentum=0.95, weight_decay=decay, adjust_lr_fn="match_rms_adamw"))
    return made


def hidden_matrices(model: nn.Module) -> list[nn.Parameter]:
    """The matrices that make one hidden vector of another: neither what reads tokens nor what writes them.

    >>> model = nn.ModuleDict({"embedding": nn.Embedding(9, 4), "up": nn.Linear(4, 8), "head": nn.Linear(4, 9)})
    >>> [tuple(matrix.shape) for matrix in hidden_matrices(model)]
    [(8, 4)]
    """
    linear = [module for name, module in model.named_modules() if isinstance(module, nn.Linear) and name != "head"]
    return [weight for module in linear for weight in module.parameters() if weight.dim() == 2]
