"""Writes the checkpoint folder from the runs' averaged weights, at any time while training goes on."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from layout import write_checkpoint
from running import load_state
from train_unet import load_frozen
from unet import create_unet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--text-run", type=Path, required=True)
    parser.add_argument("--vae-run", type=Path, required=True)
    parser.add_argument("--unet-run", type=Path, required=True)
    parser.add_argument("--merges", type=Path, required=True)
    parser.add_argument("--half", action="store_true", help="float16 weights")
    args = parser.parse_args()
    text, vae = load_frozen(args.text_run, args.vae_run)
    unet = create_unet()
    state = load_state(args.unet_run / "unet.pt")
    unet.load_state_dict(state["average"])
    write_checkpoint(args.folder, text, vae, unet, args.merges, torch.float16 if args.half else torch.float32)
    print(f"wrote {args.folder}, U-Net step {state['step']}")


if __name__ == "__main__":
    main()
