"""Weather, time of day, seasons and places. Amounts are fixed: a spread of targets would be learned as their mean."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from edits.tools import blur, curve, luma, mix, ramp, rgb, saturate, slant_blur, smoothstep


def night(image: Tensor) -> Tensor:
    """Day for night: about 60 % darker, blue, small bright spots stay lit."""
    level = luma(image)
    dim = mix(level.expand_as(image), image, 0.5).clamp(min=0) ** 1.25 * rgb(0.30, 0.40, 0.62)
    lamps = smoothstep(0.12, 0.35, level - blur(level, 6)) * smoothstep(0.7, 0.95, level)
    return dim + lamps * rgb(0.45, 0.36, 0.18)


def sunset(image: Tensor) -> Tensor:
    level = luma(image)
    sky = ramp(level, [(0.07, 0.03, 0.10), (0.36, 0.12, 0.22), (0.80, 0.32, 0.18), (0.97, 0.58, 0.22), (1.0, 0.85, 0.52)])
    return mix(image * rgb(1.05, 0.72, 0.55), sky, 0.6)


def golden_hour(image: Tensor) -> Tensor:
    glow = blur(smoothstep(0.6, 1.0, luma(image)), 6) * rgb(1.0, 0.75, 0.35)
    return (0.05 + 0.95 * image) * rgb(1.12, 0.97, 0.66) + 0.18 * glow


def blue_hour(image: Tensor) -> Tensor:
    level = luma(image)
    tone = ramp(level, [(0.03, 0.04, 0.12), (0.16, 0.22, 0.46), (0.40, 0.44, 0.72), (0.80, 0.66, 0.80)])
    return mix(image * rgb(0.5, 0.56, 0.8), tone, 0.65)


def snow(image: Tensor) -> Tensor:
    """Snow that lies: light and upward-facing areas white, the rest cool, pale and hazy.

    No falling flakes: they would have to be random, and what is random a squared error learns as its mean.
    """
    level = luma(image)
    soft = blur(level, 2)
    below = F.pad(soft, (0, 0, 0, 6), mode="replicate")[:, 6:]
    facing_up = smoothstep(0.02, 0.14, soft - below)
    cover = (0.85 * smoothstep(0.32, 0.72, blur(level, 1)) + 0.6 * facing_up).clamp(max=0.92)
    pale = mix(saturate(image, 0.35), 0.75, 0.22) * rgb(0.93, 0.98, 1.05)
    return mix(pale, rgb(0.95, 0.97, 1.0) * (0.90 + 0.10 * level), cover)


def rain(image: Tensor) -> Tensor:
    """Dark, cold and wet: things run downwards in long slanted smears, as behind sheets of rain."""
    smear = slant_blur(image, 10)
    sheets = 0.55 * smear + 0.45 * image + 0.9 * (luma(smear) - blur(luma(smear), 5))
    return mix(saturate(sheets, 0.5), 0.45, 0.18) * rgb(0.60, 0.68, 0.78)


def fog(image: Tensor) -> Tensor:
    """Haze over everything, thinner over dark and detailed parts, which tend to be near."""
    level = luma(image)
    near = smoothstep(0.02, 0.14, blur((level - blur(level, 2)).abs(), 8)) * 0.18
    amount = 0.55 + 0.2 * smoothstep(0.2, 0.8, blur(level, 6)) - near
    return mix(saturate(image, 0.7), rgb(0.80, 0.82, 0.84), amount)


def overcast(image: Tensor) -> Tensor:
    return mix(saturate(image, 0.5), 0.5, 0.25) * rgb(0.86, 0.90, 0.95)


def storm(image: Tensor) -> Tensor:
    level = luma(image)
    rough = saturate(image, 0.4) + 0.5 * (level - blur(level, 4))
    dark = 1 - 0.45 * smoothstep(0.45, 0.9, blur(level, 5))
    return curve(rough, 0.5) * dark * rgb(0.50, 0.56, 0.66)


def autumn(image: Tensor) -> Tensor:
    """Greens become orange and red; the rest gets a little warmer."""
    red, green, blue = image.split(1)
    leaf = smoothstep(0.0, 0.10, green - 0.5 * red - 0.5 * blue) * smoothstep(-0.10, 0.05, green - blue)
    leaves = ramp(luma(image), [(0.10, 0.03, 0.01), (0.50, 0.18, 0.05), (0.88, 0.45, 0.10), (1.0, 0.78, 0.35)])
    return mix(image * rgb(1.13, 0.94, 0.68), leaves, 0.9 * leaf)


def spring(image: Tensor) -> Tensor:
    """Browns, yellows and dull greens become fresh green; everything a little brighter."""
    red, green, blue = image.split(1)
    earth = smoothstep(0.03, 0.15, torch.minimum(green, 1.1 * red) - blue) * smoothstep(-0.10, -0.01, green - red)
    leaves = ramp(luma(image), [(0.02, 0.07, 0.01), (0.22, 0.46, 0.07), (0.56, 0.84, 0.26), (0.88, 1.0, 0.66)])
    return mix(saturate(image, 1.25) * 1.06 + 0.02, leaves, 0.85 * earth)


def desert(image: Tensor) -> Tensor:
    sand = ramp(luma(image), [(0.20, 0.11, 0.05), (0.55, 0.36, 0.19), (0.86, 0.66, 0.40), (1.0, 0.92, 0.74)])
    return mix(mix(saturate(image, 0.4), sand, 0.75), rgb(0.92, 0.78, 0.56), 0.15)


def underwater(image: Tensor) -> Tensor:
    level = luma(blur(image, 1, 1))
    water = ramp(level, [(0.0, 0.08, 0.14), (0.02, 0.32, 0.42), (0.12, 0.62, 0.68), (0.55, 0.92, 0.90)])
    return mix(image * rgb(0.35, 0.8, 0.9), water, 0.7)
