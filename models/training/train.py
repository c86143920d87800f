"""Trains the embedded model in pieces that each fit a time limit.

One piece:   python3 train.py --seconds 500 --checkpoint-out /tmp/run
Next piece:  python3 train.py --seconds 500 --checkpoint-in /tmp/run --checkpoint-out /tmp/run
Trained on:  python3 train.py --seconds 500 --from ../agent-mini.gguf --shape s40 --tokens 1e9 --checkpoint-out /tmp/run

The schedule runs over --tokens of the whole run, so pieces of any length add up to one run. Each piece draws its own data. With --export
the piece also writes the model as GGUF.

All GPUs of the host take part, one process each (parallel.py); a batch is then --rows of every one of them.
"""
from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

import numpy as np

import parallel
from dataset import PADDING_DOCUMENT, Rows
from parallel import Gradients, Ranks
from tokeniser import Tokeniser


# What is not given: for a run from random weights, and for one that begins with trained ones. All pieces of a run need the same --from.
ANEW = {"rate": 3e-3, "adam_rate": 3e-3, "warm_up": 100, "prompt_weight": (0.2, 0.06), "dictionary": (0.3, 500)}
CONTINUED = {"rate": 1.5e-3, "adam_rate": 1.5e-3, "warm_up": 200, "prompt_weight": (0.06, 0.06), "dictionary": (0.0, 0)}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=500, help="training stops this long after the start; saving and scoring come on top (about 40 s)")
    parser.add_argument("--tokens", type=float, default=1.6e9, help="tokens of the whole run, of all GPUs together")
    parser.add_argument("--shape", default="s60", help="see SHAPES in model.py")
    parser.add_argument("--rows", type=int, default=32, help="rows of 4,096 tokens that each GPU takes in a step")
    parser.add_argument("--length", type=int, default=4_096)
    parser.add_argument("--from", dest="start", type=Path, help="begin a run with the weights of this GGUF file, or of the folder of a checkpoint; the optimisers are new and the steps count from 0")
    parser.add_argument("--rate", type=float, help="peak rate of Muon; 3e-3, with --from 1.5e-3")
    parser.add_argument("--adam-rate", type=float, help="peak rate of AdamW; 3e-3, with --from 1.5e-3")
    parser.add_argument("--weight-decay", type=float, default=0.05)
    parser.add_argument("--warm-up", type=int, help="steps in which the rate rises; 100, with --from 200")
    parser.add_argument("--constant-until", type=float, default=0.25, help="share of the run after which the rate falls linearly to zero")
    parser.add_argument("--prompt-weight", type=float, nargs=2, help="weight of prompt tokens in the first 15 %% of the run, and after; 0.2 0.06, with --from 0.06 0.06")
    parser.add_argument("--dictionary", type=float, nargs=2, help="share of the run in which entries of the dictionary are read, and how many beside 600 dialogues; 0.3 500, with --from 0 0")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--gpus", type=int, default=0, help="processes, one a GPU; 0: all GPUs of the host")
    parser.add_argument("--workers", type=int, default=0, help="data workers of each process; 0: its share of the cores but three")
    parser.add_argument("--no-reuse", action="store_true", help="let the GPU wait for rows rather than use some twice")
    parser.add_argument("--checkpoint-in", type=Path)
    parser.add_argument("--checkpoint-out", type=Path, required=True)
    parser.add_argument("--start-if-missing", action="store_true", help="begin a new run where --checkpoint-in holds none")
    parser.add_argument("--portable", type=Path, help="also leave a checkpoint there that can travel: weights in 8 bits, files of 15 MiB")
    parser.add_argument("--export", type=Path, help="leave the model as GGUF there, in parts of 15 MiB")
    parser.add_argument("--score-each", type=int, default=30, help="held-out dialogues of each family and language")
    parser.add_argument("--score-every", type=float, default=0, help="also score every so many seconds")
    parser.add_argument("--log", type=Path, help="append what is printed to this file")
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--no-mask", action="store_true", help="plain causal attention, should the document mask fail")
    parser.add_argument("--device", default="cuda")
    options = parser.parse_args()
    for name, value in (CONTINUED if options.start else ANEW).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


class Log:
    """Lines with the seconds since the start; only the first rank writes."""

    def __init__(self, path: Path | None, ranks: Ranks) -> None:
        self.started = ranks.started
        self.silent = not ranks.leads
        if path and not self.silent:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.file = open(path, "a", encoding="utf-8") if path and not self.silent else None

    def __call__(self, *parts: object) -> None:
        if self.silent:
            return
        line = f"[{time.time() - self.started:6.1f}] " + " ".join(str(part) for part in parts)
        print(line, flush=True)
        if self.file:
            self.file.write(line + "\n")
            self.file.flush()


