"""Colour looks and drawn looks of the whole picture."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from edits.tools import blur, curve, edges, kuwahara, luma, mix, ramp, rgb, saturate, smoothstep


def bw(image: Tensor) -> Tensor:
    return curve(luma(image), 0.25).expand_as(image)


def sepia(image: Tensor) -> Tensor:
    return ramp(curve(luma(image), 0.15), [(0.13, 0.08, 0.04), (0.44, 0.31, 0.19), (0.78, 0.64, 0.46), (0.99, 0.93, 0.80)])


def vintage_film(image: Tensor) -> Tensor:
    level = luma(image)
    faded = 0.12 + 0.78 * saturate(image, 0.62)
    return faded + (1 - level) * rgb(-0.02, 0.035, 0.01) + level * rgb(0.09, 0.03, -0.10)


def noir(image: Tensor) -> Tensor:
    return (curve(curve(luma(image), 1.0), 1.0) * 0.92).expand_as(image)


def pencil_sketch(image: Tensor) -> Tensor:
    """Colour dodge of the luma with its blurred negative: dark lines on white paper."""
    level = blur(luma(image), 1, 1)
    dodge = ((level + 0.12) / (blur(level, 3) + 0.12)).clamp(max=1)
    lines = smoothstep(0.5, 0.98, dodge) * (1 - 0.35 * smoothstep(0.10, 0.5, edges(level)))
    return (lines * (0.72 + 0.26 * blur(level, 1))).expand_as(image) * rgb(1.0, 0.995, 0.98)


def charcoal(image: Tensor) -> Tensor:
    level = luma(image)
    dodge = ((blur(level, 1, 1) + 0.06) / (blur(level, 5) + 0.06)).clamp(max=1)
    lines = smoothstep(0.5, 1.0, dodge) * (1 - 0.7 * smoothstep(0.06, 0.4, edges(blur(level, 1, 1))))
    return (lines * (0.25 + 0.7 * smoothstep(0.1, 0.8, blur(level, 2)))).expand_as(image)


def watercolor(image: Tensor) -> Tensor:
    wash = kuwahara(image, 4)
    rim = smoothstep(0.08, 0.4, edges(luma(wash)))
    return mix(saturate(wash, 1.25), 1.0, 0.32) * (1 - 0.3 * rim)


def oil_painting(image: Tensor) -> Tensor:
    """Strokes with some relief in deep colours under a yellowed varnish."""
    strokes = saturate(kuwahara(image, 3), 1.8)
    level = luma(strokes)
    relief = F.pad(level[:, 1:, 1:] - level[:, :-1, :-1], (1, 0, 1, 0))
    return curve(strokes, 0.6) * rgb(1.0, 0.95, 0.78) + 0.35 * relief.clamp(-0.3, 0.3)


def cartoon(image: Tensor) -> Tensor:
    """Flat strong colours, lit or in shade, and thick ink along the edges. Shade follows the wide light, not each pixel's level:
    steps of that would have to be placed exactly, and a small model smears them."""
    flat = kuwahara(image, 3)
    lit = smoothstep(0.3, 0.5, blur(luma(image), 4))
    colour = mix(saturate(flat, 2.4).clamp(0, 1), 1.0, 0.24) * (0.66 + 0.34 * lit)
    ink = smoothstep(0.05, 0.16, edges(blur(luma(image), 2)))
    return colour * (1 - 0.92 * ink)


def posterize(image: Tensor) -> Tensor:
    """A screen print in four inks by brightness. Levels per colour channel would be the look of the name, but where they fall
    depends on a few steps of 1/255: nothing to learn, and flicker in a video."""
    place = luma(blur(image, 2)) * 4 - 0.5
    inks = (place.floor() + smoothstep(0.3, 0.7, place - place.floor())).clamp(0, 3) / 3
    return ramp(inks, [(0.05, 0.15, 0.28), (0.80, 0.16, 0.18), (0.42, 0.62, 0.66), (0.98, 0.89, 0.68)])


def pixel_art(image: Tensor) -> Tensor:
    """Blocks of 8 px in strong colours, not rounded to a palette (see `posterize`). They fall on the autoencoder's patches."""
    blocks = F.avg_pool2d(curve(saturate(image, 1.5), 0.4).clamp(0, 1)[None], 8)
    return F.interpolate(blocks, scale_factor=8, mode="nearest")[0]


