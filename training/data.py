"""Photos, masks and scenery as uint8 arrays, and random crops of them."""

from __future__ import annotations

import json
import random
import tarfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor


@dataclass
class Photo:
    """pixels: uint8 [3, height, width]; mask: uint8 [height / 2, width / 2] or None for scenery."""

    pixels: Tensor
    mask: Tensor | None
    thing: dict | None
    has_good_mask: bool


@dataclass
class Crop:
    """image: float32 [3, size, size] in [0, 1]; mask: float32 [1, size, size] or None where there is no usable one."""

    image: Tensor
    mask: Tensor | None
    thing: dict | None


def open_pixels(data: bytes, mode: str) -> Tensor:
    array = np.array(Image.open(BytesIO(data)).convert(mode))
    tensor = torch.from_numpy(array)
    return tensor.permute(2, 0, 1).contiguous() if mode == "RGB" else tensor


def load_photos(folder: Path, split: str) -> list[Photo]:
    """Every photo of a split, and the scenery whose licence allows free use of trained weights (CC0, CC BY, public domain)."""
    meta = json.loads((folder / "photos.json").read_text())
    scenery = json.loads((folder / "scenery.json").read_text())
    photos: list[Photo] = []
    with tarfile.open(folder / "photos.tar") as images, tarfile.open(folder / "masks.tar") as masks:
        for item in meta["images"]:
            if item["split"] != split:
                continue
            good = item["mask"]["quality"] == "good" and item["mask"]["confidence"] > 0.88
            pixels = open_pixels(images.extractfile(item["file"]).read(), "RGB")
            mask = open_pixels(masks.extractfile(item["file"]).read(), "L") if good else None
            photos.append(Photo(pixels, mask, meta["classes"][item["class"]], good))
    with tarfile.open(folder / "scenery.tar") as images:
        for source in scenery["images"]:
            if source["split"] != split or not source["permissive"]:
                continue
            for crop in source["crops"]:
                photos.append(Photo(open_pixels(images.extractfile(crop["file"]).read(), "RGB"), None, None, False))
    return photos


def resize(image: Tensor, height: int, width: int) -> Tensor:
    """[channels, height, width], antialiased, clipped to [0, 1]."""
    resized = F.interpolate(image[None], size=(height, width), mode="bilinear", antialias=True, align_corners=False)
    return resized[0].clamp(0, 1)


def draw_crop(photo: Photo, rng: random.Random, height: int, width: int, least_zoom: float = 0.6) -> Crop:
    """A random part of the photo with the shape asked for, between all that fits and `least_zoom` times that in length."""
    full_h, full_w = photo.pixels.shape[1:]
    fit = min(full_h / height, full_w / width)
    scale = fit * rng.uniform(least_zoom, 1.0)
    crop_h, crop_w = max(16, int(height * scale)), max(16, int(width * scale))
    top, left = rng.randint(0, full_h - crop_h), rng.randint(0, full_w - crop_w)
    flip = rng.random() < 0.5
    image = photo.pixels[:, top : top + crop_h, left : left + crop_w].float() / 255
    image = resize(image.flip(2) if flip else image, height, width)
    mask = None
    if photo.mask is not None:
        part = photo.mask[top // 2 : (top + crop_h) // 2, left // 2 : (left + crop_w) // 2].float()[None] / 255
        mask = resize(part.flip(2) if flip else part, height, width)
        if not 0.04 < mask.mean() < 0.85:
            mask = None
    return Crop(image, mask, photo.thing)


def vary_source(image: Tensor, rng: random.Random) -> Tensor:
    """Exposure, colour cast, sharpness and noise that footage has and the photos have not; [3, height, width]."""
    draw = rng.random()
    if draw < 0.25:
        gain = torch.tensor([rng.uniform(0.8, 1.2) for _ in range(3)])[:, None, None] * rng.uniform(0.65, 1.25)
        image = (image * gain).clamp(0, 1) ** rng.uniform(0.8, 1.3)
    if rng.random() < 0.25:
        soft = F.avg_pool2d(image[None], 3, 1, 1, count_include_pad=False)[0]
        image = image + rng.uniform(-0.4, 0.9) * (image - soft)
    if rng.random() < 0.15:
        image = image + torch.randn_like(image) * rng.uniform(0.005, 0.03)
    return image.clamp(0, 1)


def shape_mask(rng: random.Random, height: int, width: int) -> Tensor:
    """A random rectangle or ellipse with a hard or soft edge, [1, height, width], 1 inside."""
    y = torch.linspace(0, 1, height)[:, None]
    x = torch.linspace(0, 1, width)[None, :]
    centre_y, centre_x = rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.8)
    half_h, half_w = rng.uniform(0.15, 0.5), rng.uniform(0.15, 0.5)
    dy, dx = (y - centre_y).abs() / half_h, (x - centre_x).abs() / half_w
    distance = torch.maximum(dy.expand(height, width), dx.expand(height, width)) if rng.random() < 0.5 else (dy**2 + dx**2).sqrt()
    softness = rng.choice((0.02, 0.02, 0.2))
    mask = ((1 - distance) / softness + 0.5).clamp(0, 1)[None]
    return 1 - mask if rng.random() < 0.3 else mask
