"""Takes the weights of a GGUF file into a model: the reverse of export_gguf.export, but for what quantising has cost."""
from __future__ import annotations

from pathlib import Path

import torch

from export_gguf import metadata_shape, tensor_names
from gguf_reader import Reader
from model import Model
from tokeniser import Tokeniser


def load(path: Path, model: Model) -> None:
    """Raises ValueError where the file has another shape or vocabulary than the model."""
    reader = Reader(path)
    for key, value in metadata_shape(model.shape).items():
        # Floats are of single precision in the file.
        if abs(reader.metadata.get(key, -1) - value) > 1e-6 * abs(value):
            raise ValueError(f"{path}: {key} is {reader.metadata.get(key)}, the model's is {value}; give the --shape of the file")
    theirs, ours = reader.metadata["tokenizer.ggml.tokens"], Tokeniser(fast=False)
    if any(theirs[number] != token for token, number in ours.vocabulary.items()):
        raise ValueError(f"{path} has another vocabulary than data/tokenizer.json; weights are of no use with other tokens")
    names = tensor_names(model)
    unknown = set(reader.names()) - set(names.values())
    if unknown:
        raise ValueError(f"{path} holds {', '.join(sorted(unknown))}, which the model has no place for")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            values = reader.tensor(names[name])
            if values.shape != tuple(parameter.shape):
                raise ValueError(f"{path}: {names[name]} has the shape {values.shape}, the model's {name} {tuple(parameter.shape)}")
            parameter.copy_(torch.from_numpy(values))
