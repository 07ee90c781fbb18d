"""Tensors of one whole edit in float32, for another implementation of the model to check itself against."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

from data import load_photos, resize
from diffusion import sample
from layout import create_scheduler, read_checkpoint
from running import use_threads
from text import encode_ids


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/training-data"))
    parser.add_argument("--prompt", default="make it night")
    args = parser.parse_args()
    use_threads()
    args.folder.mkdir(parents=True, exist_ok=True)
    text, vae, unet, tokenizer = read_checkpoint(args.checkpoint)
    scenery = [photo for photo in load_photos(args.data, "test") if photo.thing is None]
    image = resize(scenery[0].pixels.float() / 255, 192, 256)[None] * 2 - 1
    generator = torch.Generator().manual_seed(20261)
    ids = tokenizer([args.prompt])
    mask = torch.zeros(1, 1, 24, 32)
    mask[:, :, :, 8:] = 1
    mask[:, :, :, 7] = 0.5
    with torch.no_grad():
        context = encode_ids(text, ids)
        latents = vae.encode(image)
        noise = torch.randn(latents.shape, generator=generator)
        edited, trail, timesteps = sample(unet, latents, mask, context, noise)
        tensors = {
            "ids": ids,
            "context": context,
            "image": image,
            "latents": latents,
            "noise": noise,
            "mask": mask,
            "timesteps": torch.tensor(timesteps),
            "first_v": unet(torch.cat([noise, latents, mask], 1), timesteps[0], context).sample,
            "decoded_source": vae.decode(latents),
            "decoded": vae.decode(edited),
            "alphas_cumprod": create_scheduler().alphas_cumprod.float(),
        }
        for step, value in enumerate(trail):
            tensors[f"step_{step}"] = value
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, args.folder / "reference.safetensors")
    notes = {
        "prompt": args.prompt,
        "order": "U-Net input is noisy latents, source latents, mask; image in [-1, 1]; decoded not clipped",
        "step_i": "latents after DDIM step i (eta 0); step_3 is what the decoder gets",
        "shapes": {name: list(tensor.shape) for name, tensor in tensors.items()},
    }
    (args.folder / "notes.json").write_text(json.dumps(notes, indent=2) + "\n")


if __name__ == "__main__":
    main()
