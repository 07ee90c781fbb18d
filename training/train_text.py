"""Trains the text encoder: its context must tell which edits, and which colour, a prompt asks for.

Three readings of it are trained: which one edit is meant (cross entropy), which edits are asked for at all (the prompt
reader that ships with the model, one sigmoid an edit), and which colour. One layer below, a sentence teacher's embedding
is matched, so that wordings never seen are understood like those that mean the same; the last layer is then drawn to one
place per edit, because the U-Net makes an edit by half where the context lies between two. A run that starts from a
checkpoint keeps that encoder's places, so that its U-Net still understands the new one.
"""

from __future__ import annotations

import argparse
import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from layout import load_weights
from prompts import NO_COLOR, Prompts, with_noise
from running import Clock, fast_arithmetic, learning_rate, load_state, save_state, use_threads
from text import EOS, TOKENS, Tokenizer, create_text_encoder, encode_ids

NONSENSE = "nonsense"


class Heads(nn.Module):
    """Linear readings of rows of context [batch, 256]."""

    def __init__(self, edits: int, colors: int) -> None:
        super().__init__()
        self.edit, self.color, self.teacher = nn.Linear(256, edits), nn.Linear(256, colors), nn.Linear(256, 384)
        self.rgb = nn.Linear(256, 3)
        # Where the context of every prompt of an edit should be.
        self.places = nn.Embedding(edits, 256)
        # Ships as `prompt_reader`: one logit an edit, the last for texts that ask for nothing.
        self.reader = nn.Linear(256, edits + 1)

    @torch.no_grad()
    def begin(self, places: Tensor, checkpoint: Path) -> None:
        """Begins with the checkpoint's reader and with "the nearest of `places`" [edits, 256] as the edit."""
        load_weights(self.reader, checkpoint / "prompt_reader/model.safetensors")
        apart = torch.cdist(places, places).square().median()
        self.places.weight.copy_(places)
        self.edit.weight.copy_(places * (20 / apart))
        self.edit.bias.copy_(-places.square().sum(1) * (10 / apart))


@dataclass
class Batch:
    """ids: [batch, 77]; edits: [batch, edits], rows sum to 1 or 0; colors: classes [batch]; rgb: [batch, 3] in [0, 1],
    of no meaning where the class is 0; teacher: [batch, 384]; kept: where the context of each prompt is to stay,
    [prompts, 256]."""

    ids: Tensor
    edits: Tensor
    colors: Tensor
    rgb: Tensor
    is_prompt: Tensor
    teacher: Tensor
    kept: Tensor | None


class Lessons:
    """Batches of the teacher's texts; prompts get typing mistakes but keep the embedding of the clean text."""

    def __init__(self, path: Path, prompts: Prompts, tokenizer: Tokenizer, seed: int) -> None:
        state = load_state(path)
        self.prompts, self.tokenizer, self.rng = prompts, tokenizer, random.Random(seed)
        self.texts, self.prompt_rows = state["prompts"], state["prompt_rows"]
        self.lines, self.line_rows = state["lines"], state["line_rows"]
        self.kept: Tensor | None = None

    def keep(self, encoder: nn.Module) -> Tensor:
        """From now on contexts are to stay where `encoder` has those of the clean texts; of an edit that takes no colour, and of
        nonsense, where it has them in the mean. Returns the means, [edits, 256]; zeros for edits that take a colour."""
        rows = read_texts(encoder, self.tokenizer, [text for text, _, _ in self.texts])
        places = torch.zeros(len(self.prompts.ids), 256)
        for edit in [*self.prompts.ids, None]:
            asked = [] if edit is None else [edit]
            same = [i for i, (_, edits, color) in enumerate(self.texts) if edits == asked and color == NO_COLOR]
            # An edit that takes a colour has a few wordings without one, which say nothing of the others.
            colored = any(edits == asked and color != NO_COLOR for _, edits, color in self.texts)
            if not colored:
                rows[same] = rows[same].mean(0)
                if edit is not None:
                    places[self.prompts.ids.index(edit)] = rows[same[0]]
        self.kept = rows
        return places

    def draw(self, prompts: int, lines: int) -> Batch:
        rng, count = self.rng, prompts + lines
        picked = [rng.randrange(len(self.texts)) for _ in range(prompts)]
        picked_lines = [rng.randrange(len(self.lines)) for _ in range(lines)]
        texts = [with_noise(self.texts[index][0], rng) for index in picked] + [self.lines[index] for index in picked_lines]
        edits, colors = torch.zeros(count, len(self.prompts.ids)), torch.zeros(count, dtype=torch.int64)
        rgb = torch.zeros(count, 3)
        for row, index in enumerate(picked):
            _, asked, color = self.texts[index]
            for edit in asked:
                edits[row, self.prompts.ids.index(edit)] += 1 / len(asked)
            if color != NO_COLOR:
                colors[row] = self.prompts.color_names.index(self.prompts.nearest_color(color))
                rgb[row] = torch.tensor(self.prompts.values[color]) / 255
        teacher = torch.cat([self.prompt_rows[picked], self.line_rows[picked_lines]]).float()
        kept = None if self.kept is None else self.kept[picked]
        return Batch(self.tokenizer(texts), edits, colors, rgb, torch.arange(count) < prompts, teacher, kept)


