"""Training rows, made while training runs: worker processes draw dialogues, encode and pack them, and leave them in shared memory.

A row is an array of 3 x length (uint16): token ids; the number of the document that each belongs to, so that attention stays inside
it; and what the *next* token is to learning (0 nothing, 1 prompt, 2 answer).
"""
from __future__ import annotations

import bisect
import collections
import ctypes
import gc
import multiprocessing
import os
import random
import shutil
import signal
import sys
import time
import zlib
from pathlib import Path

import numpy as np

import conversation
import dictionary
import render
from tokeniser import Tokeniser

PADDING_DOCUMENT = 9_999
CHUNK = 600
FAR = 150           # batches that lie at least between two uses of a row
KEPT = 1_000        # batches kept for a second use: 0.8 GB for 32 rows


def rows_folder(process: int) -> Path:
    """Where the rows of a training process wait."""
    base = Path("/dev/shm") if Path("/dev/shm").is_dir() else Path("/tmp")
    return base / f"training-rows-{process}"


def end_with_parent() -> None:
    """The calling process is killed as soon as the one that started it has ended; on Linux."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def pack(documents: list[tuple[list[int], list[int]]], length: int, end_of_text: int, rng: random.Random) -> np.ndarray:
    """Best fit, longest first; documents longer than a row must have been dropped before."""
    order = sorted(range(len(documents)), key=lambda index: -len(documents[index][0]))
    rows: list[list[int]] = []
    rooms: list[tuple[int, int]] = []
    for index in order:
        size = len(documents[index][0])
        at = bisect.bisect_left(rooms, (size, -1))
        if at < len(rooms):
            room, row = rooms.pop(at)
            rows[row].append(index)
        else:
            room, row = length, len(rows)
            rows.append([index])
        bisect.insort(rooms, (room - size, row))
    rng.shuffle(rows)
    out = np.zeros((len(rows), 3, length), dtype=np.uint16)
    out[:, 0], out[:, 1] = end_of_text, PADDING_DOCUMENT
    for row, members in enumerate(rows):
        at = 0
        for number, index in enumerate(members):
            ids, learn = documents[index]
            end = at + len(ids)
            out[row, 0, at:end] = ids
            out[row, 1, at:end] = number
            out[row, 2, at:end - 1] = learn[1:]
            at = end
    return out


def encode_dialogues(tokeniser: Tokeniser, rng: random.Random, count: int, length: int, entries: int = 0) -> list[tuple[list[int], list[int]]]:
    """So many dialogues, or one more where the last has a twin, and so many entries of the dictionary among them."""
    dialogues: list[conversation.Dialogue] = []
    while len(dialogues) < count:
        dialogues += conversation.draw_all(rng)
    count = len(dialogues)
    texts = [render.spans(dialogue.messages, dialogue.tools) for dialogue in dialogues] + [dictionary.entry(rng) for _ in range(entries)]
    end = ([tokeniser.end_of_text], [render.ANSWER])
    encoded = [(ids, learn) if index < count else (ids + end[0], learn + end[1]) for index, (ids, learn) in enumerate(tokeniser.encode(texts))]
    return [document for document in encoded if len(document[0]) <= length]


def _work(worker: int, seed: str, folder: str, length: int, most: int, parent: int, entries) -> None:
    end_with_parent()
    os.environ["TOKENIZERS_PARALLELISM"] = "false"
    os.environ["RAYON_NUM_THREADS"] = "1"
    tokeniser = Tokeniser()
    chunk = 0
    while os.getppid() == parent:
        if len(os.listdir(folder)) > most:
            time.sleep(0.05)
            continue
        rng = random.Random(f"{seed}/{worker}/{chunk}")
        rows = pack(encode_dialogues(tokeniser, rng, CHUNK, length, entries.value), length, tokeniser.end_of_text, rng)
        path = os.path.join(folder, f"{worker:02d}-{chunk:06d}.npy")
        np.save(path + ".part.npy", rows)
        os.rename(path + ".part.npy", path)
        chunk += 1


class Rows:
    """Starts the workers and hands out batches. Start it before CUDA, since the workers are forked.

    Where the workers fall behind, rows of at least FAR batches ago are used once more instead of letting the GPU wait.
    """

    def __init__(self, seed: str, length: int, workers: int, queue: int = 48, reuse: bool = True, entries: int = 0) -> None:
        self.folder = rows_folder(os.getpid())
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.rng = np.random.default_rng(zlib.crc32(seed.encode()))
        self.pool = np.zeros((0, 3, length), dtype=np.uint16)
        self.fresh = np.zeros(0, dtype=bool)
        self.used: collections.deque[np.ndarray] = collections.deque(maxlen=KEPT)
        self.reuse = reuse
        self.waits = 0
        self.reused = 0
        # Read here, once, and shared by all workers; frozen, so that no collection walks over it again.
        conversation.warm()
        gc.collect()
        gc.freeze()
        context = multiprocessing.get_context("fork")
        # Entries of the dictionary in each chunk of 600 dialogues; read by the workers before each chunk.
        self.entries = context.Value("i", entries)
        self.processes = [context.Process(target=_work, args=(worker, seed, str(self.folder), length, queue, os.getpid(), self.entries), daemon=True) for worker in range(workers)]
        for process in self.processes:
            process.start()

    def batch(self, rows: int) -> np.ndarray:
        """The next rows, drawn from a pool of several chunks of several workers."""
        while len(self.pool) < rows * 4:
            # The oldest first, whoever made it: by name, the files of the last workers would lie until they are out of season.
            files = sorted((name for name in os.listdir(self.folder) if not name.endswith(".part.npy")), key=lambda name: (self.folder / name).stat().st_mtime_ns)
            if files:
                parts = []
                for name in files[:8]:
                    path = self.folder / name
                    parts.append(np.load(path))
                    path.unlink()
                self._add(np.concatenate(parts), True)
            elif not any(process.is_alive() for process in self.processes):
                raise RuntimeError("all data workers have stopped; their error stands above")
            elif self.reuse and len(self.used) > FAR:
                again = self.used.popleft()
                self.reused += len(again)
                self._add(again, False)
            else:
                self.waits += 1
                time.sleep(0.02)
        batch, fresh = self.pool[:rows], self.fresh[:rows]
        self.pool, self.fresh = self.pool[rows:], self.fresh[rows:]
        if self.reuse and fresh.any():
            self.used.append(batch[fresh].copy())
        return batch

    def _add(self, rows: np.ndarray, fresh: bool) -> None:
        order = self.rng.permutation(len(self.pool) + len(rows))
        self.pool = np.concatenate([self.pool, rows])[order]
        self.fresh = np.concatenate([self.fresh, np.full(len(rows), fresh)])[order]

    def waiting(self) -> int:
        return len(os.listdir(self.folder))

    def close(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.join(timeout=5)
        shutil.rmtree(self.folder, ignore_errors=True)
