"""Writes a checkpoint as GGUF: python3 export_gguf.py --checkpoint DIR --out agent-mini.gguf [--type q8_0|f16] [--parts DIR]

K-quants are made from the F16 file by llama.cpp's own quantiser. --parts also leaves the file in pieces of 15 MiB.
"""
from __future__ import annotations

import argparse
from pathlib import Path


import checkpoint
import gguf_file
import lexicon
from model import SHAPES, Model, Shape
from tokeniser import Tokeniser

NORMAL, CONTROL, USER_DEFINED = 1, 3, 4
TENSORS = {
    "attention_norm": "attn_norm", "feed_norm": "ffn_norm", "q": "attn_q", "k": "attn_k", "v": "attn_v", "o": "attn_output",
    "gate": "ffn_gate", "up": "ffn_up", "down": "ffn_down",
}


def tensor_names(model: Model) -> dict[str, str]:
    """What each parameter of the model is called in the file, in the order of the file."""
    names = {"embedding.weight": "token_embd.weight", "norm.weight": "output_norm.weight"}
    known = {name for name, _ in model.named_parameters()}
    for layer in range(model.shape.layers):
        for ours, theirs in TENSORS.items():
            for part in ("weight", "bias"):
                if f"blocks.{layer}.{ours}.{part}" in known:
                    names[f"blocks.{layer}.{ours}.{part}"] = f"blk.{layer}.{theirs}.{part}"
    return names


def metadata_shape(shape: Shape) -> dict[str, int | float]:
    """The sizes of a model as the file tells them."""
    return {
        "qwen2.context_length": shape.context, "qwen2.embedding_length": shape.width, "qwen2.block_count": shape.layers,
        "qwen2.feed_forward_length": shape.hidden, "qwen2.attention.head_count": shape.heads, "qwen2.attention.head_count_kv": shape.key_heads,
        "qwen2.rope.freq_base": float(shape.theta), "qwen2.attention.layer_norm_rms_epsilon": float(shape.epsilon),
    }


def metadata(writer: gguf_file.Writer, shape: Shape, tokeniser: Tokeniser, kind: int, call_threshold: float | None) -> None:
    size = f"{round(shape.parameters / 1e6)}M"
    for key, value in (
        ("general.architecture", "qwen2"), ("general.type", "model"), ("general.name", "agent-mini"), ("general.size_label", size),
        ("general.license", "mit"), ("general.languages", ["en", "zh"]), ("general.tags", ["function-calling", "tool-use", "text-generation"]),
        ("general.description", "A small function-calling model for Chinese and English, trained from random weights on dialogues and on WordNet."),
        ("general.file_type", 7 if kind == gguf_file.Q8_0 else 1), ("general.quantization_version", 2),
        *metadata_shape(shape).items(),
    ):
        writer.add(key, value)
    if call_threshold is not None:
        writer.add("agent.call_threshold", float(call_threshold))
    tokens, kinds = [""] * shape.vocabulary, [NORMAL] * shape.vocabulary
    for token, number in tokeniser.vocabulary.items():
        tokens[number] = token
    for literal, number in tokeniser.special.items():
        tokens[number] = literal
        kinds[number] = CONTROL if literal.startswith("<|") else USER_DEFINED
    if "" in tokens:
        raise ValueError(f"the tokeniser has {tokeniser.size} tokens, the model {shape.vocabulary}")
    for key, value in (
        ("tokenizer.ggml.model", "gpt2"), ("tokenizer.ggml.pre", "qwen2"), ("tokenizer.ggml.tokens", tokens), ("tokenizer.ggml.token_type", kinds),
        ("tokenizer.ggml.merges", [" ".join(merge) for merge in tokeniser.source["model"]["merges"]]),
        ("tokenizer.ggml.eos_token_id", tokeniser.end_of_turn), ("tokenizer.ggml.padding_token_id", tokeniser.end_of_text),
        ("tokenizer.ggml.bos_token_id", tokeniser.end_of_text), ("tokenizer.ggml.add_bos_token", False),
        ("tokenizer.chat_template", (lexicon.DATA / "chat_template.jinja").read_text(encoding="utf-8")),
    ):
        writer.add(key, value)


def export(model: Model, path: Path, kind: int, call_threshold: float | None = None) -> int:
    """Writes the model; returns the size of the file. Q and K need no permutation: Qwen2 rotates halves, as the model does."""
    writer = gguf_file.Writer()
    metadata(writer, model.shape, Tokeniser(fast=False), kind, call_threshold)
    weights = {name: tensor.detach().float().cpu().numpy() for name, tensor in model.named_parameters()}
    for ours, theirs in tensor_names(model).items():
        writer.add_tensor(theirs, weights[ours], kind if weights[ours].ndim == 2 else gguf_file.F32)
    return writer.write(path)


def split(path: Path, folder: Path) -> int:
    """Cuts a file into parts NAME.00, NAME.01 ...; joined by `cat NAME.* > NAME`."""
    folder.mkdir(parents=True, exist_ok=True)
    data = path.read_bytes()
    parts = [data[at:at + checkpoint.PART_BYTES] for at in range(0, len(data), checkpoint.PART_BYTES)]
    for index, part in enumerate(parts):
        (folder / f"{path.name}.{index:02d}").write_bytes(part)
    return len(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--shape", choices=sorted(SHAPES), default="s60")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--type", choices=("q8_0", "f16"), default="q8_0")
    parser.add_argument("--parts", type=Path)
    parser.add_argument("--call-threshold", type=float)
    arguments = parser.parse_args()
    model = Model(SHAPES[arguments.shape])
    progress = checkpoint.load_weights(arguments.checkpoint, model)
    size = export(model, arguments.out, gguf_file.Q8_0 if arguments.type == "q8_0" else gguf_file.F16, arguments.call_threshold)
    print(f"{arguments.out}: {size / 1e6:.1f} MB after step {progress['step']}")
    if arguments.parts:
        print(f"{split(arguments.out, arguments.parts)} parts in {arguments.parts}")


if __name__ == "__main__":
    main()