def cut_padding(ids: Tensor, least: int = 0) -> Tensor:
    """[batch, 77] to [batch, length of the longest text, at least `least`]."""
    length = int((ids != EOS).sum(1).max()) + 1
    return ids[:, : max(length, least)]


def end_rows(ids: Tensor, context: Tensor) -> Tensor:
    """The context row of each text's first end token, [batch, 256]."""
    return context[torch.arange(len(ids)), (ids == EOS).int().argmax(1)]


@torch.no_grad()
def read_texts(encoder: nn.Module, tokenizer: Tokenizer, texts: list[str]) -> Tensor:
    """The context row of each text's end token, [texts, 256]."""
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    rows = torch.zeros(len(texts), 256)
    for start in range(0, len(order), 128):
        picked = order[start : start + 128]
        ids = cut_padding(tokenizer([texts[index] for index in picked]))
        rows[picked] = end_rows(ids, encode_ids(encoder, ids))
    return rows


def loss_of(batch: Batch, heads: Heads, rows: Tensor, below: Tensor) -> Tensor:
    """The errors of all readings, added; rows: context [batch, 256]; below: the same rows one layer earlier."""
    asks = batch.is_prompt & (batch.edits.sum(1) > 0)
    prompts, lines = rows[batch.is_prompt], batch.edits[batch.is_prompt]
    wanted = torch.cat([(lines > 0).float(), (lines.sum(1, keepdim=True) == 0).float()], 1)
    reader = F.binary_cross_entropy_with_logits(heads.reader(prompts), wanted, reduction="none").sum(1).mean()
    colored = batch.colors > 0
    if batch.kept is None:
        # A colour moves the context: these rows have no one place.
        placed = (batch.edits == 1).any(1) & ~colored
        away = (rows[placed] - heads.places(batch.edits[placed].argmax(1))).square().mean()
    else:
        away = (prompts - batch.kept).square().mean()
    return (
        F.cross_entropy(heads.edit(rows[asks]), batch.edits[asks], label_smoothing=0.05)
        + 0.3 * F.cross_entropy(heads.color(rows[asks]), batch.colors[asks])
        + 6 * (heads.rgb(rows[colored]).sigmoid() - batch.rgb[colored]).square().mean()
        + 0.3 * reader
        + away
        + 2 * (1 - F.cosine_similarity(heads.teacher(below), batch.teacher)).mean()
    )


