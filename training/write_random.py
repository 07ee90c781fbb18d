"""Writes a checkpoint with random weights of the right layout and sizes, for work on the engine before training."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from layout import read_checkpoint, write_checkpoint
from text import create_text_encoder
from unet import create_unet
from vae import DeltacutAutoencoder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--merges", type=Path, required=True, help="CLIP's bpe_simple_vocab_16e6.txt.gz")
    args = parser.parse_args()
    torch.manual_seed(20261)
    text, vae, unet = create_text_encoder(), DeltacutAutoencoder(), create_unet()
    with torch.no_grad():
        for name, tensor in unet.named_parameters():
            if tensor.ndim == 1 and "norm" in name and name.endswith("weight"):
                tensor.add_(torch.randn_like(tensor) * 0.1)
    write_checkpoint(args.folder, text, vae, unet, args.merges)
    read_checkpoint(args.folder)


if __name__ == "__main__":
    main()
