"""Prompts: which wording asks for which edit, with places for objects, colours and scenes filled in."""

from __future__ import annotations

import json
import random
import re
import string
from dataclasses import dataclass, field
from pathlib import Path

from colors import NAMED_COLORS
from wordings import GRAMMAR, content_words, expand

NO_COLOR = "none"
# Exact wordings a first-time user is shown; a prompt of these edits is one of them with probability 0.15.
SHOWN_WORDINGS: dict[str, list[str]] = {
    "night": ["make it night", "make it night"],
    "bw": ["black and white", "make it black and white"],
    "snow": ["make it snow", "make it snowy"],
    "rain": ["make it rain"],
    "fog": ["make it foggy"],
    "autumn": ["make it autumn"],
    "cartoon": ["make it a cartoon"],
    "watercolor": ["as a watercolour painting"],
    "neon": ["neon cyberpunk style"],
    "oil_painting": ["as an oil painting", "make it an oil painting"],
    "sunset": ["make it sunset"],
    "pencil_sketch": ["make it look like a pencil sketch"],
    "tint": ["make it {color}"],
}
NONSENSE = (
    "table seven quickly harbour of the maybe under since walrus theory eleven button lemon plus however violin tax "
    "monday spoon ladder engineer pocket cousin nine gravel envelope candle museum rope ticket elbow library magnet "
    "sandwich forty uncle canal zipper pepper alphabet bicycle committee jacket pancake weekend wallet doctor island"
).split()


@dataclass
class Filled:
    """One prompt ready to use. `color` is a key of `Prompts.values` or NO_COLOR."""

    text: str
    edit: str
    color: str = NO_COLOR


