"""The edits the starter model learns, how often, and how each makes its target picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Literal

import torch
from torch import Tensor

from edits import looks, weather
from edits.tools import blur, luma, mix, rgb

Place = Literal["all", "object", "background"]


@dataclass
class Request:
    """What a target is made from. image [3, h, w] in [0, 1]; noise [16, h / 8, w / 8]; color [3, 1, 1] in [0, 1]."""

    image: Tensor
    noise: Tensor
    color: Tensor


@dataclass
class Edit:
    """`place` says where it acts: the whole picture, the object, or what is around it (then a mask is needed)."""

    make: Callable[[Request], Tensor]
    weight: float = 1.0
    place: Place = "all"
    uses_noise: bool = False


def plain(function: Callable[[Tensor], Tensor]) -> Callable[[Request], Tensor]:
    return lambda request: function(request.image)


EDITS: dict[str, Edit] = {
    "night": Edit(plain(weather.night), 3.5),
    "sunset": Edit(plain(weather.sunset), 1.5),
    "golden_hour": Edit(plain(weather.golden_hour)),
    "blue_hour": Edit(plain(weather.blue_hour)),
    "snow": Edit(lambda r: weather.snow(r.image, r.noise), 3, uses_noise=True),
    "rain": Edit(lambda r: weather.rain(r.image, r.noise), 1.5, uses_noise=True),
    "fog": Edit(plain(weather.fog)),
    "overcast": Edit(plain(weather.overcast), 0.7),
    "storm": Edit(plain(weather.storm), 0.8),
    "autumn": Edit(plain(weather.autumn), 1.3),
    "spring": Edit(plain(weather.spring)),
    "desert": Edit(plain(weather.desert), 0.8),
    "underwater": Edit(plain(weather.underwater)),
    "bw": Edit(plain(looks.bw), 4.5),
    "sepia": Edit(plain(looks.sepia)),
    "vintage_film": Edit(plain(looks.vintage_film), 0.8),
    "noir": Edit(plain(looks.noir)),
    "pencil_sketch": Edit(plain(looks.pencil_sketch), 2),
    "charcoal": Edit(plain(looks.charcoal), 0.5),
    "watercolor": Edit(plain(looks.watercolor)),
    "oil_painting": Edit(plain(looks.oil_painting), 1.6),
    "cartoon": Edit(plain(looks.cartoon), 1.6),
    "posterize": Edit(plain(looks.posterize), 0.5),
    "pixel_art": Edit(plain(looks.pixel_art), 1.2),
    "thermal": Edit(plain(looks.thermal)),
    "invert": Edit(plain(looks.invert)),
    "neon": Edit(plain(looks.neon)),
    "brighten": Edit(plain(looks.brighten), 0.8),
    "darken": Edit(plain(looks.darken), 0.8),
    "vivid": Edit(plain(looks.vivid), 0.8),
    "warm": Edit(plain(looks.warm), 0.8),
    "cool": Edit(plain(looks.cool), 0.8),
    "tint": Edit(lambda r: looks.tint(r.image, r.color), 5),
    "identity": Edit(plain(lambda image: image), 5),
    "fg_recolor": Edit(lambda r: looks.recolor(r.image, r.color), 1.8, "object"),
    "fg_gold": Edit(plain(looks.gold), 0.8, "object"),
    "fg_silver": Edit(plain(looks.silver), 0.4, "object"),
    "bg_gray": Edit(plain(looks.bw), 0.8, "background"),
    "bg_black": Edit(plain(lambda image: image * 0.0 + 0.02), 0.7, "background"),
    "bg_white": Edit(plain(lambda image: image * 0.0 + 0.97), 0.6, "background"),
    "bg_color": Edit(lambda r: r.color.expand_as(r.image) * 1.0, 0.6, "background"),
    "bg_blur": Edit(plain(lambda image: blur(image, 4)), 0.7, "background"),
    "spotlight": Edit(plain(lambda image: image * 0.22), 0.7, "background"),
}


def make_target(edit: str, request: Request) -> Tensor:
    """The edited picture, [3, h, w] in [0, 1], before any mask is applied."""
    return EDITS[edit].make(request).clamp(0, 1)
