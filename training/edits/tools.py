"""Small image operations of the edits. Images are float32 [channels, height, width] in [0, 1]."""

from __future__ import annotations

import math

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


def slant_blur(image: Tensor, half_px: int) -> Tensor:
    """Mean along a line of 2 * half_px + 1 rows that leans one pixel to the left every four rows; edges repeated."""
    reach = half_px // 4 + 1
    padded = F.pad(image[None], (reach, reach, half_px, half_px), mode="replicate")[0]
    height, width = image.shape[1:]
    total = torch.zeros_like(image)
    for row in range(-half_px, half_px + 1):
        shift = -round_half_up(row / 4)
        total = total + padded[:, half_px + row : half_px + row + height, reach + shift : reach + shift + width]
    return total / (2 * half_px + 1)


def round_half_up(value: float) -> int:
    """Nearest whole number, halves up: the same in every language."""
    return math.floor(value + 0.5)