@dataclass
class Prompts:
    """All wordings of prompts.json with the phrases of photos.json and scenery.json to fill them."""

    folder: Path
    edits: dict[str, dict] = field(init=False)
    colors: dict[str, dict] = field(init=False)
    values: dict[str, tuple[int, int, int]] = field(init=False)

    def __post_init__(self) -> None:
        content = json.loads((self.folder / "prompts.json").read_text())
        photos = json.loads((self.folder / "photos.json").read_text())
        scenery = json.loads((self.folder / "scenery.json").read_text())
        self.edits = {edit["id"]: edit for edit in content["edits"]}
        self.colors = content["colors"]
        self.values = {name: tuple(color["rgb"]) for name, color in self.colors.items()} | NAMED_COLORS
        self.joiners = content["joiners"]
        self.wrappers = content["wrappers"]
        self.things = list(photos["classes"].values())
        scenes = [scene for scene in scenery["images"] if scene["split"] == "train"]
        self.scenes = scenes
        # What is measured must stay unseen, whatever the alternatives of wordings.py happen to make.
        self.kept_out = {
            content_words(wording) for edit in content["edits"] for kind in ("heldout", "heldout_oblique") for wording in edit[kind]
        }

    @property
    def ids(self) -> list[str]:
        return list(self.edits)

    @property
    def color_names(self) -> list[str]:
        return [NO_COLOR, *self.colors]

    def nearest_color(self, color: str) -> str:
        """The one of the ten colours of prompts.json that is closest to a named one."""
        rgb = self.values[color]
        return min(self.colors, key=lambda name: sum((a - b) ** 2 for a, b in zip(self.values[name], rgb)))

    def fill(
        self, wording: str, rng: random.Random, color: str | None = None, thing: dict | None = None, words: str = "train"
    ) -> tuple[str, str]:
        """Returns the text and the colour used; `words` picks training or held-out names of colours."""
        thing = thing or rng.choice(self.things)
        other = rng.choice(self.things)
        used = NO_COLOR
        text = wording
        if "{color}" in text:
            others = words == "train" and rng.random() < 0.5
            used = color or rng.choice(list(NAMED_COLORS if others else self.colors))
            name = used if used in NAMED_COLORS else rng.choice(self.colors[used][words])
            text = text.replace("{color}", name)
        if "{scenery_caption}" in text or "{caption" in text or "{where}" in text:
            scene = rng.choice(self.scenes)
            text = text.replace("{where}", scene["where"]).replace("{scenery_caption}", scene["caption"])
            bare = thing["a"] if rng.random() < 0.6 else scene["caption"]
            text = text.replace("{caption_nophoto}", bare)
            text = text.replace("{caption}", bare if bare.startswith("a black and white photo") else "a photo of " + bare)
        for name, value in (
            ("{a2}", other["a"]),
            ("{the2}", other["the"]),
            ("{a}", thing["a"]),
            ("{the}", thing["the"]),
            ("{noun}", thing["noun"]),
        ):
            text = text.replace(name, value)
        return text, used

    def draw_wording(self, edit: str, rng: random.Random) -> str:
        """One of prompts.json, or in three of ten cases one of wordings.py; blanks not filled."""
        if edit in GRAMMAR and rng.random() < 0.3:
            wording = expand(rng.choice(GRAMMAR[edit]), rng)
            if content_words(wording) not in self.kept_out:
                return wording
        return rng.choice(self.edits[edit]["train"])

    def sample(self, edit: str, rng: random.Random, color: str | None = None, thing: dict | None = None) -> Filled:
        """A training prompt for `edit`: mostly a delta prompt, one in ten a caption of the result."""
        draw = rng.random()
        if edit in SHOWN_WORDINGS and draw < 0.15:
            wording = rng.choice(SHOWN_WORDINGS[edit])
        elif edit == "identity" and draw < 0.2:
            return Filled("", edit)
        elif draw > 0.9:
            wording = self.edits[edit]["target_caption"]
        else:
            wording = self.draw_wording(edit, rng)
        text, used = self.fill(wording, rng, color, thing)
        if rng.random() < 0.12:
            text = rng.choice(self.wrappers["prefix"]) + text + rng.choice(self.wrappers["suffix"])
        return Filled(text, edit, used)

    def nonsense(self, rng: random.Random) -> Filled:
        """A text that asks for nothing; its target is the unchanged picture."""
        count = rng.randint(1, 6)
        if rng.random() < 0.2:
            letters = "".join(rng.choice(string.ascii_lowercase) for _ in range(rng.randint(3, 12)))
            return Filled(letters, "identity")
        return Filled(" ".join(rng.choice(NONSENSE) for _ in range(count)), "identity")

    def join(self, first: Filled, second: Filled, rng: random.Random) -> str:
        """One prompt that asks for two edits."""
        return rng.choice(self.joiners["train"]).replace("{p1}", first.text).replace("{p2}", second.text)


def with_noise(text: str, rng: random.Random) -> str:
    """Case, punctuation, typing mistakes and lost words, as people type them."""
    draw = rng.random()
    if draw < 0.45:
        return text
    words = text.split()
    if draw < 0.6 and len(words) > 3:
        del words[rng.randrange(len(words))]
    elif draw < 0.7 and len(words) > 1:
        words.insert(rng.randrange(len(words) + 1), rng.choice(("please", "just", "really", "very", rng.choice(NONSENSE))))
    elif draw < 0.85 and words:
        place = rng.randrange(len(words))
        words[place] = mistype(words[place], rng)
    elif draw < 0.92:
        words = [re.sub(r"^(a|an|the|it)$", "", word) for word in words]
    text = " ".join(word for word in words if word)
    return text + rng.choice((".", "!", "")) if draw > 0.92 else text


def mistype(word: str, rng: random.Random) -> str:
    """Swaps, drops or doubles one letter of a word of four or more."""
    if len(word) < 4:
        return word
    place = rng.randrange(1, len(word) - 1)
    kind = rng.randrange(3)
    if kind == 0:
        return word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]
    return word[:place] + word[place + 1 :] if kind == 1 else word[:place] + word[place] + word[place:]
