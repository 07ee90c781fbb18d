"""Writing and reading the checkpoint folder (diffusers layout)."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import torch
from diffusers import DDIMScheduler
from safetensors.torch import load_file, save_file
from torch import nn
from transformers import CLIPTextModel

from text import Tokenizer, create_text_encoder
from unet import ADDS_INPUT, UNET_CONFIG, SourceUNet, create_unet
from vae import VAE_CONFIG, DeltacutAutoencoder

SCHEDULER_CONFIG: dict = {
    "_class_name": "DDIMScheduler",
    "num_train_timesteps": 1000,
    "beta_schedule": "scaled_linear",
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "prediction_type": "sample",
    "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing",
    "clip_sample": False,
    "set_alpha_to_one": True,
    "steps_offset": 0,
    "deltacut_steps": 2,
}

MODEL_INDEX: dict = {
    "_class_name": "DeltacutStarterPipeline",
    "conditioning": "edit",
    "title": "Starter",
    "licence": "MIT",
    "default_size": 256,
    "scheduler": ["diffusers", "DDIMScheduler"],
    "prompt_reader": ["deltacut", "DeltacutPromptReader"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["deltacut", "DeltacutAutoencoder"],
}

TEXT_CONFIG: dict = {
    "architectures": ["CLIPTextModel"],
    "model_type": "clip_text_model",
    "vocab_size": 49408,
    "hidden_size": 256,
    "intermediate_size": 1024,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "max_position_embeddings": 77,
    "hidden_act": "quick_gelu",
    "layer_norm_eps": 1e-5,
    "bos_token_id": 49406,
    "eos_token_id": 49407,
    "pad_token_id": 49407,
}


def create_scheduler() -> DDIMScheduler:
    """The scheduler as every program of this folder uses it."""
    return DDIMScheduler(**{key: value for key, value in SCHEDULER_CONFIG.items() if key not in ("_class_name", "deltacut_steps")})


def to_tensors(model: nn.Module, dtype: torch.dtype, prefix: str = "") -> dict[str, torch.Tensor]:
    """State dict for a file: contiguous tensors of `dtype`; the prefix is added where a name lacks it."""
    return {
        name if name.startswith(prefix) else prefix + name: tensor.detach().to(dtype).contiguous().clone()
        for name, tensor in model.state_dict().items()
        if not name.endswith("position_ids")
    }


def write_checkpoint(
    folder: Path,
    text: CLIPTextModel,
    vae: DeltacutAutoencoder,
    unet: SourceUNet,
    reader: nn.Linear,
    reader_config: dict,
    tokenizer: Path,
    dtype: torch.dtype = torch.float32,
) -> None:
    """Writes the whole folder beside its place and renames it there, so readers never see half of one.

    `tokenizer` is a folder to copy; `reader` has one row a label of `reader_config`.
    """
    folder = folder.resolve()
    fresh = folder.with_name(folder.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for name in ("unet", "vae", "text_encoder", "scheduler", "prompt_reader"):
        (fresh / name).mkdir(parents=True)

    def write_json(path: str, content: dict) -> None:
        (fresh / path).write_text(json.dumps(content, indent=2) + "\n")

    write_json("model_index.json", MODEL_INDEX)
    write_json("scheduler/scheduler_config.json", SCHEDULER_CONFIG)
    ours = {"deltacut_adds_input": list(ADDS_INPUT), "deltacut_scales_input": True}
    write_json("unet/config.json", {"_class_name": "UNet2DConditionModel", **UNET_CONFIG, **ours})
    write_json("vae/config.json", VAE_CONFIG)
    write_json("text_encoder/config.json", TEXT_CONFIG)
    metadata = {"format": "pt"}
    save_file(to_tensors(unet, dtype), fresh / "unet/diffusion_pytorch_model.safetensors", metadata)
    save_file(to_tensors(vae, dtype), fresh / "vae/diffusion_pytorch_model.safetensors", metadata)
    save_file(to_tensors(text, dtype, "text_model."), fresh / "text_encoder/model.safetensors", metadata)
    write_json("prompt_reader/config.json", reader_config)
    save_file(to_tensors(reader, torch.float32), fresh / "prompt_reader/model.safetensors", metadata)
    shutil.copytree(tokenizer, fresh / "tokenizer")
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.rename(folder, old)
    os.rename(fresh, folder)
    shutil.rmtree(old, ignore_errors=True)


def load_weights(model: nn.Module, path: Path) -> None:
    """Reads a safetensors file of any float type into `model`, names with or without `text_model.`."""
    tensors = load_file(path)
    wanted = model.state_dict()
    prefix = "text_model."
    renamed = {}
    for name, tensor in tensors.items():
        if name not in wanted:
            name = name[len(prefix) :] if name.startswith(prefix) else prefix + name
        renamed[name] = tensor.float() if tensor.is_floating_point() else tensor
    missing, unexpected = model.load_state_dict(renamed, strict=False)
    missing = [name for name in missing if not name.endswith("position_ids")]
    if missing or unexpected:
        raise ValueError(f"{path}: missing {missing[:3]}, unexpected {unexpected[:3]}")


def read_checkpoint(folder: Path) -> tuple[CLIPTextModel, DeltacutAutoencoder, SourceUNet, Tokenizer]:
    """Models in evaluation mode, float32."""
    text, vae, unet = create_text_encoder(), DeltacutAutoencoder(), create_unet()
    load_weights(text, folder / "text_encoder/model.safetensors")
    load_weights(vae, folder / "vae/diffusion_pytorch_model.safetensors")
    load_weights(unet, folder / "unet/diffusion_pytorch_model.safetensors")
    return text.eval(), vae.eval(), unet.eval(), Tokenizer(folder / "tokenizer")
