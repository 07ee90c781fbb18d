"""Zero-terminal-SNR v-prediction: noise levels, training targets and the sampler the app uses."""

from __future__ import annotations

import random

import torch
from diffusers import UNet2DConditionModel
from torch import Tensor

from layout import create_scheduler

FOUR_STEPS = (999, 749, 499, 249)


class NoiseLevels:
    """alphas: [1000], cumulative; 0 at timestep 999, where the input is pure noise."""

    def __init__(self) -> None:
        self.alphas = create_scheduler().alphas_cumprod.float()

    def of(self, timesteps: Tensor) -> tuple[Tensor, Tensor]:
        """Signal and noise amplitudes of each timestep, [batch, 1, 1, 1]."""
        alpha = self.alphas[timesteps][:, None, None, None]
        return alpha.sqrt(), (1 - alpha).sqrt()

    def target_v(self, noisy: Tensor, latents: Tensor, timesteps: Tensor) -> Tensor:
        """The v that turns `noisy` into `latents`, also when `noisy` was not made from `latents`."""
        signal, noise = self.of(timesteps)
        return (signal * noisy - latents) / noise

    def to_latents(self, noisy: Tensor, v: Tensor, timesteps: Tensor) -> Tensor:
        signal, noise = self.of(timesteps)
        return signal * noisy - noise * v

    def to_noise(self, noisy: Tensor, v: Tensor, timesteps: Tensor) -> Tensor:
        signal, noise = self.of(timesteps)
        return noise * noisy + signal * v


def draw_timestep(rng: random.Random) -> int:
    """Half at 999, where the picture is decided; the rest around the other steps of a four-step run."""
    draw = rng.random()
    if draw < 0.5:
        return 999
    if draw < 0.9:
        return rng.choice(FOUR_STEPS[1:]) + rng.randint(-50, 50)
    return rng.randint(100, 998)


@torch.no_grad()
def sample(
    unet: UNet2DConditionModel, source: Tensor, mask: Tensor, context: Tensor, noise: Tensor, steps: int = 4
) -> tuple[Tensor, list[Tensor], list[int]]:
    """DDIM without added noise. source, noise: [batch, 16, h, w]; mask: [batch, 1, h, w]; context: [batch, 77, 256].

    Returns the edited latents, the latents after every step, and the timesteps.
    """
    scheduler = create_scheduler()
    scheduler.set_timesteps(steps)
    latents, trail = noise, []
    for timestep in scheduler.timesteps:
        v = unet(torch.cat([latents, source, mask], 1), timestep, context).sample
        latents = scheduler.step(v.float(), timestep, latents, eta=0.0).prev_sample
        trail.append(latents)
    return latents, trail, scheduler.timesteps.tolist()
