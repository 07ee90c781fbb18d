"""Trains the denoiser on pairs made on the fly; latents are kept in a pool so that each pair serves several steps."""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import torch
import torch.multiprocessing as multiprocessing
import torch.nn.functional as F
from diffusers.models.attention_processor import AttnProcessor
from torch import Tensor, nn

from data import load_photos
from diffusion import FOUR_STEPS, NoiseLevels
from layout import load_weights
from pairs import PairMaker
from prompts import Prompts
from running import Average, Clock, fast_arithmetic, learning_rate, load_state, save_state, use_threads
from text import Tokenizer, create_text_encoder, encode_ids
from train_vae import TrainedAutoencoder
from unet import create_unet
from vae import DeltacutAutoencoder

SMALL, LARGE = (128, 128), (192, 256)
# Pairs per chunk, pairs kept, pairs per optimiser step; all per process. Both shapes cost about the same per step.
CHUNKS = {SMALL: 18, LARGE: 6}
POOLED = {SMALL: 4000, LARGE: 1000}
BATCHES = {SMALL: 16, LARGE: 5}
# Optimiser steps between two averagings of the processes.
STEPS_PER_TURN = 8


class PairChunks:
    """Chunks of pairs of one shape, encoded, half precision, as a pool keeps them."""

    def __init__(self, folder: Path, tokenizer: Path, seed: int, text: nn.Module, vae: DeltacutAutoencoder) -> None:
        self.maker = PairMaker(load_photos(folder, "train"), Prompts(folder), seed)
        self.tokenizer, self.text, self.vae = Tokenizer(tokenizer), text, vae

    def make(self, shape: tuple[int, int]) -> dict[str, Tensor]:
        pairs = [self.maker.draw(*shape) for _ in range(CHUNKS[shape])]
        half = torch.float16
        source, target = self.encode([pair.source for pair in pairs] + [pair.target for pair in pairs]).to(half).chunk(2)
        return {
            "source": source,
            "target": target,
            "mask": F.avg_pool2d(torch.stack([pair.mask for pair in pairs]), 8).to(half),
            "context": self.read([pair.text for pair in pairs]).to(half),
            # A run that has ended is started by `draw_inputs`.
            "state": torch.zeros_like(source),
            "timestep": torch.full((len(pairs),), -1),
            "stride": torch.full((len(pairs),), 250),
            "amount": torch.ones(len(pairs)),
        }

    @torch.no_grad()
    def encode(self, pictures: list[Tensor]) -> Tensor:
        batch = torch.stack(pictures).to(memory_format=torch.channels_last) * 2 - 1
        with fast_arithmetic():
            return self.vae.encode(batch).float()

    @torch.no_grad()
    def read(self, texts: list[str]) -> Tensor:
        with fast_arithmetic():
            return encode_ids(self.text, self.tokenizer(texts)).float()


class Pool:
    """Encoded pairs of one shape, the oldest replaced first.

    `state` and `timestep` are where the model's own run of the pair stands: noisy latents and their timestep, -1 once it has
    ended. `stride` is how far it goes at a step: a run of two steps or of four. `amount` is how much of the edit that run is to make, see `start_runs`.
    """

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


@torch.no_grad()
def color_axes(vae: DeltacutAutoencoder, latents: Tensor) -> Tensor:
    """The linear part of "latent cell to mean luma, blue and red difference of its 8 x 8 px", [3, 16].

    Rows are scaled so that each reading has variance 1 over `latents`. Two thirds of the latent channels are fine texture;
    these three readings are what an eye sees first, and blotches of colour above all.
    """
    red, green, blue = F.avg_pool2d(vae.decode(latents), 8).unbind(1)
    level = 0.299 * red + 0.587 * green + 0.114 * blue
    readings = torch.stack([level, blue - level, red - level], -1).reshape(-1, 3)
    cells = latents.permute(0, 2, 3, 1).reshape(-1, latents.shape[1])
    axes = torch.linalg.lstsq(cells - cells.mean(0), readings - readings.mean(0)).solution
    return (axes / (cells @ axes).std(0)).T.contiguous()


def errors_of(difference: Tensor, weights: Tensor, axes: Tensor) -> Tensor:
    """Weighted squared error of each sample, [batch]; difference: [batch, 16, h, w], sides multiples of 4."""
    seen = F.conv2d(difference, axes[:, :, None, None])
    wide = F.avg_pool2d(seen, 4)
    parts = ((difference.square() * weights), seen.square(), 2 * wide.square())
    return sum(part.mean(dim=(1, 2, 3)) for part in parts)


def shares_of(source: Tensor, wanted: Tensor, weights: Tensor, axes: Tensor) -> Tensor:
    """How much each sample's error counts, [batch], mean about 1: the more the less its edit changes.

    Sharpening changes a hundredth of what a white background does, and half of it is as much a failure. "Leave it as it is"
    changes nothing and counts like an edit of middle size.
    """
    size = errors_of(wanted - source, weights, axes)
    size = torch.where(size < 1e-4, 1.0, size)
    return (1.2 / (size + 0.1)).clamp(0.3, 5)


