"""The starter's denoiser: a plain diffusers UNet2DConditionModel with 33 input channels."""

from __future__ import annotations

from diffusers import UNet2DConditionModel

UNET_CONFIG: dict = {
    "sample_size": 32,
    "in_channels": 33,
    "out_channels": 16,
    "center_input_sample": False,
    "flip_sin_to_cos": True,
    "freq_shift": 0,
    "down_block_types": ["DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"],
    "mid_block_type": "UNetMidBlock2DCrossAttn",
    "up_block_types": ["CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"],
    "only_cross_attention": False,
    "block_out_channels": [48, 96, 192],
    "layers_per_block": 1,
    "downsample_padding": 1,
    "mid_block_scale_factor": 1,
    "act_fn": "silu",
    "norm_num_groups": 16,
    "norm_eps": 1e-5,
    "cross_attention_dim": 256,
    # diffusers reads this as the number of heads when num_attention_heads is absent.
    "attention_head_dim": 4,
    "use_linear_projection": True,
}


def create_unet() -> UNet2DConditionModel:
    """Input [batch, 33, height, width]: noisy latents 16, source latents 16, mask 1 (1 = edit); output v, 16 channels."""
    return UNet2DConditionModel(**UNET_CONFIG)
