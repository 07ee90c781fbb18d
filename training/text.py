"""The starter's text encoder (CLIP layout, 4 layers of width 256) and its tokenizer."""

from __future__ import annotations

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