@torch.no_grad()
def evaluate(prompts: Prompts, tokenizer: Tokenizer, encoder: nn.Module, heads: Heads) -> dict[str, float]:
    """On wordings never trained on: top-1 edit, colour names trained and unseen, and how often the reader names the edit."""
    encoder.eval()
    rng = random.Random(7)
    scores: dict[str, float] = {}
    for kind in ("heldout", "heldout_oblique"):
        texts, edits, colors, known = [], [], [], []
        for edit in prompts.ids:
            for wording in prompts.edits[edit][kind]:
                words = "train" if len(texts) % 2 else "heldout"
                color = rng.choice(list(prompts.colors)) if "{color}" in wording else None
                text, color = prompts.fill(wording, rng, color, words=words)
                texts.append(text)
                edits.append(prompts.ids.index(edit))
                colors.append(prompts.color_names.index(color))
                known.append(words == "train")
        rows, wanted = read_texts(encoder, tokenizer, texts), torch.tensor(edits)
        scores[kind] = (heads.edit(rows).argmax(1) == wanted).float().mean().item()
        asked = heads.reader(rows) > 0
        scores[kind + "_reader"] = asked[torch.arange(len(wanted)), wanted].float().mean().item()
        colored, seen = torch.tensor(colors) > 0, torch.tensor(known)
        right = heads.color(rows).argmax(1) == torch.tensor(colors)
        scores[kind + "_color_known"] = right[colored & seen].float().mean().item()
        scores[kind + "_color_unseen"] = right[colored & ~seen].float().mean().item()
    encoder.train()
    return scores


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/training-data"))
    parser.add_argument("--lessons", type=Path, required=True, help="what teacher.py wrote")
    parser.add_argument("--tokenizer", type=Path, default=Path("checkpoint/tokenizer"))
    parser.add_argument("--start", type=Path, help="checkpoint folder whose text encoder to begin with")
    parser.add_argument("--run", type=Path, required=True, help="folder for text.pt and the tokenizer")
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--batch", type=int, default=112)
    parser.add_argument("--rate", type=float, default=1e-3)
    args = parser.parse_args()
    use_threads()
    torch.manual_seed(1)
    args.run.mkdir(parents=True, exist_ok=True)
    shutil.copytree(args.tokenizer, args.run / "tokenizer", dirs_exist_ok=True)
    tokenizer, prompts = Tokenizer(args.run / "tokenizer"), Prompts(args.data)
    encoder = create_text_encoder()
    if args.start:
        load_weights(encoder, args.start / "text_encoder/model.safetensors")
    heads = Heads(len(prompts.ids), len(prompts.color_names))
    parameters = [*encoder.parameters(), *heads.parameters()]
    optimiser = torch.optim.AdamW(parameters, lr=args.rate, betas=(0.9, 0.98), weight_decay=0.02)
    state = load_state(args.run / "text.pt")
    clock, step = Clock(args.minutes * 60), 0
    if state:
        encoder.load_state_dict(state["encoder"])
        heads.load_state_dict(state["heads"])
        optimiser.load_state_dict(state["optimiser"])
        step, clock = state["step"], Clock(args.minutes * 60, state["spent_seconds"])
    lessons = Lessons(args.lessons, prompts, tokenizer, step)
    if args.start:
        first = create_text_encoder().eval()
        load_weights(first, args.start / "text_encoder/model.safetensors")
        places = lessons.keep(first)
        if not state:
            heads.begin(places, args.start)
    dropout = nn.Dropout(0.1)
    saved = reported = time.monotonic()
    while clock.progress < 1:
        # Every sixth step reads texts at full length, which costs five times as much a text.
        full = step % 6 == 0
        count = args.batch // 4 if full else args.batch
        batch = lessons.draw(count * 6 // 7, count // 7)
        ids = cut_padding(batch.ids, least=TOKENS if full else 0)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(args.rate, step, clock.progress, 150)
        with fast_arithmetic():
            layers = encoder(input_ids=ids, output_hidden_states=True)
        context, below = layers.last_hidden_state.float(), layers.hidden_states[-2].float()
        # The last row is padding in most texts: the U-Net reads it as well, so it must mean the same.
        loss = loss_of(batch, heads, dropout(end_rows(ids, context)), end_rows(ids, below))
        loss = loss + 0.5 * loss_of(batch, heads, dropout(context[:, -1]), below[:, -1])
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
            )


if __name__ == "__main__":
    main()