def load_text(folder: Path) -> nn.Module:
    """From a run of train_text.py or from a checkpoint folder."""
    text = create_text_encoder()
    if state := load_state(folder / "text.pt"):
        text.load_state_dict(state["encoder"])
    else:
        load_weights(text, folder / "text_encoder/model.safetensors")
    return text.eval().requires_grad_(False)


def load_autoencoder(folder: Path) -> DeltacutAutoencoder:
    """From a run of train_vae.py or from a checkpoint folder."""
    if (folder / "vae.pt").exists():
        trained = TrainedAutoencoder()
        trained.load_state_dict(load_state(folder / "vae.pt")["average"])
        vae = trained.fold()
    else:
        vae = DeltacutAutoencoder()
        load_weights(vae, folder / "vae/diffusion_pytorch_model.safetensors")
    return vae.eval().requires_grad_(False).to(memory_format=torch.channels_last)


def start_runs(rows: dict[str, Tensor], levels: NoiseLevels) -> None:
    """Begins the ended runs among `rows`, in place.

    Most begin with pure noise. One in ten begins, as an edit of lower strength does, at a later step with the noised source,
    and is to make the edit by an amount that falls with that step: timestep / 999 of the way from source to target.
    """
    count = len(rows["source"])
    ended = rows["timestep"] < 0
    starts = torch.where(torch.rand(count) < 0.9, FOUR_STEPS[0], torch.tensor(FOUR_STEPS[1:])[torch.randint(3, (count,))])
    noised = levels.add_noise(rows["source"].float(), torch.randn_like(rows["source"].float()), starts)
    rows["state"] = torch.where(ended[:, None, None, None], noised.to(torch.float16), rows["state"])
    rows["timestep"] = torch.where(ended, starts, rows["timestep"])
    rows["stride"] = torch.where(ended, 250 * torch.randint(1, 3, (count,)), rows["stride"])
    rows["amount"] = torch.where(ended, starts / FOUR_STEPS[0], rows["amount"])


def draw_inputs(rows: dict[str, Tensor], levels: NoiseLevels) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Noisy latents, timesteps, the latents to predict, and which rows go on with their own run.

    Seven in eight go on: trained only on noised targets, every further step made the picture worse (mean chroma of a
    black-and-white edit 4.5 after one step, 6.9 after four). The others are noised targets at any timestep.
    """
    count = len(rows["source"])
    source, target = rows["source"].float(), rows["target"].float()
    own = torch.rand(count) < 0.875
    timesteps = torch.where(own, rows["timestep"], torch.randint(20, 999, (count,)))
    noised = levels.add_noise(target, torch.randn_like(target), timesteps)
    noisy = torch.where(own[:, None, None, None], rows["state"].float(), noised)
    amount = torch.where(own, rows["amount"], torch.ones(count))[:, None, None, None]
    return noisy, timesteps, source + amount * (target - source), own


def advance(
    noisy: Tensor, latents: Tensor, timesteps: Tensor, strides: Tensor, levels: NoiseLevels
) -> tuple[Tensor, Tensor]:
    """State and timestep after one DDIM step from predicted `latents`; -1 where the run has ended."""
    following = timesteps - strides
    noise = levels.to_noise(noisy, latents, timesteps)
    return levels.add_noise(latents, noise, following.clamp(min=0)), torch.where(following < 0, -1, following)


class Team:
    """Processes that train one model together, one thread each: every few steps they average their weights in shared memory.

    One process with two threads waits for the slower core after every operation, which on a busy machine made a step
    five times slower; averaging gradients every step cost a quarter of the time. The optimiser's moments stay apart.
    """

    def __init__(self, size: int, weights: int) -> None:
        # Two buffers in turn, so that nobody overwrites what another still reads.
        self.weights = torch.zeros(2, size, weights).share_memory_()
        # Learning rate, progress and "stop", decided by member 0.
        self.orders = torch.zeros(2, 3, dtype=torch.float64).share_memory_()
        self.barrier = multiprocessing.get_context("spawn").Barrier(size)

    @torch.no_grad()
    def average(self, member: int, turn: int, parameters: list[nn.Parameter]) -> list[float]:
        """Makes the weights equal in all processes; returns member 0's orders."""
        lengths = [parameter.numel() for parameter in parameters]
        for part, parameter in zip(self.weights[turn % 2, member].split(lengths), parameters):
            part.copy_(parameter.view(-1))
        self.barrier.wait()
        everyone = [shared.split(lengths) for shared in self.weights[turn % 2]]
        for index, parameter in enumerate(parameters):
            parameter.view(-1).copy_(sum(parts[index] for parts in everyone) / len(everyone))
        return self.orders[turn % 2].tolist()


