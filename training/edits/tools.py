"""Small image operations of the edits. Images are float32 [channels, height, width] in [0, 1]."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

LUMA = torch.tensor([0.299, 0.587, 0.114])[:, None, None]


def luma(image: Tensor) -> Tensor:
    """[3, h, w] to [1, h, w], BT.601 weights on the coded values."""
    return (image * LUMA).sum(0, keepdim=True)


def rgb(red: float, green: float, blue: float) -> Tensor:
    return torch.tensor([red, green, blue])[:, None, None]


def blur(image: Tensor, radius: int, passes: int = 2) -> Tensor:
    """Repeated box blur with edge pixels repeated; `radius` in pixels."""
    x = image[None]
    for _ in range(passes):
        x = F.pad(x, (radius,) * 4, mode="replicate")
        x = F.avg_pool2d(F.avg_pool2d(x, (2 * radius + 1, 1), 1), (1, 2 * radius + 1), 1)
    return x[0]


def mix(a: Tensor, b: Tensor | float, amount: Tensor | float) -> Tensor:
    return a + (b - a) * amount


def smoothstep(low: float, high: float, x: Tensor) -> Tensor:
    t = ((x - low) / (high - low)).clamp(0, 1)
    return t * t * (3 - 2 * t)


def saturate(image: Tensor, amount: float) -> Tensor:
    return mix(luma(image).expand_as(image), image, amount)


def ramp(level: Tensor, stops: list[tuple[float, float, float]]) -> Tensor:
    """Colours of `level` [1, h, w] on a piecewise linear ramp with evenly spaced stops; [3, h, w]."""
    table = torch.tensor(stops)
    place = level[0].clamp(0, 1) * (len(stops) - 1)
    low = place.floor().clamp(max=len(stops) - 2)
    index = low.long()
    fraction = (place - low)[..., None]
    return (table[index] * (1 - fraction) + table[index + 1] * fraction).permute(2, 0, 1)


def curve(image: Tensor, contrast: float) -> Tensor:
    """S-curve around the middle; 0 leaves the image alone, 1 is a full smoothstep."""
    x = image.clamp(0, 1)
    return mix(x, x * x * (3 - 2 * x), contrast)


def edges(level: Tensor) -> Tensor:
    """Gradient magnitude of [1, h, w], central differences."""
    padded = F.pad(level[None], (1, 1, 1, 1), mode="replicate")[0]
    dx = padded[:, 1:-1, 2:] - padded[:, 1:-1, :-2]
    dy = padded[:, 2:, 1:-1] - padded[:, :-2, 1:-1]
    return (dx * dx + dy * dy).sqrt()


def kuwahara(image: Tensor, radius: int) -> Tensor:
    """Each pixel takes the mean of the calmest of its four quarter windows: flat strokes with kept edges."""
    size = radius + 1
    stack = torch.cat([image, luma(image) ** 2])[None]
    means = F.avg_pool2d(F.pad(stack, (radius,) * 4, mode="replicate"), size, 1)[0]
    height, width = image.shape[1:]
    best_value = best_spread = None
    for top in (0, radius):
        for left in (0, radius):
            part = means[:, top : top + height, left : left + width]
            value, spread = part[:3], part[3:] - luma(part[:3]) ** 2
            if best_value is None:
                best_value, best_spread = value, spread
            else:
                better = spread < best_spread
                best_value = torch.where(better, value, best_value)
                best_spread = torch.where(better, spread, best_spread)
    return best_value


def splat(noise: Tensor, threshold: float, half_px: int, draw: str) -> Tensor:
    """Flakes or streaks whose places follow the diffusion noise, so that a network can put them where they belong.

    noise: [16, h / 8, w / 8]; a cell with noise[0] above `threshold` holds one particle, noise[1..3] move and size it.
    Returns coverage [1, h, w] in [0, 1].
    """
    rows, columns = noise.shape[1] * 8, noise.shape[2] * 8
    canvas = torch.zeros(rows + 2 * half_px, columns + 2 * half_px)
    cells = (noise[0] > threshold).nonzero()
    if len(cells) == 0:
        return torch.zeros(1, rows, columns)
    shift = torch.tanh(noise[1:3, cells[:, 0], cells[:, 1]]) * 3
    size = torch.sigmoid(noise[3, cells[:, 0], cells[:, 1]] * 2)[:, None, None]
    centre_y, centre_x = cells[:, 0] * 8 + 3.5 + shift[0], cells[:, 1] * 8 + 3.5 + shift[1]
    top, left = centre_y.floor().long(), centre_x.floor().long()
    offsets = torch.arange(-half_px, half_px + 1)
    dy = (top[:, None] + offsets - centre_y[:, None])[:, :, None]
    dx = (left[:, None] + offsets - centre_x[:, None])[:, None, :]
    if draw == "flake":
        radius = 0.9 + 1.3 * size
        value = (radius + 0.7 - (dy**2 + dx**2).sqrt()).clamp(0, 1) * (0.75 + 0.25 * size)
    else:
        along, across = dy + 0.2 * dx, dx - 0.2 * dy
        value = torch.exp(-((across / 0.75) ** 2)) * ((4 + 4 * size) - along.abs()).div(3).clamp(0, 1) * (0.35 + 0.3 * size)
    index_y = (top[:, None] + offsets + half_px)[:, :, None].expand_as(value)
    index_x = (left[:, None] + offsets + half_px)[:, None, :].expand_as(value)
    flat = canvas.view(-1)
    flat.scatter_reduce_(0, (index_y * canvas.shape[1] + index_x).reshape(-1), value.reshape(-1), "amax")
    return canvas[None, half_px:-half_px, half_px:-half_px]
