"""Muon for the hidden matrices, AdamW for embedding, norms and biases."""
from __future__ import annotations

import math

import torch


def orthogonalise(gradient: torch.Tensor) -> torch.Tensor:
    """Five Newton-Schulz steps towards the nearest semi-orthogonal matrix, for a stack of matrices."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = gradient.bfloat16()
    tall = x.size(-2) > x.size(-1)
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(5):
        square = x @ x.mT
        x = a * x + (b * square + c * (square @ square)) @ x
    return x.mT if tall else x


class Muon:
    """Nesterov momentum 0.95; matrices of one shape are stepped together."""

    def __init__(self, parameters: list[torch.nn.Parameter], weight_decay: float, compiled: bool) -> None:
        self.groups: dict[tuple[int, ...], list[torch.nn.Parameter]] = {}
        for parameter in parameters:
            self.groups.setdefault(tuple(parameter.shape), []).append(parameter)
        self.momentum = {shape: torch.zeros(len(group), *shape, device=group[0].device) for shape, group in self.groups.items()}
        self.weight_decay = weight_decay
        self.orthogonalise = torch.compile(orthogonalise, dynamic=False) if compiled else orthogonalise

    @torch.no_grad()
    def step(self, rate: float, momentum: float = 0.95) -> None:
        for shape, group in self.groups.items():
            gradients = torch.stack([parameter.grad for parameter in group])
            average = self.momentum[shape]
            average.mul_(momentum).add_(gradients, alpha=1 - momentum)
            update = self.orthogonalise(gradients.lerp(average, momentum)) * (0.2 * math.sqrt(max(shape)))
            torch._foreach_mul_(group, 1 - rate * self.weight_decay)
            torch._foreach_add_(group, list(update.float().unbind(0)), alpha=-rate)

    def state(self) -> dict[str, torch.Tensor]:
        return {"x".join(map(str, shape)): momentum for shape, momentum in self.momentum.items()}

    def load(self, state: dict[str, torch.Tensor]) -> None:
        for shape, momentum in self.momentum.items():
            momentum.copy_(state["x".join(map(str, shape))])


def schedule(step: int, total: int, warm_up: int, constant_until: float) -> float:
    """The share of the peak rate at a step: linear warm-up, constant, linear to zero at `total`."""
    rise = min(1.0, (step + 1) / warm_up)
    progress = step / total
    if progress < constant_until:
        return rise
    return rise * max(0.0, (1 - progress) / (1 - constant_until))
