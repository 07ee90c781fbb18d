"""The starter's denoiser: a diffusers UNet2DConditionModel with 33 input channels whose output is a change and a gain of the source."""

from __future__ import annotations

from diffusers import UNet2DConditionModel
from diffusers.models.unets.unet_2d_condition import UNet2DConditionOutput
from torch import Tensor

# Channels of the input that are added to the output: the source latents.
ADDS_INPUT = (16, 32)
UNET_CONFIG: dict = {
    "sample_size": 32,
    "in_channels": 33,
    "out_channels": 32,
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


class SourceUNet(UNet2DConditionModel):
    """Predicts the edited latents as (1 + gain) * source latents + change, gain and change per channel and place.

    Without the sum the network must carry every source through group norms, which forget its mean and contrast; with it
    an edit that leaves a place alone is a zero, and what the few steps can't get right is the change, never the scene.
    Without the gain it must do so for each edit that takes something away: a plain backdrop, flat cells, fewer edges.
    """

    def forward(self, sample: Tensor, timestep: Tensor | int, context: Tensor) -> UNet2DConditionOutput:
        change, gain = super().forward(sample, timestep, context).sample.chunk(2, 1)
        source = sample[:, ADDS_INPUT[0] : ADDS_INPUT[1]]
        return UNet2DConditionOutput(sample=source + gain * source + change)


def create_unet() -> SourceUNet:
    """Input [batch, 33, height, width]: noisy latents 16, source latents 16, mask 1 (1 = edit); output the edited latents."""
    return SourceUNet(**UNET_CONFIG)
