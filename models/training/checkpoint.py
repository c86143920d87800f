"""Checkpoints of a run, in two forms.

full: weights, momenta and averages as they are (fp32), one file `full.pt`; for going on with a run on the same machine.
portable: weights only, as 8-bit blocks (the same as Q8_0), in files of at most 15 MiB; for moving a run to another machine. The
optimisers start anew there: their averages are back after some ten steps, and the first steps of the piece rise linearly for that.
"""
from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import torch

from gguf_file import dequantise_q8_0, quantise_q8_0

PART_BYTES = 15 * 2**20


def save_full(folder: Path, model: torch.nn.Module, muon, adam: torch.optim.Optimizer, progress: dict) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    state = {"weights": model.state_dict(), "muon": muon.state(), "adam": adam.state_dict(), "progress": progress}
    # Renamed when complete, so that a stopped save leaves the one before.
    torch.save(state, folder / "full.pt.part")
    os.replace(folder / "full.pt.part", folder / "full.pt")


def save_portable(folder: Path, model: torch.nn.Module, progress: dict) -> int:
    """Returns the bytes written."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("portable.*"):
        old.unlink()
    entries, blob = [], bytearray()
    for name, parameter in model.named_parameters():
        values = parameter.detach().float().cpu().numpy()
        data = quantise_q8_0(values) if values.ndim == 2 else values.astype("<f4").tobytes()
        entries.append({"name": name, "shape": list(values.shape), "bytes": len(data)})
        blob += data
    parts = [bytes(blob[at:at + PART_BYTES]) for at in range(0, len(blob), PART_BYTES)]
    for index, part in enumerate(parts):
        (folder / f"portable.{index:02d}").write_bytes(part)
    (folder / "portable.json").write_text(json.dumps({"progress": progress, "parts": len(parts), "tensors": entries}))
    return len(blob)


def exists(folder: Path) -> bool:
    return (folder / "full.pt").exists() or (folder / "portable.json").exists()


def load(folder: Path, model: torch.nn.Module, muon, adam: torch.optim.Optimizer, device: str) -> tuple[dict, bool]:
    """Restores what the folder holds; returns the progress, and whether the optimisers came with it."""
    if not (folder / "full.pt").exists():
        return load_weights(folder, model), False
    state = torch.load(folder / "full.pt", map_location=device, weights_only=True)
    model.load_state_dict(state["weights"])
    muon.load(state["muon"])
    adam.load_state_dict(state["adam"])
    return state["progress"], True


def load_weights(folder: Path, model: torch.nn.Module) -> dict:
    """Restores the weights alone, from either form; returns the progress."""
    if (folder / "full.pt").exists():
        state = torch.load(folder / "full.pt", map_location="cpu", weights_only=True)
        model.load_state_dict(state["weights"])
        return state["progress"]
    if not (folder / "portable.json").exists():
        raise FileNotFoundError(f"{folder} holds neither full.pt nor portable.json")
    index = json.loads((folder / "portable.json").read_text())
    blob = b"".join((folder / f"portable.{number:02d}").read_bytes() for number in range(index["parts"]))
    parameters = dict(model.named_parameters())
    at = 0
    with torch.no_grad():
        for entry in index["tensors"]:
            data = blob[at:at + entry["bytes"]]
            at += entry["bytes"]
            shape = tuple(entry["shape"])
            parameter = parameters.get(entry["name"])
            if parameter is None or tuple(parameter.shape) != shape:
                raise ValueError(f"{folder}: {entry['name']} of the shape {shape} does not fit the model; use the --shape of the run")
            values = dequantise_q8_0(data, shape) if len(shape) == 2 else np.frombuffer(data, "<f4").reshape(shape)
            parameter.copy_(torch.from_numpy(values.copy()))
    return index["progress"]


def start_from(source: Path, model: torch.nn.Module) -> None:
    """Takes the weights of a GGUF file, or of the folder of a checkpoint; nothing else of it.

    Raises FileNotFoundError where there is neither, and ValueError where the shape is another.
    """
    if source.is_dir():
        load_weights(source, model)
        return
    if not source.exists():
        raise FileNotFoundError(f"{source} is missing: --from names a GGUF file or the folder of a checkpoint")
    from import_gguf import load as load_gguf

    load_gguf(source, model)
