"""Writes every edit's target of one synthetic picture as a strip of tiles: what other programs that make targets are checked against."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from edits.registry import EDITS, Request, make_target

WIDTH, HEIGHT = 64, 48
COLOR = (40, 180, 175)


def draw_source() -> Tensor:
    """Gradients, a disc, stripes, a lamp, leaves and noise, rounded to 8 bits; [3, 48, 64] in [0, 1]."""
    y = torch.linspace(0, 1, HEIGHT)[:, None].expand(HEIGHT, WIDTH)
    x = torch.linspace(0, 1, WIDTH)[None, :].expand(HEIGHT, WIDTH)
    image = torch.stack([0.15 + 0.75 * x, 0.2 + 0.6 * y * (1 - 0.4 * x), 0.85 - 0.7 * y])
    disc = ((x - 0.3) ** 2 + (y - 0.4) ** 2 < 0.05).float()
    image = image * (1 - disc) + disc * torch.tensor([0.16, 0.62, 0.11])[:, None, None]
    stripes = ((x * 16).floor() % 2) * (y > 0.7)
    image = image * (1 - 0.6 * stripes)
    lamp = ((x - 0.8) ** 2 + (y - 0.2) ** 2 < 0.003).float()
    image = torch.maximum(image, lamp.expand(3, HEIGHT, WIDTH))
    earth = ((x > 0.5) & (x < 0.7) & (y > 0.4) & (y < 0.65)).float()
    image = image * (1 - earth) + earth * torch.tensor([0.52, 0.50, 0.12])[:, None, None]
    noise = torch.rand(3, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(5)) - 0.5
    return ((image + 0.05 * noise).clamp(0, 1) * 255).round() / 255


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="path without ending: .png and .json are written")
    out = parser.parse_args().out
    source = draw_source()
    request = Request(source, torch.tensor(COLOR).float()[:, None, None] / 255)
    tiles = [source, *(make_target(name, request) for name in EDITS)]
    strip = (torch.cat(tiles, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    Image.fromarray(np.ascontiguousarray(strip)).save(out.with_suffix(".png"), optimize=True)
    facts = {
        "width": WIDTH,
        "height": HEIGHT,
        "color": COLOR,
        "tiles": ["source", *EDITS],
        "places": {name: edit.place for name, edit in EDITS.items()},
    }
    out.with_suffix(".json").write_text(json.dumps(facts, indent=1) + "\n")


if __name__ == "__main__":
    main()
