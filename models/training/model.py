"""The network: Qwen2's shape, so that llama.cpp runs it as any Qwen2 model. bf16 activations, fp32 weights."""
from __future__ import annotations

import math
from dataclasses import asdict, dataclass

import torch
import torch.nn as nn
import torch.nn.functional as functional
from torch.nn.attention.flex_attention import create_block_mask, flex_attention


@dataclass(frozen=True)
class Shape:
    """Widths are multiples of 256 wherever K-quants are wanted: a row that is not falls back to a coarser or larger type."""

    width: int
    layers: int
    heads: int
    key_heads: int
    hidden: int
    vocabulary: int = 12_288
    context: int = 4_096
    theta: float = 1e6
    epsilon: float = 1e-6

    @property
    def head_size(self) -> int:
        return self.width // self.heads

    @property
    def parameters(self) -> int:
        keys = self.head_size * self.key_heads
        layer = 2 * self.width * self.width + 2 * self.width * keys + self.width + 2 * keys + 3 * self.width * self.hidden + 2 * self.width
        return self.vocabulary * self.width + self.layers * layer + self.width

    def as_dict(self) -> dict:
        return asdict(self)


SHAPES = {
    "tiny": Shape(128, 2, 4, 2, 256),           # 2 M, for trying the code
    "s40": Shape(512, 13, 8, 2, 1280),          # 40 M: 43 MB as Q8_0
    "s48": Shape(512, 16, 8, 2, 1280),          # 48 M: 51 MB as Q8_0, 40 MB as Q6_K, 34 MB as Q5_K
    "s60": Shape(512, 18, 8, 2, 1536),          # 61 M: 64 MB as Q8_0, 42 MB as Q5_K
    "w60": Shape(768, 8, 12, 4, 2048),          # 60 M, wide and shallow
    "s70": Shape(640, 14, 10, 2, 1792),         # 70 M; 640 is no multiple of 256
}


class Norm(nn.Module):
    def __init__(self, width: int, epsilon: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.epsilon = epsilon

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = x.float()
        y = y * torch.rsqrt(y.pow(2).mean(-1, keepdim=True) + self.epsilon)
        return (y * self.weight).to(torch.bfloat16)


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        width, keys = shape.width, shape.head_size * shape.key_heads
        self.attention_norm = Norm(width, shape.epsilon)
        self.feed_norm = Norm(width, shape.epsilon)
        self.q = nn.Linear(width, width)
        self.k = nn.Linear(width, keys)
        self.v = nn.Linear(width, keys)
        self.o = nn.Linear(width, width, bias=False)
        self.gate = nn.Linear(width, shape.hidden, bias=False)
        self.up = nn.Linear(width, shape.hidden, bias=False)
        self.down = nn.Linear(shape.hidden, width, bias=False)

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, mask) -> torch.Tensor:
        rows, length, width = x.shape
        shape = self.shape
        h = self.attention_norm(x)
        q = self.q(h).view(rows, length, shape.heads, shape.head_size).transpose(1, 2)
        k = self.k(h).view(rows, length, shape.key_heads, shape.head_size).transpose(1, 2)
        v = self.v(h).view(rows, length, shape.key_heads, shape.head_size).transpose(1, 2)
        q, k = rotate(q, cos, sin).to(torch.bfloat16), rotate(k, cos, sin).to(torch.bfloat16)
        if mask is None:
            y = functional.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        else:
            y = flex_attention(q, k, v.to(torch.bfloat16), block_mask=mask, enable_gqa=True)
        x = x + self.o(y.transpose(1, 2).reshape(rows, length, width))
        h = self.feed_norm(x)
        return x + self.down(functional.silu(self.gate(h)) * self.up(h))


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    first, second = x.chunk(2, -1)
    return x * cos + torch.cat((-second, first), -1) * sin


class Model(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.embedding = nn.Embedding(shape.vocabulary, shape.width)
        self.blocks = nn.ModuleList([Block(shape) for _ in range(shape.layers)])
        self.norm = Norm(shape.width, shape.epsilon)
        for name, parameter in self.named_parameters():
            if parameter.ndim == 2:
                nn.init.normal_(parameter, 0, 0.02 if name.startswith("embedding") else 0.5 / math.sqrt(parameter.shape[1]))
            if name.endswith("bias"):
                nn.init.zeros_(parameter)
            if name.endswith(("o.weight", "down.weight")):
                nn.init.zeros_(parameter)
        frequencies = 1 / (shape.theta ** (torch.arange(0, shape.head_size, 2).float() / shape.head_size))
        angles = torch.outer(torch.arange(shape.context).float(), frequencies)
        angles = torch.cat((angles, angles), -1)
        # fp32, as llama.cpp rotates: bf16 would blur far positions.
        self.register_buffer("cos", angles.cos(), persistent=False)
        self.register_buffer("sin", angles.sin(), persistent=False)

    def hidden(self, ids: torch.Tensor, mask) -> torch.Tensor:
        x = self.embedding(ids).to(torch.bfloat16)
        length = ids.shape[1]
        cos, sin = self.cos[:length], self.sin[:length]
        for block in self.blocks:
            x = block(x, cos, sin, mask)
        return self.norm(x)

    def forward(self, ids: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor, mask) -> tuple[torch.Tensor, torch.Tensor]:
        """The weighted sum of losses, and the loss of every token."""
        logits = functional.linear(self.hidden(ids, mask), self.embedding.weight.to(torch.bfloat16)).float()
        losses = functional.cross_entropy(logits.view(-1, logits.shape[-1]), targets.reshape(-1), reduction="none").view_as(weights)
        return (losses * weights).sum(), losses

    def predictions(self, ids: torch.Tensor, mask) -> torch.Tensor:
        """The most likely next token at every place."""
        return functional.linear(self.hidden(ids, mask), self.embedding.weight.to(torch.bfloat16)).argmax(-1)


def document_mask(document: torch.Tensor):
    """Causal attention that stays inside a document."""
    def inside(batch, head, query, key):
        return (query >= key) & (document[batch, query] == document[batch, key])
    return inside


def block_mask_maker(compiled: bool):
    create = torch.compile(create_block_mask) if compiled else create_block_mask

    def make(document: torch.Tensor):
        rows, length = document.shape
        return create(document_mask(document), rows, None, length, length, device=document.device.type)
    return make
