"""Training on all GPUs of one host: a process a GPU, each with its own data; gradients are averaged after every backward pass.

The first process started (`launch`) only starts the others and watches them: when one fails, all end. Every rank holds the whole model,
gets the same averaged gradient and so takes the same step; the work of Muon is repeated by each, since it is under one per cent of a step.
"""
from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from dataset import end_with_parent, rows_folder

if TYPE_CHECKING:
    import torch

STARTED = "TRAINING_STARTED"
STOP_EVERY = 10         # steps between two agreements on whether time is up
ALIGN_EVERY = 100       # steps after which all take the weights of rank 0


def visible_gpus() -> int:
    """How many GPUs this process may use, found without touching CUDA; 1 where that cannot be told."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return max(1, len([name for name in chosen.split(",") if name.strip()]))
    try:
        listed = subprocess.run(["nvidia-smi", "--list-gpus"], capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return 1
    return max(1, sum(line.startswith("GPU ") for line in listed.splitlines()))


def is_rank() -> bool:
    """Whether a launcher, this one or torchrun, has started the process as one of several."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def launch(world: int) -> int:
    """Runs this command once a rank; returns the exit status of the first that fails, else 0."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shared = {**os.environ, "WORLD_SIZE": str(world), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), STARTED: repr(time.time())}
    # Inductor starts so many compilers in each rank.
    shared.setdefault("TORCHINDUCTOR_COMPILE_THREADS", str(max(1, min(8, (os.cpu_count() or 1) // world))))
    shared.setdefault("OMP_NUM_THREADS", "4" if (os.cpu_count() or 1) >= 8 * world else "1")
    ranks: list[subprocess.Popen] = []

    def stop(number, frame) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        for rank in range(world):
            environment = {**shared, "RANK": str(rank), "LOCAL_RANK": str(rank)}
            ranks.append(subprocess.Popen([sys.executable, *sys.argv], env=environment, preexec_fn=end_with_parent))
        while True:
            states = [process.poll() for process in ranks]
            failed = next((state for state in states if state), None)
            if failed is not None:
                print(f"rank {states.index(failed)} ended with status {failed}; the others are stopped", file=sys.stderr, flush=True)
                return failed if failed > 0 else 128 - failed
            if all(state == 0 for state in states):
                return 0
            time.sleep(0.1)
    finally:
        signal.signal(signal.SIGTERM, before)
        for process in ranks:
            if process.poll() is None:
                process.terminate()
        for process in ranks:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            shutil.rmtree(rows_folder(process.pid), ignore_errors=True)


class Ranks:
    """This process among those of the run; a single process is a run of one."""

    def __init__(self) -> None:
        self.world = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0")) if self.world > 1 else 0
        self.local = int(os.environ.get("LOCAL_RANK", str(self.rank))) if self.world > 1 else 0
        self.started = float(os.environ.get(STARTED, "0")) or time.time()
        if self.world > 1:
            # So that the data workers are ended too.
            signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))

    @property
    def leads(self) -> bool:
        """Whether this rank logs, saves and scores."""
        return self.rank == 0

    def join(self, device: str) -> "torch.device":
        """Meets the other ranks; returns the device of this one."""
        import torch
        import torch.distributed as distributed

        cuda = device == "cuda"
        own = torch.device("cuda", self.local) if cuda else torch.device(device)
        if cuda:
            torch.cuda.set_device(own)
        if self.world > 1:
            more = {"device_id": own} if cuda else {}
            distributed.init_process_group("nccl" if cuda else "gloo", rank=self.rank, world_size=self.world, **more)
        return own

    def align(self, parameters: list["torch.nn.Parameter"]) -> float:
        """All take the weights of rank 0; returns how far any rank was from them."""
        if self.world == 1:
            return 0.0
        import torch
        import torch.distributed as distributed

        with torch.no_grad():
            own = torch.cat([parameter.reshape(-1) for parameter in parameters])
            first = own.clone()
            distributed.broadcast(first, 0)
            distance = (own - first).abs().max()
            distributed.all_reduce(distance, distributed.ReduceOp.MAX)
            at = 0
            for parameter in parameters:
                parameter.copy_(first[at:at + parameter.numel()].view_as(parameter))
                at += parameter.numel()
            return float(distance)

    def leave(self) -> None:
        """Waits for all, then goes on alone."""
        if self.world > 1:
            import torch.distributed as distributed

            distributed.barrier()
            distributed.destroy_process_group()


class Gradients:
    """All gradients in one buffer, so that one all-reduce carries them, with some sums of the step behind them."""

    SUMS = 4

    def __init__(self, parameters: list["torch.nn.Parameter"], ranks: Ranks) -> None:
        import torch

        self.ranks = ranks
        self.parameters = parameters
        self.flat = torch.zeros(sum(parameter.numel() for parameter in parameters) + self.SUMS, device=parameters[0].device)
        at = 0
        for parameter in parameters:
            # The backward pass adds into a gradient that is there.
            parameter.grad = self.flat[at:at + parameter.numel()].view_as(parameter)
            at += parameter.numel()

    def clear(self) -> None:
        self.flat.zero_()

    def average(self, weight: "torch.Tensor", *sums: "torch.Tensor | float") -> "torch.Tensor":
        """Divides the gradients of a sum of losses, over all ranks, by the weight of all ranks; returns the other sums over all ranks."""
        import torch
        import torch.distributed as distributed

        tail = self.flat[-self.SUMS:]
        with torch.no_grad():
            for index, value in enumerate((weight, *sums)):
                tail[index] = value
            if self.ranks.world > 1:
                distributed.all_reduce(self.flat)
            self.flat[:-self.SUMS].div_(tail[0].clamp(min=1e-9))
        return tail[1:1 + len(sums)].clone()


def workers(world: int) -> int:
    """Data workers of a rank: all cores but three for each rank."""
    return max(1, (os.cpu_count() or 2) // world - 3)

