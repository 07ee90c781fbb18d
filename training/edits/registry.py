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
    """What a target is made from. image [3, h, w] in [0, 1]; color [3, 1, 1] in [0, 1]."""

    image: Tensor
    color: Tensor


@dataclass
class Edit:
    """`place` says where it acts: the whole picture, the object, or what is around it (then a mask is needed)."""

    make: Callable[[Request], Tensor]
    weight: float = 1.0
    place: Place = "all"


def plain(function: Callable[[Tensor], Tensor]) -> Callable[[Request], Tensor]:
    return lambda request: function(request.image)


EDITS: dict[str, Edit] = {
    "night": Edit(plain(weather.night), 1),
    "sunset": Edit(plain(weather.sunset), 1),
    "golden_hour": Edit(plain(weather.golden_hour), 0.9),
    "blue_hour": Edit(plain(weather.blue_hour)),
    "snow": Edit(plain(weather.snow), 1.5),
    "rain": Edit(plain(weather.rain), 1.2),
    "fog": Edit(plain(weather.fog)),
    "overcast": Edit(plain(weather.overcast), 0.6),
    "storm": Edit(plain(weather.storm), 0.6),
    "autumn": Edit(plain(weather.autumn), 1.3),
    "spring": Edit(plain(weather.spring), 1.8),
    "desert": Edit(plain(weather.desert), 0.8),
    "underwater": Edit(plain(weather.underwater), 0.7),
    "bw": Edit(plain(looks.bw), 1.5),
    "sepia": Edit(plain(looks.sepia)),
    "vintage_film": Edit(plain(looks.vintage_film), 1),
    "noir": Edit(plain(looks.noir), 1.3),
    "pencil_sketch": Edit(plain(looks.pencil_sketch), 1.2),
    "charcoal": Edit(plain(looks.charcoal), 1.8),
    "watercolor": Edit(plain(looks.watercolor)),
    "oil_painting": Edit(plain(looks.oil_painting), 3),
    "cartoon": Edit(plain(looks.cartoon), 4.5),
    "posterize": Edit(plain(looks.posterize), 2.6),
    "pixel_art": Edit(plain(looks.pixel_art), 1.5),
    "mosaic": Edit(plain(looks.mosaic)),
    "thermal": Edit(plain(looks.thermal), 2),
    "invert": Edit(plain(looks.invert), 0.6),
    "neon": Edit(plain(looks.neon)),
    "sharpen": Edit(plain(looks.sharpen), 1.5),
    "brighten": Edit(plain(looks.brighten), 1),
    "darken": Edit(plain(looks.darken), 0.6),
    "vivid": Edit(plain(looks.vivid), 1),
    "warm": Edit(plain(looks.warm), 2.1),
    "cool": Edit(plain(looks.cool), 1.6),
    "tint": Edit(lambda r: looks.tint(r.image, r.color), 3.5),
    "identity": Edit(plain(lambda image: image), 3),
    "fg_recolor": Edit(lambda r: looks.recolor(r.image, r.color), 2.5, "object"),
    "fg_gold": Edit(plain(looks.gold), 2, "object"),
    "fg_silver": Edit(plain(looks.silver), 3, "object"),
    "bg_gray": Edit(plain(looks.bw), 1.4, "background"),
    "bg_black": Edit(plain(lambda image: image * 0.0 + 0.02), 1.5, "background"),
    "bg_white": Edit(plain(lambda image: image * 0.0 + 0.97), 0.9, "background"),
    "bg_color": Edit(lambda r: r.color.expand_as(r.image) * 1.0, 1, "background"),
    "bg_blur": Edit(plain(lambda image: blur(image, 4)), 2, "background"),
    "spotlight": Edit(plain(lambda image: image * 0.35), 1, "background"),
}


def make_target(edit: str, request: Request) -> Tensor:
    """The edited picture, [3, h, w] in [0, 1], before any mask is applied."""
    return EDITS[edit].make(request).clamp(0, 1)
