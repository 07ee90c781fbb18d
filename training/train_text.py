"""Trains the text encoder: its context must tell which edit, and which colour, a prompt asks for."""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from prompts import NO_COLOR, Filled, Prompts, with_noise
from running import Clock, learning_rate, load_state, save_state, use_threads
from text import EOS, TOKENS, Tokenizer, create_text_encoder, encode_ids, write_tokenizer


class Heads(nn.Module):
    """Linear readings of one row of context [batch, 256]: edit logits and colour logits."""

    def __init__(self, edits: int, colors: int) -> None:
        super().__init__()
        self.edit = nn.Linear(256, edits)
        self.color = nn.Linear(256, colors)

    def forward(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        return self.edit(rows), self.color(rows)


def cut_padding(ids: Tensor, least: int = 0) -> Tensor:
    """[batch, 77] to [batch, length of the longest text, at least `least`]."""
    length = int((ids != EOS).sum(1).max()) + 1
    return ids[:, : max(length, least)]


def end_rows(ids: Tensor, context: Tensor) -> Tensor:
    """The context row of each text's first end token, [batch, 256]."""
    return context[torch.arange(len(ids)), (ids == EOS).int().argmax(1)]


def draw_batch(prompts: Prompts, rng: random.Random, size: int) -> tuple[list[str], Tensor, Tensor]:
    """Texts, edit targets [batch, edits] (rows sum to 1) and colour classes [batch]."""
    ids, colors = prompts.ids, prompts.color_names
    texts, edits, color_classes = [], torch.zeros(size, len(ids)), torch.zeros(size, dtype=torch.int64)
    for row in range(size):
        draw = rng.random()
        items: list[Filled]
        if draw < 0.03:
            items = [prompts.nonsense(rng)]
        elif draw < 0.05:
            caption = rng.choice(["a photo of {a}", "{a}", "a picture of {a}", "a photo of {scenery_caption}", "{scenery_caption}"])
            items = [Filled(prompts.fill(caption, rng)[0], "identity")]
        else:
            edit = rng.choice(ids) if rng.random() < 0.9 else rng.choice(["tint", "fg_recolor", "bg_color"])
            items = [prompts.sample(edit, rng)]
            if draw > 0.92:
                items.append(prompts.sample(rng.choice(ids), rng))
        text = items[0].text if len(items) == 1 else prompts.join(items[0], items[1], rng)
        texts.append(with_noise(text, rng))
        for item in items:
            edits[row, ids.index(item.edit)] += 1 / len(items)
        named = [item.color for item in items if item.color != NO_COLOR]
        color_classes[row] = colors.index(named[0]) if named else 0
    return texts, edits, color_classes


@torch.no_grad()
def evaluate(prompts: Prompts, tokenizer: Tokenizer, encoder: nn.Module, heads: Heads) -> dict[str, float]:
    """Top-1 accuracy on wordings never trained on; colour accuracy with trained and with unseen colour names."""
    encoder.eval()
    rng = random.Random(7)
    scores: dict[str, float] = {}
    for kind in ("heldout", "heldout_oblique"):
        texts, edits, colors, known = [], [], [], []
        for edit in prompts.ids:
            for wording in prompts.edits[edit][kind]:
                words = "train" if len(texts) % 2 else "heldout"
                text, color = prompts.fill(wording, rng, words=words)
                texts.append(text)
                edits.append(prompts.ids.index(edit))
                colors.append(prompts.color_names.index(color))
                known.append(words == "train")
        rows = []
        for start in range(0, len(texts), 128):
            ids = cut_padding(tokenizer(texts[start : start + 128]))
            rows.append(end_rows(ids, encode_ids(encoder, ids)))
        edit_logits, color_logits = heads(torch.cat(rows))
        right = edit_logits.argmax(1) == torch.tensor(edits)
        scores[kind] = right.float().mean().item()
        colored, seen = torch.tensor(colors) > 0, torch.tensor(known)
        color_right = color_logits.argmax(1) == torch.tensor(colors)
        scores[kind + "_color_known"] = color_right[colored & seen].float().mean().item()
        scores[kind + "_color_unseen"] = color_right[colored & ~seen].float().mean().item()
    encoder.train()
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/training-data"))
    parser.add_argument("--merges", type=Path, required=True, help="CLIP's bpe_simple_vocab_16e6.txt.gz, licence beside it")
    parser.add_argument("--run", type=Path, required=True, help="folder for text.pt and the tokenizer")
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--batch", type=int, default=96)
    parser.add_argument("--rate", type=float, default=1e-3)
    args = parser.parse_args()
    use_threads()
    torch.manual_seed(1)
    rng = random.Random(1)
    args.run.mkdir(parents=True, exist_ok=True)
    write_tokenizer(args.merges, args.run / "tokenizer")
    tokenizer, prompts = Tokenizer(args.run / "tokenizer"), Prompts(args.data)
    encoder = create_text_encoder()
    heads = Heads(len(prompts.ids), len(prompts.color_names))
    parameters = [*encoder.parameters(), *heads.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=args.rate, betas=(0.9, 0.98), weight_decay=0.02)
    state = load_state(args.run / "text.pt")
    clock, step = Clock(args.minutes * 60), 0
    if state:
        encoder.load_state_dict(state["encoder"])
        heads.load_state_dict(state["heads"])
        if "optimiser" in state:
            optimiser.load_state_dict(state["optimiser"])
        step, clock = state["step"], Clock(args.minutes * 60, state["spent_seconds"])
    dropout = nn.Dropout(0.1)
    saved = reported = time.monotonic()
    while clock.progress < 1:
        texts, edits, colors = draw_batch(prompts, rng, args.batch)
        ids = cut_padding(tokenizer(texts), least=TOKENS if step % 6 == 0 else 0)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(args.rate, step, clock.progress, 150)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            context = encode_ids(encoder, ids)
        context = context.float()
        # The last row is padding in most texts: the U-Net reads it as well, so it must mean the same.
        loss = torch.zeros(())
        for rows in (end_rows(ids, context), context[:, -1]):
            edit_logits, color_logits = heads(dropout(rows))
            loss = loss + F.cross_entropy(edit_logits, edits, label_smoothing=0.05) + 0.3 * F.cross_entropy(color_logits, colors)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        step += 1
        now = time.monotonic()
        if now - reported > 60 or clock.progress >= 1:
            reported = now
            scores = " ".join(f"{k} {v:.3f}" for k, v in evaluate(prompts, tokenizer, encoder, heads).items())
            print(f"step {step} {clock.spent_seconds:.0f} s loss {loss.item():.3f} {scores}", flush=True)
        if now - saved > 120 or clock.progress >= 1:
            saved = now
            save_state(
                args.run / "text.pt",
                encoder=encoder.state_dict(),
                heads=heads.state_dict(),
                optimiser=optimiser.state_dict(),
                step=step,
                spent_seconds=clock.spent_seconds,
                edits=prompts.ids,
                colors=prompts.color_names,
            )


if __name__ == "__main__":
    main()