def train(member: int, team: Team, args: argparse.Namespace) -> None:
    use_threads(1)
    text, vae = load_text(args.text_run), load_autoencoder(args.vae)
    torch.manual_seed(3)
    unet = create_unet()
    if args.start:
        load_weights(unet, args.start / "unet/diffusion_pytorch_model.safetensors")
    else:
        # Begins as "leave everything as it is".
        nn.init.zeros_(unet.conv_out.weight)
        nn.init.zeros_(unet.conv_out.bias)
    # The fused attention kernel is slower than plain matrix products at these head widths: 0.36 against 0.26 s a step.
    unet.set_attn_processor(AttnProcessor())
    parameters = list(unet.parameters())
    average = Average(unet, 0.999**STEPS_PER_TURN) if member == 0 else None
    optimiser = torch.optim.AdamW(parameters, lr=args.rate, betas=(0.9, 0.99), weight_decay=1e-2, fused=True)
    spent_seconds, step, path = 0.0, 0, args.run / "unet.pt"
    if state := load_state(path):
        unet.load_state_dict(state["unet"])
        optimiser.load_state_dict(state["optimiser"])
        step, spent_seconds = state["step"], state["spent_seconds"]
        if average:
            average.tensors, average.steps = state["average"], step // STEPS_PER_TURN
    seed = step * 10 + member
    torch.manual_seed(seed)
    chunks = PairChunks(args.data, args.text_run / "tokenizer", seed, text, vae)
    pools = {shape: Pool(size) for shape, size in POOLED.items()}
    for _ in range(12):
        for shape in (SMALL, LARGE):
            pools[shape].add(chunks.make(shape))
    weights = channel_weights(vae, pools[SMALL].rows["target"][:16].float())
    axes = color_axes(vae, pools[SMALL].rows["target"][:64].float())
    levels = NoiseLevels()
    clock = Clock(args.minutes * 60, spent_seconds)
    saved = reported = time.monotonic()
    reported_step, first, later = step, 0.0, 0.0
    progress, rate = clock.progress, learning_rate(args.rate, step, clock.progress, 300)
    while True:
        # The same draw in every process: both shapes cost about the same, but not exactly.
        shape = LARGE if random.Random(step).random() < (0.12 if progress < 0.5 else 0.3) else SMALL
        if step % args.steps_per_chunk == 0:
            pools[shape].add(chunks.make(shape))
        index, rows = pools[shape].draw(BATCHES[shape])
        start_runs(rows, levels)
        noisy, timesteps, wanted, own = draw_inputs(rows, levels)
        inputs = torch.cat([noisy, rows["source"].float(), rows["mask"].float()], 1)
        with fast_arithmetic():
            latents = unet(inputs, timesteps, rows["context"].float()).sample
        latents = latents.float()
        errors = errors_of(latents - wanted, weights, axes) * shares_of(rows["source"].float(), wanted, weights, axes)
        optimiser.zero_grad(set_to_none=True)
        errors.mean().backward()
        for group in optimiser.param_groups:
            group["lr"] = rate
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        step += 1
        at_start = timesteps == 999
        state, following = advance(noisy, latents.detach(), timesteps, rows["stride"], levels)
        stored, kept = pools[shape].rows, index[own]
        stored["state"][kept], stored["timestep"][kept] = state[own].to(torch.float16), following[own]
        stored["amount"][kept], stored["stride"][kept] = rows["amount"][own], rows["stride"][own]
        if member == 0:
            first += 0.02 * (errors[at_start].mean().item() - first) if at_start.any() else 0
            later += 0.02 * (errors[~at_start].mean().item() - later) if (~at_start).any() else 0
        if step % STEPS_PER_TURN:
            continue
        turn = step // STEPS_PER_TURN
        if member == 0:
            here = clock.progress
            team.orders[turn % 2] = torch.tensor([learning_rate(args.rate, step, here, 300), here, float(here >= 1)])
        rate, progress, is_last = team.average(member, turn, parameters)
        if member == 0:
            average.update(unet)
            now = time.monotonic()
            if now - reported > 60 or is_last:
                speed = (step - reported_step) / (now - reported)
                print(
                    f"step {step} {clock.spent_seconds:.0f} s {speed:.2f} steps/s rate {rate:.2e} "
                    f"loss at 999 {first:.4f} later {later:.4f} pool {pools[SMALL].count}", flush=True,
                )
                reported, reported_step = now, step
            if now - saved > 180 or is_last:
                saved = now
                save_state(
                    path, unet=unet.state_dict(), average=average.tensors, optimiser=optimiser.state_dict(),
                    step=step, spent_seconds=clock.spent_seconds,
                )
        if is_last:
            break


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/training-data"))
    parser.add_argument("--text-run", type=Path, required=True, help="run of train_text.py, or a checkpoint folder")
    parser.add_argument("--vae", type=Path, required=True, help="run of train_vae.py, or a checkpoint folder")
    parser.add_argument("--start", type=Path, help="checkpoint folder whose U-Net to begin with")
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=80)
    parser.add_argument("--rate", type=float, default=8e-4)
    parser.add_argument("--steps-per-chunk", type=int, default=3)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    args.run.mkdir(parents=True, exist_ok=True)
    team = Team(args.processes, sum(parameter.numel() for parameter in create_unet().parameters()))
    multiprocessing.spawn(train, args=(team, args), nprocs=args.processes)


if __name__ == "__main__":
    main()
