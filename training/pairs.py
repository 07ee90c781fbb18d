"""Endless (source, target, mask, prompt) samples, made from photos as training asks for them."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import IterableDataset

from data import Photo, draw_crop, load_photos, shape_mask, vary_source
from edits.registry import EDITS, Request, make_target
from prompts import NO_COLOR, Filled, Prompts, with_noise


@dataclass
class Pair:
    """source, target: [3, h, w] in [0, 1]; mask: [1, h, w], 1 = edit."""

    source: Tensor
    target: Tensor
    mask: Tensor
    text: str
    edit: str


class PairMaker:
    """Draws pairs. The choice of edits follows the weights of the registry."""

    def __init__(self, photos: list[Photo], prompts: Prompts, seed: int) -> None:
        self.photos, self.prompts = photos, prompts
        self.with_masks = [photo for photo in photos if photo.has_good_mask]
        self.rng = random.Random(seed)
        self.names = list(EDITS)
        self.weights = [EDITS[name].weight for name in self.names]
        self.left_out = [name for name in prompts.ids if name not in EDITS]

    def draw_color(self, color: str) -> Tensor:
        return torch.tensor(self.prompts.values[color if color != NO_COLOR else "red"]).float()[:, None, None] / 255

    def draw_prompt(self, name: str, thing: dict | None) -> Filled:
        """A prompt for the edit; for identity also captions, nonsense and edits this model doesn't know."""
        rng = self.rng
        if name == "identity":
            draw = rng.random()
            if draw < 0.2:
                return self.prompts.nonsense(rng)
            if draw < 0.4:
                return Filled(self.prompts.sample(rng.choice(self.left_out), rng, thing=thing).text, name)
        return self.prompts.sample(name, rng, thing=thing)

    def draw_mask(self, name: str, subject: Tensor | None, height: int, width: int) -> tuple[Tensor, Tensor]:
        """The mask the model sees and the area that really changes; they differ where the model must find the object."""
        rng, whole = self.rng, torch.ones(1, height, width)
        place = EDITS[name].place
        if place != "all" and subject is not None:
            area = subject if place == "object" else 1 - subject
            return (whole, area) if rng.random() < 0.2 else (area, area)
        if rng.random() < 0.62:
            return whole, whole
        mask = shape_mask(rng, height, width)
        if subject is not None and rng.random() < 0.6:
            mask = subject if rng.random() < 0.6 else 1 - subject
            if rng.random() < 0.4:
                mask = (mask > 0.5).float()
        return mask, mask

    def draw(self, height: int, width: int) -> Pair:
        rng = self.rng
        name = rng.choices(self.names, self.weights)[0]
        photo = rng.choice(self.with_masks if EDITS[name].place != "all" else self.photos)
        crop = draw_crop(photo, rng, height, width)
        source = vary_source(crop.image, rng)
        prompt = self.draw_prompt(name, crop.thing)
        target = make_target(name, Request(source, self.draw_color(prompt.color)))
        text = prompt.text
        if EDITS[name].place == "all" and name != "identity" and rng.random() < 0.04:
            second = rng.choice([other for other in self.names if EDITS[other].place == "all"])
            following = self.prompts.sample(second, rng)
            target = make_target(second, Request(target, self.draw_color(following.color)))
            text = self.prompts.join(prompt, following, rng)
        mask, area = self.draw_mask(name, crop.mask, height, width)
        target = area * target + (1 - area) * source
        if rng.random() < 0.25:
            text = with_noise(text, rng)
        return Pair(source, target, mask, text, name)


class Pictures(IterableDataset):
    """Batches for the autoencoder: uint8 [batch, 3, size, size], photos and edited photos mixed."""

    def __init__(self, folder: Path, batch: int, size: int, seed: int) -> None:
        self.folder, self.batch, self.size, self.seed = folder, batch, size, seed

    def __iter__(self):
        torch.set_num_threads(1)
        maker = PairMaker(load_photos(self.folder, "train"), Prompts(self.folder), self.seed)
        rng = maker.rng
        while True:
            pictures = []
            while len(pictures) < self.batch:
                draw = rng.random()
                if draw < 0.03:
                    pictures.append(draw_pattern(rng, self.size))
                elif draw < 0.5:
                    crop = draw_crop(rng.choice(maker.photos), rng, self.size, self.size, 0.4)
                    pictures.append(vary_source(crop.image, rng))
                else:
                    pair = maker.draw(self.size, self.size)
                    pictures.append(pair.target)
            yield (torch.stack(pictures) * 255).round().to(torch.uint8)


def draw_pattern(rng: random.Random, size: int) -> Tensor:
    """Saturated flat areas with hard edges and noise, which photos hardly have; [3, size, size]."""
    picture = torch.rand(3, 1, 1).expand(3, size, size).clone()
    for _ in range(rng.randint(1, 6)):
        mask = shape_mask(rng, size, size)
        picture = picture * (1 - mask) + torch.rand(3, 1, 1).round() * mask
    return (picture + torch.randn(3, size, size) * rng.choice((0, 0, 0.1))).clamp(0, 1)
