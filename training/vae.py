"""The starter's autoencoder: 8 times smaller, 16 channels, no normalisation layers, no sampling."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

VAE_CONFIG: dict = {
    "_class_name": "DeltacutAutoencoder",
    "image_channels": 3,
    "latent_channels": 16,
    "patch": 4,
    "channels": [64, 128],
    "blocks": 2,
    "factor": 8,
    "scaling_factor": 1.0,
    "shift_factor": 0.0,
}


class ResidualBlock(nn.Module):
    """`x + conv2(silu(conv1(silu(x))))`, 3x3 convolutions, [batch, channels, height, width]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return x + self.conv2(F.silu(self.conv1(F.silu(x))))


class Stage(nn.Module):
    """Residual blocks at one resolution; only there to give the tensors their names."""

    def __init__(self, channels: int, blocks: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(ResidualBlock(channels) for _ in range(blocks))

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return x


class Encoder(nn.Module):
    """Image [batch, 3, height, width] in [-1, 1] to latents [batch, 16, height / 8, width / 8]."""

    def __init__(self, config: dict) -> None:
        super().__init__()
        fine, coarse = config["channels"]
        self.patch = config["patch"]
        self.conv_in = nn.Conv2d(config["image_channels"] * self.patch**2, fine, 3, padding=1)
        self.stages = nn.ModuleList([Stage(fine, config["blocks"]), Stage(coarse, config["blocks"])])
        self.down = nn.Conv2d(fine, coarse, 3, stride=2, padding=1)
        self.conv_out = nn.Conv2d(coarse, config["latent_channels"], 3, padding=1)

    def forward(self, image: Tensor) -> Tensor:
        x = self.conv_in(F.pixel_unshuffle(image, self.patch))
        x = self.stages[1](self.down(self.stages[0](x)))
        return self.conv_out(x)


class Decoder(nn.Module):
    """Latents [batch, 16, height / 8, width / 8] to an image [batch, 3, height, width], not clipped."""

    def __init__(self, config: dict) -> None:
        super().__init__()
        fine, coarse = config["channels"]
        self.patch = config["patch"]
        self.conv_in = nn.Conv2d(config["latent_channels"], coarse, 3, padding=1)
        self.stages = nn.ModuleList([Stage(coarse, config["blocks"]), Stage(fine, config["blocks"])])
        self.up = nn.Conv2d(coarse, fine * 4, 3, padding=1)
        self.conv_out = nn.Conv2d(fine, config["image_channels"] * self.patch**2, 3, padding=1)

    def forward(self, latents: Tensor) -> Tensor:
        x = self.stages[0](self.conv_in(latents))
        x = self.stages[1](F.pixel_shuffle(self.up(x), 2))
        return F.pixel_shuffle(self.conv_out(x), self.patch)


class DeltacutAutoencoder(nn.Module):
    """Deterministic encoder and decoder; latents have mean 0 and standard deviation 1 per channel."""

    def __init__(self, config: dict | None = None) -> None:
        super().__init__()
        self.config = dict(config or VAE_CONFIG)
        self.encoder = Encoder(self.config)
        self.decoder = Decoder(self.config)

    def encode(self, image: Tensor) -> Tensor:
        return self.encoder(image)

    def decode(self, latents: Tensor) -> Tensor:
        return self.decoder(latents)

    @torch.no_grad()
    def fold_whitening(self, mean: Tensor, std: Tensor) -> None:
        """Makes latents (z - mean) / std by changing the layers around them; `mean`, `std`: [16].

        The decoder's first convolution pads with zeros, which after folding mean "the average latent" instead of
        "latent 0", so a fine-tuning run should follow a fold with a large mean.
        """
        out, into = self.encoder.conv_out, self.decoder.conv_in
        out.weight.div_(std[:, None, None, None])
        out.bias.sub_(mean).div_(std)
        into.bias.add_((into.weight * mean[None, :, None, None]).sum(dim=(1, 2, 3)))
        into.weight.mul_(std[None, :, None, None])
