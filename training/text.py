"""The starter's text encoder (CLIP layout, 4 layers of width 256) and its tokenizer."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import torch
from torch import Tensor
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

BOS, EOS, TOKENS = 49406, 49407, 77


def create_text_encoder() -> CLIPTextModel:
    """Context = last_hidden_state after the final norm, [batch, 77, 256]."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=49408,
            hidden_size=256,
            intermediate_size=1024,
            num_hidden_layers=4,
            num_attention_heads=4,
            max_position_embeddings=TOKENS,
            hidden_act="quick_gelu",
            bos_token_id=BOS,
            eos_token_id=EOS,
            pad_token_id=EOS,
        )
    )


def write_tokenizer(merges_gz: Path, folder: Path) -> None:
    """Writes vocab.json and merges.txt from CLIP's gzipped list of merges; its licence goes beside them."""
    lines = gzip.open(merges_gz, "rt", encoding="utf-8").read().split("\n")[1 : 49152 - 256 - 2 + 1]
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = [byte for byte in range(256) if byte not in printable]
    symbols = [chr(byte) for byte in printable] + [chr(256 + i) for i in range(len(others))]
    words = symbols + [symbol + "</w>" for symbol in symbols]
    words += ["".join(line.split()) for line in lines] + ["<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {word: index for index, word in enumerate(words)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False), encoding="utf-8")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(lines) + "\n", encoding="utf-8")
    (folder / "LICENSE.txt").write_text((merges_gz.parent / "LICENSE.txt").read_text())
    settings = {
        "tokenizer_class": "CLIPTokenizer",
        "bos_token": "<|startoftext|>",
        "eos_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>",
        "pad_token": "<|endoftext|>",
        "do_lower_case": True,
        "model_max_length": TOKENS,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(settings, indent=2))


class Tokenizer:
    """Texts to ids [batch, 77] (int64): 49406, tokens, 49407, padded with 49407."""

    def __init__(self, folder: Path) -> None:
        self.clip = CLIPTokenizer.from_pretrained(str(folder))

    def __call__(self, texts: list[str]) -> Tensor:
        rows = self.clip(texts, padding="max_length", truncation=True, max_length=TOKENS)["input_ids"]
        return torch.tensor(rows, dtype=torch.int64)


def encode_ids(encoder: CLIPTextModel, ids: Tensor) -> Tensor:
    """ids [batch, tokens] to context [batch, tokens, 256]. The encoder is causal, so cutting the padding off
    the ids changes nothing in the rows that are left."""
    return encoder(input_ids=ids).last_hidden_state
