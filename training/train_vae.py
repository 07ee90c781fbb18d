"""Trains the autoencoder on crops of photos and of edited photos: absolute and squared error, gradients, noisy latents."""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.data import DataLoader

from data import load_photos, resize
from pairs import Pictures
from running import Average, Clock, Threads, fast_arithmetic, learning_rate, load_state, save_state, use_threads
from vae import DeltacutAutoencoder


class TrainedAutoencoder(nn.Module):
    """The autoencoder with latents normalised between its halves; folding the norm into the encoder at the end is exact."""

    def __init__(self) -> None:
        super().__init__()
        self.vae = DeltacutAutoencoder()
        self.norm = nn.BatchNorm2d(16, eps=1e-6, momentum=0.02, affine=False)

    def forward(self, image: Tensor, noise_std: Tensor) -> Tensor:
        """image: [batch, 3, h, w] in [-1, 1]; noise_std: [batch, 1, 1, 1] on latents of standard deviation 1."""
        latents = self.vae.encode(image)
        with torch.autocast("cpu", enabled=False):
            latents = self.norm(latents.float())
            latents = latents + noise_std * torch.randn_like(latents)
        return self.vae.decode(latents)

    @torch.no_grad()
    def fold(self) -> DeltacutAutoencoder:
        """A copy of the autoencoder whose encoder gives normalised latents itself."""
        folded = DeltacutAutoencoder()
        folded.load_state_dict(self.vae.state_dict())
        std = (self.norm.running_var + self.norm.eps).sqrt()
        out = folded.encoder.conv_out
        out.weight.div_(std[:, None, None, None])
        out.bias.sub_(self.norm.running_mean).div_(std)
        return folded.eval()


def edges_of(image: Tensor) -> tuple[Tensor, Tensor]:
    return image[..., 1:] - image[..., :-1], image[..., 1:, :] - image[..., :-1, :]


def reconstruction_loss(output: Tensor, image: Tensor) -> Tensor:
    difference = output - image
    gradient = sum(part.abs().mean() for part in edges_of(difference))
    return difference.abs().mean() + 4 * difference.square().mean() + 0.5 * gradient


def test_pictures(folder: Path, count: int) -> list[Tensor]:
    """Unseen photos scaled to an area of 256 x 256 px, sides multiples of 32; [1, 3, h, w] in [-1, 1]."""
    photos = load_photos(folder, "test")
    pictures = []
    for photo in photos[:: max(1, len(photos) // count)][:count]:
        height, width = photo.pixels.shape[1:]
        scale = 256 / math.sqrt(height * width)
        size = [max(32, round(side * scale / 32) * 32) for side in (height, width)]
        pictures.append(resize(photo.pixels.float() / 255, *size)[None] * 2 - 1)
    return pictures


@torch.no_grad()
def psnr(vae: DeltacutAutoencoder, pictures: list[Tensor]) -> float:
    """Mean over pictures, dB, on values in [0, 1], clipped as a display would."""
    total = 0.0
    for picture in pictures:
        output = vae.decode(vae.encode(picture)).clamp(-1, 1)
        total += -10 * math.log10(((output - picture) / 2).square().mean().item())
    return total / len(pictures)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/training-data"))
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=22)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--size", type=int, default=128)
    parser.add_argument("--rate", type=float, default=1e-3)
    args = parser.parse_args()
    use_threads()
    args.run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(2)
    model = TrainedAutoencoder().to(memory_format=torch.channels_last)
    average = Average(model, 0.998)
    optimiser = torch.optim.AdamW(model.parameters(), lr=args.rate, betas=(0.9, 0.99), weight_decay=1e-3)
    clock, step, path = Clock(args.minutes * 60), 0, args.run / "vae.pt"
    if state := load_state(path):
        model.load_state_dict(state["model"])
        average.tensors, average.steps = state["average"], state["step"]
        optimiser.load_state_dict(state["optimiser"])
        step, clock = state["step"], Clock(args.minutes * 60, state["spent_seconds"])
    pictures = test_pictures(args.data, 32)
    batches = iter(DataLoader(Pictures(args.data, args.batch, args.size, seed=step + 1), batch_size=None, num_workers=1, prefetch_factor=6))
    saved = reported = time.monotonic()
    threads = Threads()
    running = 0.0
    while clock.progress < 1:
        threads.adapt()
        image = next(batches).to(memory_format=torch.channels_last).float() / 127.5 - 1
        noise_std = torch.rand(args.batch, 1, 1, 1) * 0.15 * (torch.rand(args.batch, 1, 1, 1) < 0.6)
        for group in optimiser.param_groups:
            group["lr"] = learning_rate(args.rate, step, clock.progress, 300)
        # The statistics stand still at the end, so that the decoder finishes on exactly what it will be given.
        model.norm.train(clock.progress < 0.85)
        with fast_arithmetic():
            output = model(image, noise_std)
        loss = reconstruction_loss(output.float(), image)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimiser.step()
        average.update(model)
        step += 1
        running += 0.01 * (loss.item() - running) if step > 1 else loss.item()
        now = time.monotonic()
        is_last = clock.progress >= 1
        if now - reported > 120 or is_last:
            reported = now
            tested = TrainedAutoencoder()
            tested.load_state_dict(average.tensors)
            print(f"step {step} {clock.spent_seconds:.0f} s loss {running:.4f} test psnr {psnr(tested.fold(), pictures):.2f} dB", flush=True)
        if now - saved > 120 or is_last:
            saved = now
            save_state(
                path,
                model=model.state_dict(),
                average=average.tensors,
                optimiser=optimiser.state_dict(),
                step=step,
                spent_seconds=clock.spent_seconds,
            )


if __name__ == "__main__":
    main()
