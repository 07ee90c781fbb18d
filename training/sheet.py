"""Contact sheet and figures of a checkpoint: its own four-step sampling on unseen photos and on video frames."""

from __future__ import annotations

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw
from torch import Tensor

from data import load_photos, resize
from diffusion import sample
from edits.tools import luma
from layout import read_checkpoint
from running import use_threads
from text import encode_ids
from train_vae import psnr, test_pictures

SHEET_PROMPTS = [
    "make it night", "black and white", "make it red", "make it snow", "add falling snow", "make it sunset",
    "as an oil painting", "make it look like a pencil sketch", "make it a cartoon", "pixel art", "make it rain", "make it foggy",
    "make it autumn", "put it under water", "thermal image", "neon cyberpunk style", "sepia tone", "make it brighter",
    "make it blue", "leave it as it is", "",
]  # fmt: skip
CAUTIOUS = {"a person", "a person's face"}


def open_frame(path: Path) -> Tensor:
    """Scaled to an area of 256 x 256 px, sides multiples of 32; [3, h, w] in [0, 1]."""
    image = torch.from_numpy(np.array(Image.open(path).convert("RGB"))).permute(2, 0, 1).float() / 255
    return fit_area(image)


def fit_area(image: Tensor, side: int = 256) -> Tensor:
    height, width = image.shape[1:]
    scale = side / math.sqrt(height * width)
    return resize(image, max(32, round(height * scale / 32) * 32), max(32, round(width * scale / 32) * 32))


def mean_chroma(image: Tensor) -> float:
    """Mean distance of Cb and Cr from grey, in steps of 1/255; image [3, h, w] in [0, 1]."""
    level = luma(image)
    blue, red = 0.564 * (image[2:] - level), 0.713 * (image[:1] - level)
    return (blue.square() + red.square()).sqrt().mean().item() * 255


def figures(prompt: str, plain: Tensor, edited: Tensor) -> dict[str, float]:
    means = edited.mean(dim=(1, 2))
    return {
        "luma_drop": 1 - (luma(edited).mean() / luma(plain).mean()).item(),
        "chroma": mean_chroma(edited),
        "red_over_green": (means[0] - means[1]).item() * 255,
        "red_over_blue": (means[0] - means[2]).item() * 255,
        "change": (edited - plain).abs().mean().item() * 255,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/training-data"))
    parser.add_argument("--frames", type=Path, required=True, help="folder of PNG frames")
    parser.add_argument("--out", type=Path, required=True, help="folder for sheet.png and figures.json")
    parser.add_argument("--photos", type=int, default=3)
    parser.add_argument("--prompts", nargs="*", default=SHEET_PROMPTS)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--no-psnr", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    use_threads(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    text, vae, unet, tokenizer = read_checkpoint(args.checkpoint)
    frames = [(path.stem, open_frame(path)) for path in sorted(args.frames.glob("*.png"))]
    unseen = [photo for photo in load_photos(args.data, "test") if photo.thing is None or photo.thing["a"] not in CAUTIOUS]
    for index in range(args.photos):
        photo = unseen[(index * 97 + 60) % len(unseen)]
        frames.append((f"photo-{index}", fit_area(photo.pixels.float() / 255)))
    with torch.no_grad():
        contexts = encode_ids(text, tokenizer(args.prompts))
    tile_w, tile_h = 192, 128
    sheet = Image.new("RGB", (tile_w * (len(args.prompts) + 1), tile_h * len(frames) + 14), "white")
    pen = ImageDraw.Draw(sheet)
    for column, prompt in enumerate(["source", *args.prompts]):
        pen.text((column * tile_w + 3, 2), prompt or "(empty)", fill="black")
    report: dict[str, dict] = {}
    for row, (name, frame) in enumerate(frames):
        with torch.no_grad():
            source = vae.encode(frame[None] * 2 - 1)
            plain = (vae.decode(source)[0].clamp(-1, 1) + 1) / 2
        tiles = [frame]
        noise = torch.randn(source.shape, generator=torch.Generator().manual_seed(1))
        for prompt, context in zip(args.prompts, contexts):
            latents, _, _ = sample(unet, source, torch.ones_like(source[:, :1]), context[None], noise, args.steps)
            with torch.no_grad():
                edited = (vae.decode(latents)[0].clamp(-1, 1) + 1) / 2
            tiles.append(edited)
            report.setdefault(prompt, {})[name] = figures(prompt, plain, edited)
        for column, tile in enumerate(tiles):
            picture = Image.fromarray((tile.permute(1, 2, 0).numpy() * 255).round().astype(np.uint8))
            picture.thumbnail((tile_w, tile_h))
            sheet.paste(picture, (column * tile_w, row * tile_h + 14))
    sheet.save(args.out / "sheet.png")
    summary = {"vae_psnr_db": None if args.no_psnr else psnr(vae, test_pictures(args.data, 64))}
    for prompt, rows in report.items():
        values = list(rows.values())
        summary[prompt] = {key: round(sum(v[key] for v in values) / len(values), 3) for key in values[0]}
        summary[prompt]["least_luma_drop"] = round(min(v["luma_drop"] for v in values), 3)
        summary[prompt]["most_chroma"] = round(max(v["chroma"] for v in values), 2)
        summary[prompt]["least_red_over_green"] = round(min(v["red_over_green"] for v in values), 1)
    (args.out / "figures.json").write_text(json.dumps({"summary": summary, "frames": report}, indent=1))
    for prompt, values in summary.items():
        print(prompt, values)


if __name__ == "__main__":
    main()
