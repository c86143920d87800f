"""Quantises a GGUF file with llama.cpp's own code, out of the native libraries that the product restores.

python3 quantise.py --libraries DIR --in agent-mini.gguf --out agent-mini-q5.gguf --type q5_k_m

DIR holds libllama*.so and libggml*.so, e.g. llama/linux-x64 beside the built product. From F16 or F32 is best; from Q8_0 works too.
"""
from __future__ import annotations

import argparse
import ctypes
import os
from pathlib import Path

TYPES = {"q4_k_s": 14, "q4_k_m": 15, "q5_k_s": 16, "q5_k_m": 17, "q6_k": 18, "q8_0": 7}


class Parameters(ctypes.Structure):
    """llama_model_quantize_params of llama.cpp v0.5.0: the leading fields, and room for the rest, which keep their defaults."""

    _fields_ = [
        ("threads", ctypes.c_int32), ("file_type", ctypes.c_int32), ("output_type", ctypes.c_int32), ("embedding_type", ctypes.c_int32),
        ("allow_requantise", ctypes.c_bool), ("rest", ctypes.c_ubyte * 239),
    ]


def load(folder: Path) -> ctypes.CDLL:
    def find(stem: str) -> Path:
        found = sorted(path for path in folder.glob(f"{stem}*.so") if path.name == f"{stem}.so" or path.name.startswith(f"{stem}.v"))
        if not found:
            raise FileNotFoundError(f"no {stem}*.so in {folder}")
        return found[0]

    # In the order in which they need each other, so that the folder need not be on the search path.
    for stem in ("libggml-base", "libggml"):
        library = ctypes.CDLL(str(find(stem)), mode=ctypes.RTLD_GLOBAL)
    library.ggml_backend_load_all_from_path.argtypes = [ctypes.c_char_p]
    library.ggml_backend_load_all_from_path(os.fsencode(folder))
    return ctypes.CDLL(str(find("libllama")), mode=ctypes.RTLD_GLOBAL)


def quantise(library: ctypes.CDLL, source: Path, target: Path, kind: str) -> None:
    library.llama_model_quantize_default_params.restype = Parameters
    parameters = library.llama_model_quantize_default_params()
    parameters.threads = os.cpu_count() or 1
    parameters.file_type = TYPES[kind]
    parameters.allow_requantise = True
    library.llama_model_quantize.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(Parameters)]
    library.llama_model_quantize.restype = ctypes.c_uint32
    if library.llama_model_quantize(os.fsencode(source), os.fsencode(target), ctypes.byref(parameters)) != 0:
        raise RuntimeError(f"llama.cpp could not quantise {source}; its reason stands above")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--libraries", type=Path, required=True)
    parser.add_argument("--in", dest="source", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--type", choices=sorted(TYPES), required=True)
    options = parser.parse_args()
    quantise(load(options.libraries.resolve()), options.source, options.out, options.type)
    print(f"{options.out}: {options.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