def main() -> None:
    options = arguments()
    world = options.gpus or (parallel.visible_gpus() if options.device == "cuda" else 1)
    if world > 1 and not parallel.is_rank():
        sys.exit(parallel.launch(world))
    ranks = Ranks()
    log = Log(options.log, ranks)
    # Workers are forked, so they start before anything touches CUDA. A piece is named by the step it starts from.
    start_step = peek_step(options)
    seed = f"{options.seed}/{start_step}" + (f"/{ranks.rank}" if ranks.world > 1 else "")
    total = math.ceil(options.tokens / (options.rows * options.length * ranks.world))
    rows = Rows(seed, options.length, options.workers or parallel.workers(ranks.world), reuse=not options.no_reuse, entries=entries_at(options, start_step, total))
    try:
        train(options, log, ranks, rows)
    finally:
        rows.close()


def peek_step(options: argparse.Namespace) -> int:
    """The step of the checkpoint, read without loading it."""
    if options.checkpoint_in is None:
        return 0
    note = options.checkpoint_in / "progress.json"
    if not note.exists():
        if options.start_if_missing:
            return 0
        raise FileNotFoundError(f"{note} is missing: --checkpoint-in must name the --checkpoint-out or --portable of a piece before; --start-if-missing begins a new run")
    return json.loads(note.read_text())["step"]


def entries_at(options: argparse.Namespace, step: int, total: int) -> int:
    """Entries of the dictionary beside 600 dialogues."""
    share, entries = options.dictionary
    return int(entries) if step < share * total else 0


