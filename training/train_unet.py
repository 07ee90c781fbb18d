"""Trains the denoiser on pairs made on the fly; latents are kept in a pool so that each pair serves several steps."""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader, IterableDataset

from data import load_photos
from diffusion import NoiseLevels, draw_timestep
from pairs import PairMaker
from prompts import Prompts
from running import Average, Clock, Threads, learning_rate, load_state, save_state, use_threads
from text import Tokenizer, create_text_encoder, encode_ids
from train_vae import TrainedAutoencoder
from unet import create_unet
from vae import DeltacutAutoencoder

SMALL, LARGE = (128, 128), (192, 256)
# Pairs per chunk, pairs kept, pairs per optimiser step. Both shapes cost about the same per step.
CHUNKS = {SMALL: 24, LARGE: 8}
POOLED = {SMALL: 6000, LARGE: 1600}
BATCHES = {SMALL: 32, LARGE: 10}


class PairChunks(IterableDataset):
    """Chunks of pairs of one shape, tokenised, with masks averaged to the latent grid."""

    def __init__(self, folder: Path, tokenizer: Path, seed: int, large_share: float) -> None:
        self.folder, self.tokenizer, self.seed, self.large_share = folder, tokenizer, seed, large_share

    def __iter__(self):
        torch.set_num_threads(1)
        maker = PairMaker(load_photos(self.folder, "train"), Prompts(self.folder), self.seed)
        tokenizer = Tokenizer(self.tokenizer)
        while True:
            shape = LARGE if maker.rng.random() < self.large_share else SMALL
            pairs = [maker.draw(*shape) for _ in range(CHUNKS[shape])]
            yield {
                "shape": shape,
                "source": (torch.stack([pair.source for pair in pairs]) * 255).round().to(torch.uint8),
                "target": (torch.stack([pair.target for pair in pairs]) * 255).round().to(torch.uint8),
                "mask": F.avg_pool2d(torch.stack([pair.mask for pair in pairs]), 8),
                "noise": torch.stack([pair.noise for pair in pairs]),
                "keeps_noise": torch.tensor([pair.keeps_noise for pair in pairs]),
                "ids": tokenizer([pair.text for pair in pairs]),
            }


class Pool:
    """Encoded pairs of one shape, the oldest replaced first. `estimate` is the model's own last answer at timestep 999."""

    def __init__(self, size: int) -> None:
        self.size, self.count, self.next = size, 0, 0
        self.rows: dict[str, Tensor] = {}

    def add(self, chunk: dict[str, Tensor]) -> None:
        for offset in range(len(chunk["source"])):
            for name, tensor in chunk.items():
                if name not in self.rows:
                    self.rows[name] = torch.zeros(self.size, *tensor.shape[1:], dtype=tensor.dtype)
                self.rows[name][self.next] = tensor[offset]
            self.next = (self.next + 1) % self.size
            self.count = min(self.count + 1, self.size)

    def draw(self, count: int) -> tuple[Tensor, dict[str, Tensor]]:
        index = torch.randint(self.count, (count,))
        return index, {name: tensor[index] for name, tensor in self.rows.items()}


@torch.no_grad()
def encode_chunk(chunk: dict, vae: DeltacutAutoencoder, text: nn.Module) -> dict[str, Tensor]:
    """Pictures and ids of a chunk to what the pool keeps, half precision."""
    pictures = torch.cat([chunk["source"], chunk["target"]]).to(memory_format=torch.channels_last).float() / 127.5 - 1
    with torch.autocast("cpu", dtype=torch.bfloat16):
        latents = vae.encode(pictures).float()
        context = encode_ids(text, chunk["ids"]).float()
    source, target = latents.chunk(2)
    half = torch.float16
    return {
        "source": source.to(half),
        "target": target.to(half),
        "mask": chunk["mask"].to(half),
        "noise": chunk["noise"].to(half),
        "keeps_noise": chunk["keeps_noise"],
        "context": context.to(half),
        "estimate": torch.zeros_like(source, dtype=half),
        "has_estimate": torch.zeros(len(source), dtype=torch.bool),
    }


@torch.no_grad()
def channel_weights(vae: DeltacutAutoencoder, latents: Tensor) -> Tensor:
    """How much each latent channel matters to the decoded picture, mean 1, half flattened; [1, 16, 1, 1]."""
    plain = vae.decode(latents)
    errors = []
    for channel in range(latents.shape[1]):
        moved = latents.clone()
        moved[:, channel] += 0.2 * torch.randn_like(moved[:, channel])
        errors.append((vae.decode(moved) - plain).square().mean())
    sensitivity = torch.stack(errors)
    return (0.5 + 0.5 * sensitivity / sensitivity.mean())[None, :, None, None]


def load_frozen(text_run: Path, vae_run: Path) -> tuple[nn.Module, DeltacutAutoencoder]:
    text = create_text_encoder()
    text.load_state_dict(load_state(text_run / "text.pt")["encoder"])
    trained = TrainedAutoencoder()
    trained.load_state_dict(load_state(vae_run / "vae.pt")["average"])
    return text.eval().requires_grad_(False), trained.fold().requires_grad_(False).to(memory_format=torch.channels_last)


