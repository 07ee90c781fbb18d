"""Zero terminal SNR, prediction of the edited latents: noise levels and the sampler the app uses."""

from __future__ import annotations

import torch
from torch import Tensor, nn

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

    def to_noise(self, noisy: Tensor, latents: Tensor, timesteps: Tensor) -> Tensor:
        """The noise that makes `noisy` out of `latents`."""
        signal, noise = self.of(timesteps)
        return (noisy - signal * latents) / noise

    def add_noise(self, latents: Tensor, drawn: Tensor, timesteps: Tensor) -> Tensor:
        signal, noise = self.of(timesteps)
        return signal * latents + noise * drawn


@torch.no_grad()
def sample(
    unet: nn.Module, source: Tensor, mask: Tensor, context: Tensor, noise: Tensor, steps: int = 4
) -> tuple[Tensor, list[Tensor], list[int]]:
    """DDIM without added noise. source, noise: [batch, 16, h, w]; mask: [batch, 1, h, w]; context: [batch, 77, 256].

    Returns the edited latents, the latents after every step, and the timesteps.
    """
    scheduler = create_scheduler()
    scheduler.set_timesteps(steps)
    latents, trail = noise, []
    for timestep in scheduler.timesteps:
        prediction = unet(torch.cat([latents, source, mask], 1), timestep, context).sample
        latents = scheduler.step(prediction.float(), timestep, latents, eta=0.0).prev_sample
        trail.append(latents)
    return latents, trail, scheduler.timesteps.tolist()
