"""Sentence embeddings of training prompts and of dictionary lines, made once; the text encoder learns to match them.

The teacher is all-MiniLM-L6-v2 (Apache-2.0), the lines are WordNet's (free licence). Neither is part of what ships: the
teacher only tells which wordings mean nearly the same.
"""

from __future__ import annotations

import argparse
import random
import re
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from transformers import AutoModel, AutoTokenizer

from prompts import NO_COLOR, Filled, Prompts
from running import fast_arithmetic, save_state, use_threads
from wordings import GRAMMAR


@dataclass
class Taught:
    """A text, the edits it asks for (none: dictionary line or nonsense), its colour."""

    text: str
    edits: list[str]
    color: str = NO_COLOR


def draw_prompts(prompts: Prompts, rng: random.Random, fills: int) -> list[Taught]:
    """Every training wording with `fills` different fillings, captions, joined prompts and nonsense."""
    drawn: list[Taught] = []

    def add(*items: Filled, text: str | None = None) -> None:
        colors = [item.color for item in items if item.color != NO_COLOR]
        drawn.append(Taught(text or items[0].text, [item.edit for item in items], colors[0] if colors else NO_COLOR))

    for edit in prompts.ids:
        for wording in prompts.edits[edit]["train"]:
            for _ in range(fills if "{" in wording else 1):
                text, color = prompts.fill(wording, rng)
                add(Filled(text, edit, color))
        for _ in range(600 if edit in GRAMMAR else 120):
            add(prompts.sample(edit, rng))
    for edit in ("tint", "fg_recolor", "bg_color"):
        for _ in range(1500):
            add(prompts.sample(edit, rng))
    for _ in range(5000):
        pair = [prompts.sample(rng.choice(prompts.ids), rng) for _ in range(2)]
        add(*pair, text=prompts.join(pair[0], pair[1], rng))
    for _ in range(1500):
        drawn.append(Taught(prompts.nonsense(rng).text, []))
    return drawn


def dictionary_lines(folder: Path, rng: random.Random, count: int) -> list[str]:
    """Short glosses and example sentences of WordNet's data files."""
    lines: list[str] = []
    for name in ("data.noun", "data.verb", "data.adj", "data.adv"):
        for line in (folder / name).read_text(errors="replace").splitlines():
            if line.startswith(" ") or "|" not in line:
                continue
            parts = re.split(r"[;]", line.split("|", 1)[1])
            lines += [part.strip(' "') for part in parts if 8 < len(part.strip()) < 90]
    return rng.sample(lines, min(count, len(lines)))


@torch.no_grad()
def embed(folder: Path, texts: list[str]) -> Tensor:
    """Mean-pooled, normalised sentence embeddings, float16 [texts, 384]."""
    tokenizer, model = AutoTokenizer.from_pretrained(str(folder)), AutoModel.from_pretrained(str(folder)).eval()
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    rows = torch.zeros(len(texts), 384, dtype=torch.float16)
    for start in range(0, len(order), 128):
        picked = order[start : start + 128]
        batch = tokenizer([texts[index] for index in picked], padding=True, truncation=True, max_length=64, return_tensors="pt")
        with fast_arithmetic():
            states = model(**batch).last_hidden_state.float()
        weights = batch["attention_mask"][..., None].float()
        rows[picked] = F.normalize((states * weights).sum(1) / weights.sum(1), dim=-1).half()
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/training-data"))
    parser.add_argument("--teacher", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--fills", type=int, default=2)
    parser.add_argument("--lines", type=int, default=40000)
    args = parser.parse_args()
    use_threads()
    rng = random.Random(11)
    taught = draw_prompts(Prompts(args.data), rng, args.fills)
    lines = dictionary_lines(args.wordnet, rng, args.lines)
    print(f"{len(taught)} prompts, {len(lines)} dictionary lines", flush=True)
    save_state(args.out, prompts=[(item.text, item.edits, item.color) for item in taught], lines=lines,
               prompt_rows=embed(args.teacher, [item.text for item in taught]), line_rows=embed(args.teacher, lines))


if __name__ == "__main__":
    main()