def draw_inputs(
    rows: dict[str, Tensor], levels: NoiseLevels, rng: random.Random
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Model input [batch, 33, h, w], noisy latents, timesteps, target v, and which noises were the stored ones."""
    count = len(rows["source"])
    source, target = rows["source"].float(), rows["target"].float()
    timesteps = torch.tensor([draw_timestep(rng) for _ in range(count)])
    stored = rows["keeps_noise"] | rows["has_estimate"] | (torch.rand(count) < 0.5)
    noise = torch.where(stored[:, None, None, None], rows["noise"].float(), torch.randn_like(source))
    own = rows["has_estimate"] & (torch.rand(count) < 0.6)
    start = torch.where(own[:, None, None, None], rows["estimate"].float(), target)
    signal, amplitude = levels.of(timesteps)
    noisy = signal * start + amplitude * noise
    return torch.cat([noisy, source, rows["mask"].float()], 1), noisy, timesteps, levels.target_v(noisy, target, timesteps), stored


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/training-data"))
    parser.add_argument("--text-run", type=Path, required=True)
    parser.add_argument("--vae-run", type=Path, required=True)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=80)
    parser.add_argument("--rate", type=float, default=8e-4)
    parser.add_argument("--steps-per-chunk", type=int, default=2)
    args = parser.parse_args()
    use_threads()
    args.run.mkdir(parents=True, exist_ok=True)
    text, vae = load_frozen(args.text_run, args.vae_run)
    torch.manual_seed(3)
    unet = create_unet().to(memory_format=torch.channels_last)
    average = Average(unet, 0.999)
    optimiser = torch.optim.AdamW(unet.parameters(), lr=args.rate, betas=(0.9, 0.99), weight_decay=1e-2)
    clock, step, path = Clock(args.minutes * 60), 0, args.run / "unet.pt"
    if state := load_state(path):
        unet.load_state_dict(state["unet"])
        average.tensors, average.steps = state["average"], state["step"]
        optimiser.load_state_dict(state["optimiser"])
        step, clock = state["step"], Clock(args.minutes * 60, state["spent_seconds"])
    torch.manual_seed(step)
    rng = random.Random(step)
    chunks = iter(
        DataLoader(
            PairChunks(args.data, args.text_run / "tokenizer", step + 1, 0.25),
            batch_size=None, num_workers=1, prefetch_factor=8,
        )
    )
    pools = {shape: Pool(size) for shape, size in POOLED.items()}
    while pools[SMALL].count < 480 or pools[LARGE].count < 40:
        chunk = next(chunks)
        pools[tuple(chunk["shape"])].add(encode_chunk(chunk, vae, text))
    weights = channel_weights(vae, pools[SMALL].rows["target"][:16].float())
    print("channel weights", [round(w, 2) for w in weights.flatten().tolist()], flush=True)
    levels = NoiseLevels()
    saved = reported = time.monotonic()
    threads = Threads()
    reported_step, first, later = step, 0.0, 0.0
    while clock.progress < 1:
        threads.adapt()
        if step % args.steps_per_chunk == 0:
            chunk = next(chunks)
            pools[tuple(chunk["shape"])].add(encode_chunk(chunk, vae, text))
        shape = LARGE if rng.random() < (0.12 if clock.progress < 0.5 else 0.3) else SMALL
        index, rows = pools[shape].draw(BATCHES[shape])
        inputs, noisy, timesteps, target_v, stored = draw_inputs(rows, levels, rng)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(args.rate, step, clock.progress, 300)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            v = unet(inputs.to(memory_format=torch.channels_last), timesteps, rows["context"].float()).sample
        v = v.float()
        errors = ((v - target_v).square() * weights).mean(dim=(1, 2, 3))
        loss = errors.mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(unet.parameters(), 1.0)
        optimiser.step()
        average.update(unet)
        at_start = timesteps == 999
        keep = at_start & stored
        pools[shape].rows["estimate"][index[keep]] = -v.detach()[keep].to(torch.float16)
        pools[shape].rows["has_estimate"][index[keep]] = True
        step += 1
        first += 0.01 * (errors[at_start].mean().item() - first) if at_start.any() else 0
        later += 0.01 * (errors[~at_start].mean().item() - later) if (~at_start).any() else 0
        now = time.monotonic()
        is_last = clock.progress >= 1
        if now - reported > 60 or is_last:
            speed = (step - reported_step) / (now - reported)
            print(f"step {step} {clock.spent_seconds:.0f} s {speed:.2f} steps/s loss at 999 {first:.4f} later {later:.4f}", flush=True)
            reported, reported_step = now, step
        if now - saved > 180 or is_last:
            saved = now
            save_state(
                path, unet=unet.state_dict(), average=average.tensors, optimiser=optimiser.state_dict(),
                step=step, spent_seconds=clock.spent_seconds,
            )


if __name__ == "__main__":
    main()