def train(options: argparse.Namespace, log: Log, ranks: Ranks, rows: Rows) -> None:
    # Imported here: forked workers must not carry CUDA.
    import torch

    import checkpoint
    from evaluate import HeldOut
    from model import SHAPES, Model, block_mask_maker
    from optimiser import Muon, schedule

    compiled = not options.no_compile
    cuda = options.device == "cuda"
    device = ranks.join(options.device)
    torch.manual_seed(int.from_bytes(options.seed.encode(), "big") % 2**31)
    torch.set_float32_matmul_precision("high")
    shape = SHAPES[options.shape]
    tokeniser = Tokeniser()
    if tokeniser.size != shape.vocabulary:
        raise ValueError(f"the tokeniser has {tokeniser.size} tokens, the shape {shape.vocabulary}")
    model = Model(shape).to(device)
    hidden = [parameter for name, parameter in model.named_parameters() if parameter.ndim == 2 and not name.startswith("embedding")]
    others = [parameter for name, parameter in model.named_parameters() if parameter.ndim != 2 or name.startswith("embedding")]
    muon = Muon(hidden, options.weight_decay, compiled)
    adam = torch.optim.AdamW([{"params": others}], lr=options.adam_rate, betas=(0.9, 0.95), eps=1e-10, weight_decay=0, fused=cuda)

    tokens_own = options.rows * options.length
    tokens_each = tokens_own * ranks.world
    total = math.ceil(options.tokens / tokens_each)
    step, restart = 0, None
    if options.checkpoint_in and checkpoint.exists(options.checkpoint_in):
        progress, complete = checkpoint.load(options.checkpoint_in, model, muon, adam, device)
        step = progress["step"]
        restart = None if complete else step
        log(f"continues at step {step}" + ("" if complete else ", optimisers start anew"))
    elif options.start:
        checkpoint.start_from(options.start, model)
        log(f"begins with the weights of {options.start}")
    parameters = list(model.parameters())
    ranks.align(parameters)
    gradients = Gradients(parameters, ranks)
    name = torch.cuda.get_device_name() if cuda else options.device
    log(f"{sum(parameter.numel() for parameter in parameters) / 1e6:.1f} M parameters on {ranks.world} x {name}, {total} steps of {tokens_each} tokens, "
        f"{len(rows.processes)} data workers each")

    make_mask = block_mask_maker(compiled)

    def mask_of(documents: torch.Tensor):
        return None if options.no_mask else make_mask(documents)

    def forward(ids, targets, weights, mask):
        with torch.autocast(options.device, dtype=torch.bfloat16):
            return model(ids, targets, weights, mask)

    def predictions(ids, mask):
        with torch.autocast(options.device, dtype=torch.bfloat16):
            return model.predictions(ids, mask)

    run_forward = torch.compile(forward, dynamic=False) if compiled else forward
    run_predictions = torch.compile(predictions, dynamic=False) if compiled else predictions

    @torch.no_grad()
    def predict(ids: np.ndarray, documents: np.ndarray) -> np.ndarray:
        on_device = [torch.from_numpy(part).to(device) for part in (ids, documents)]
        return run_predictions(on_device[0], mask_of(on_device[1])).cpu().numpy()

    def next_batch():
        batch = torch.from_numpy(rows.batch(options.rows).astype(np.int32))
        return batch.pin_memory().to(device, non_blocking=True).long() if cuda else batch.long()

    held_out = HeldOut(tokeniser, options.length, options.score_each) if options.score_each and ranks.leads else None
    if held_out:
        log(f"{len(held_out.items)} held-out messages in {len(held_out.ids)} rows")

    def score() -> None:
        scores = held_out.score(predict, options.rows)
        log("SCORE", json.dumps(scores))

    # A thread has a current device of its own.
    loader = ThreadPoolExecutor(1, initializer=torch.cuda.set_device if cuda else None, initargs=(device,) if cuda else ())
    waiting = loader.submit(next_batch)
    running = torch.zeros(2, device=device)
    timed_from, timed_steps, next_score = time.time(), 0, options.score_every
    first_step = step
    over = time.time() - ranks.started >= options.seconds and ranks.world == 1
    while step < total and not over:
        batch = waiting.result()
        waiting = loader.submit(next_batch)
        ids, documents, learn = batch[:, 0].contiguous(), batch[:, 1].contiguous(), batch[:, 2].contiguous()
        targets = torch.roll(ids, -1, 1)
        prompt_weight = options.prompt_weight[0] if step < 0.15 * total else options.prompt_weight[1]
        answered = (learn == 2).float()
        weights = answered + (learn == 1).float() * prompt_weight
        gradients.clear()
        loss, losses = run_forward(ids, targets, weights, mask_of(documents))
        (loss / tokens_own).backward()
        late = float(time.time() - ranks.started >= options.seconds)
        sums = gradients.average(weights.sum() / tokens_own, (losses.detach() * answered).sum(), answered.sum(), late)
        rate = schedule(step, total, options.warm_up, options.constant_until)
        if restart is not None:
            # New optimisers need some steps before their averages mean anything.
            rate *= min(1.0, (step - restart + 1) / 40)
        torch.nn.utils.clip_grad_norm_(others, 1.0)
        for group in adam.param_groups:
            group["lr"] = options.adam_rate * max(rate, 1e-5)
        adam.step()
        muon.step(options.rate * rate)
        running += sums[:2]
        step += 1
        timed_steps += 1
        if step == first_step + 1:
            steady_from = time.time()
        # All ranks stop after the same step: they read the same sum, now and then, since reading it waits for the GPU.
        over = bool(late) if ranks.world == 1 else step % parallel.STOP_EVERY == 0 and bool(sums[2] > 0)
        distance = ranks.align(parameters) if step % parallel.ALIGN_EVERY == 0 else 0.0
        if step % 100 == 0 or step - first_step in (1, 20, 50):
            summed, counted = running.tolist()
            running.zero_()
            now = time.time()
            log(f"step {step}/{total} answer loss {summed / max(1, counted):.4f} rate {rate:.3f} {timed_steps * tokens_each / (now - timed_from) / 1e3:.0f}k tokens/s "
                f"waits {rows.waits} reused {rows.reused} ready {rows.waiting()} filled {float((documents != PADDING_DOCUMENT).float().mean()):.3f}"
                + (f" ranks apart {distance:.1e}" if ranks.world > 1 else ""))
            if not math.isfinite(summed):
                raise FloatingPointError("the loss is no number any more; start again from the last checkpoint with lower rates")
            timed_from, timed_steps = now, 0
            rows.entries.value = entries_at(options, step, total)
            if held_out and options.score_every and now - ranks.started >= next_score:
                score()
                next_score = time.time() - ranks.started + options.score_every
                timed_from = time.time()
    ranks.align(parameters)
    ranks.leave()
    loader.shutdown(wait=False, cancel_futures=True)
    if not ranks.leads:
        return
    progress = {"step": step, "total": total, "shape": shape.as_dict(), "tokens": step * tokens_each}
    if step > first_step + 1:
        each = (time.time() - steady_from) / (step - first_step - 1)
        log(f"{tokens_each / each / 1e3:.0f}k tokens/s after the first step; {(total - step) * each:.0f} s more to the end of the run")
    log(f"stopped at step {step} of {total}, {step * tokens_each / 1e6:.0f} M tokens" + (f", {torch.cuda.max_memory_allocated() / 2**30:.1f} GiB at most" if cuda else ""))
    checkpoint.save_full(options.checkpoint_out, model, muon, adam, progress)
    note = json.dumps(progress)
    (options.checkpoint_out / "progress.json").write_text(note)
    log(f"saved {options.checkpoint_out / 'full.pt'}")
    if options.portable:
        written = checkpoint.save_portable(options.portable, model, progress)
        (options.portable / "progress.json").write_text(note)
        log(f"portable checkpoint: {written / 2**20:.1f} MiB in {options.portable}")
    if options.export:
        from export_gguf import export, split
        from gguf_file import Q8_0

        file = options.checkpoint_out / "agent-mini.gguf"
        size = export(model, file, Q8_0)
        log(f"GGUF: {size / 1e6:.1f} MB, {split(file, options.export)} parts in {options.export}")
    if held_out:
        score()
    log("complete" if step >= total else "to be continued")


if __name__ == "__main__":
    main()
