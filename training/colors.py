"""Names of colours beside the ten of prompts.json, for training only; none is among the held-out names there."""

from __future__ import annotations

NAMED_COLORS: dict[str, tuple[int, int, int]] = {
    "scarlet": (215, 35, 20), "ruby red": (155, 17, 50), "brick red": (170, 65, 50), "wine red": (110, 25, 45), "burgundy": (120, 15, 40),
    "maroon": (120, 20, 25), "blood red": (140, 10, 15), "tomato red": (225, 70, 45), "coral": (250, 125, 90), "salmon": (245, 135, 115),
    "rust": (175, 75, 30), "copper": (184, 110, 55), "terracotta": (200, 95, 65), "peach": (250, 195, 155), "apricot": (250, 180, 120),
    "amber": (250, 180, 20), "carrot orange": (235, 125, 30), "gold": (220, 175, 50), "golden": (220, 175, 50), "mustard": (215, 170, 40),
    "ochre": (200, 125, 45), "honey": (225, 165, 50), "sunflower yellow": (250, 200, 25), "butter yellow": (250, 230, 140), "cream": (250, 240, 205),
    "beige": (225, 210, 175), "sand": (215, 190, 140), "tan": (205, 170, 125), "khaki": (190, 180, 120), "brown": (115, 70, 35),
    "dark brown": (75, 45, 25), "chocolate": (95, 55, 30), "coffee": (85, 60, 45), "olive": (120, 120, 40), "olive green": (105, 115, 45),
    "lime": (165, 220, 40), "lime green": (80, 205, 50), "mint": (160, 230, 195), "mint green": (150, 230, 180), "light green": (145, 225, 140),
    "forest green": (35, 110, 45), "moss green": (110, 125, 60), "jade": (0, 160, 105), "pine green": (15, 95, 75), "sea green": (50, 145, 100),
    "leaf green": (85, 160, 50), "cyan": (0, 205, 220), "petrol": (0, 90, 105), "sky blue": (125, 190, 235), "light blue": (150, 200, 240),
    "baby blue": (165, 205, 240), "azure": (30, 130, 230), "steel blue": (70, 125, 170), "denim blue": (60, 95, 145), "navy": (20, 30, 95),
    "navy blue": (20, 30, 100), "dark blue": (20, 35, 120), "midnight blue": (25, 25, 90), "ultramarine": (35, 30, 165), "sapphire": (20, 70, 165),
    "indigo": (70, 25, 135), "lavender": (195, 180, 235), "lilac": (200, 160, 205), "mauve": (190, 140, 180), "amethyst": (150, 100, 200),
    "grape": (95, 45, 120), "fuchsia": (225, 30, 150), "hot pink": (250, 90, 170), "orchid": (215, 110, 205), "bubblegum pink": (250, 150, 195),
    "flamingo pink": (250, 145, 160), "light grey": (200, 200, 200), "grey": (128, 128, 128), "dark grey": (75, 75, 75), "charcoal grey": (55, 58, 62),
    "slate": (105, 115, 130), "silver grey": (190, 192, 196), "pearl white": (235, 232, 225), "milk white": (245, 243, 235), "ink black": (15, 15, 25),
}  # fmt: skip