def mosaic(image: Tensor) -> Tensor:
    """Stones of 8 px in their mean colour with a dark joint above and to the left; they fall on the autoencoder's patches."""
    stones = F.interpolate(F.avg_pool2d(saturate(image, 1.3)[None], 8), scale_factor=8, mode="nearest")[0]
    height, width = image.shape[1:]
    row = (torch.arange(height) % 8 == 0).float()[:, None]
    column = (torch.arange(width) % 8 == 0).float()[None, :]
    joint = torch.maximum(row.expand(height, width), column.expand(height, width))
    return stones * (1 - 0.6 * joint)


def sharpen(image: Tensor) -> Tensor:
    return image + 1.6 * (image - blur(image, 1))


def thermal(image: Tensor) -> Tensor:
    level = curve(luma(blur(image, 1, 1)), 0.3)
    return ramp(level, [(0.0, 0.0, 0.12), (0.28, 0.0, 0.55), (0.72, 0.05, 0.52), (0.95, 0.35, 0.08), (1.0, 0.75, 0.05), (1.0, 1.0, 0.82)])


def invert(image: Tensor) -> Tensor:
    return 1 - image


def neon(image: Tensor) -> Tensor:
    """Dark split tone of violet and cyan with glowing outlines, magenta or cyan by brightness."""
    level = luma(image)
    tone = ramp(level, [(0.02, 0.0, 0.06), (0.20, 0.02, 0.32), (0.55, 0.08, 0.55), (0.20, 0.62, 0.78), (0.75, 1.0, 1.0)])
    line = smoothstep(0.12, 0.45, edges(blur(level, 1, 1)))
    glow = (line + blur(line, 3)).clamp(max=1)
    hue = mix(rgb(1.0, 0.10, 0.75), rgb(0.1, 0.95, 1.0), smoothstep(0.4, 0.6, blur(level, 4)))
    return tone * 0.75 + glow * hue * 0.7


def brighten(image: Tensor) -> Tensor:
    return image.clamp(min=1e-4) ** 0.6 * 0.97 + 0.03


def darken(image: Tensor) -> Tensor:
    return image.clamp(min=0) ** 1.3 * 0.55


def vivid(image: Tensor) -> Tensor:
    return curve(saturate(image, 1.8), 0.25)


def warm(image: Tensor) -> Tensor:
    return image * rgb(1.15, 1.0, 0.74) + rgb(0.03, 0.01, 0.0)


def cool(image: Tensor) -> Tensor:
    return image * rgb(0.76, 0.97, 1.15) + rgb(0.0, 0.01, 0.04)


def tint(image: Tensor, color: Tensor) -> Tensor:
    """Grey picture times the colour, 85 % of it over the source; color: [3, 1, 1] in [0, 1]."""
    level = (luma(image) * 1.2 + 0.06).clamp(0, 1)
    return mix(image, level * (color * 1.1).clamp(0, 1), 0.85)


def gold(image: Tensor) -> Tensor:
    level = curve(luma(image), 0.6)
    return ramp(level, [(0.10, 0.05, 0.01), (0.45, 0.27, 0.05), (0.85, 0.62, 0.16), (1.0, 0.88, 0.45), (1.0, 0.98, 0.86)])


def silver(image: Tensor) -> Tensor:
    level = curve(luma(image), 0.5)
    bands = 0.5 - 0.5 * torch.cos(level * 9.0)
    return mix(level, bands, 0.4) * rgb(0.95, 0.98, 1.04)


def recolor(image: Tensor, color: Tensor) -> Tensor:
    """Luma of the picture, hue and saturation of the colour; [3, 1, 1] in [0, 1]."""
    target = (color * LUMA_OF).sum()
    level = mix(luma(image), luma(image) * (target / 0.45).clamp(0.3, 1.5), 0.6)
    scaled = color / target.clamp(min=0.05)
    return (level * mix(torch.ones(3, 1, 1), scaled, 0.9)).clamp(0, 1)


LUMA_OF = rgb(0.299, 0.587, 0.114)
