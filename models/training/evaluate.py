"""Exactness on the held-out generator, without generating: a message counts as right where every token of it is the most likely one.

With all tokens before it given, that is the same as greedy decoding of the message. Names and values are disjoint from training.
"""
from __future__ import annotations

import random
from collections import defaultdict
from typing import Callable, NamedTuple

import numpy as np

import conversation
import render
from dataset import PADDING_DOCUMENT
from tokeniser import Tokeniser


class Item(NamedTuple):
    """An assistant message in a row of the packed set."""

    family: str
    language: str
    kind: str
    row: int
    start: int
    end: int


def _kind(message: dict) -> str:
    return "call" if message.get("tool_calls") else "text"


class HeldOut:
    """A fixed set of held-out dialogues, packed into rows."""

    def __init__(self, tokeniser: Tokeniser, length: int, each: int, seed: int = 99) -> None:
        rng = random.Random(f"held-out/{seed}")
        self.items: list[Item] = []
        rows: list[tuple[list[int], list[int]]] = []
        ids_row: list[int] = []
        documents_row: list[int] = []
        for family in conversation.FAMILIES:
            for language in ("en", "zh"):
                for _ in range(each):
                    dialogue = conversation.draw(rng, held_out=True, family=family, language=language)
                    ids, learn = tokeniser.encode([render.spans(dialogue.messages, dialogue.tools)])[0]
                    if len(ids) > length:
                        continue
                    if len(ids_row) + len(ids) > length:
                        rows.append((ids_row, documents_row))
                        ids_row, documents_row = [], []
                    kinds = [_kind(message) for message in dialogue.messages if message["role"] == "assistant" and message.get("train", True)]
                    for (start, end), kind in zip(_answers(learn), kinds, strict=True):
                        self.items.append(Item(family, language, kind, len(rows), len(ids_row) + start, len(ids_row) + end))
                    number = documents_row[-1] + 1 if documents_row else 0
                    documents_row += [number] * len(ids)
                    ids_row += ids
        rows.append((ids_row, documents_row))
        self.ids = np.full((len(rows), length), tokeniser.end_of_text, dtype=np.int64)
        self.documents = np.full((len(rows), length), PADDING_DOCUMENT, dtype=np.int64)
        for index, (ids, documents) in enumerate(rows):
            self.ids[index, :len(ids)] = ids
            self.documents[index, :len(documents)] = documents

    def score(self, predict: Callable[[np.ndarray, np.ndarray], np.ndarray], rows: int) -> dict:
        """Shares of right messages, by family, language and kind. `predict` takes `rows` rows at a time."""
        right: dict[str, list[bool]] = defaultdict(list)
        predictions = []
        for at in range(0, len(self.ids), rows):
            ids, documents = self.ids[at:at + rows], self.documents[at:at + rows]
            missing = rows - len(ids)
            if missing:
                ids = np.concatenate([ids, np.repeat(ids[-1:], missing, 0)])
                documents = np.concatenate([documents, np.repeat(documents[-1:], missing, 0)])
            predictions.append(predict(ids, documents)[:rows - missing])
        predicted = np.concatenate(predictions)
        for item in self.items:
            # The prediction for a token stands one place before it.
            correct = bool((predicted[item.row, item.start - 1:item.end - 1] == self.ids[item.row, item.start:item.end]).all())
            for key in ("all", f"{item.family}.{item.kind}.{item.language}", f"kind.{item.kind}"):
                right[key].append(correct)
            if item.kind == "call":
                # Whether it decides to call: the first token of the turn.
                right["decides_to_call"].append(bool(predicted[item.row, item.start - 1] == self.ids[item.row, item.start]))
        return {key: round(float(np.mean(values)), 4) for key, values in sorted(right.items())}


def _answers(learn: list[int]) -> list[tuple[int, int]]:
    """The ranges of answers; two never touch, since a newline stands between."""
    out: list[tuple[int, int]] = []
    start = None
    for index, value in enumerate([*learn, render.NEVER]):
        if value == render.ANSWER and start is None:
            start = index
        elif value != render.ANSWER and start is not None:
            out.append((start, index))
            start = None
    return out
