"""Writes the checkpoint folder from the runs' averaged weights, at any time while training goes on."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from torch import nn

from edits.registry import EDITS
from layout import write_checkpoint
from prompts import Prompts
from running import load_state
from train_text import NONSENSE
from train_unet import load_autoencoder, load_text
from unet import create_unet

# What the other edits of prompts.json would take, and the words for them.
TAKES = {"fg_remove": "inpainting", "fg_replace": "inpainting", "add_object": "inpainting", "bg_scenery": "inpainting"}
TITLES = {
    "bw": "black and white", "vivid": "stronger colours", "warm": "warmer colours", "cool": "cooler colours", "tint": "one colour for all",
    "identity": "no change", "bg_blur": "blurred background", "bg_black": "black background", "bg_white": "white background",
    "bg_color": "background in one colour", "bg_gray": "grey background", "bg_scenery": "another background", "fg_recolor": "recolouring an object",
    "fg_gold": "turning an object to gold", "fg_silver": "turning an object to silver", "fg_glow": "a glow around an object",
    "fg_remove": "removing an object", "fg_replace": "replacing an object", "fg_duplicate": "doubling an object", "add_object": "adding an object",
    "fg_paint": "painting an object", "bg_paint": "painting the background", "motion_pan": "a moving background", "motion_zoom": "zoom blur",
    "motion_trail": "motion trails", "add_bokeh": "lights out of focus", "add_leaves": "falling leaves", "add_confetti": "confetti",
    "add_rays": "rays of light", "add_rainbow": "a rainbow", "add_smoke": "smoke", "add_frame": "a frame around the picture",
    NONSENSE: "nonsense",
}  # fmt: skip


def reader_config(prompts: Prompts) -> dict:
    """The labels of the prompt reader, in the order of its rows."""
    labels = []
    for edit in [*prompts.ids, NONSENSE]:
        known = edit in EDITS
        label = {"id": edit, "title": TITLES.get(edit, edit.removeprefix("style_").replace("_", " ")), "known": known}
        if not known and edit != NONSENSE:
            label["needs"] = TAKES.get(edit, "instruction")
        labels.append(label)
    return {"_class_name": "DeltacutPromptReader", "width": 256, "labels": labels, "nothing": "identity", "least_confidence": 0.5}


def load_reader(run: Path) -> nn.Linear:
    heads = load_state(run / "text.pt")["heads"]
    weight, bias = heads["reader.weight"], heads["reader.bias"]
    reader = nn.Linear(weight.shape[1], weight.shape[0])
    reader.load_state_dict({"weight": weight, "bias": bias})
    return reader


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/training-data"))
    parser.add_argument("--text-run", type=Path, required=True)
    parser.add_argument("--vae", type=Path, required=True, help="run of train_vae.py, or a checkpoint folder")
    parser.add_argument("--unet-run", type=Path, required=True)
    parser.add_argument("--half", action="store_true", help="float16 weights")
    args = parser.parse_args()
    unet = create_unet()
    state = load_state(args.unet_run / "unet.pt")
    unet.load_state_dict(state["average"])
    write_checkpoint(
        args.folder, load_text(args.text_run), load_autoencoder(args.vae), unet, load_reader(args.text_run),
        reader_config(Prompts(args.data)), args.text_run / "tokenizer", torch.float16 if args.half else torch.float32,
    )  # fmt: skip
    print(f"wrote {args.folder}, U-Net step {state['step']}")


if __name__ == "__main__":
    main()
