"""More training wordings for edits that differ by few words: opposites, amounts, what is kept and what changes.

The wordings of prompts.json name an edit in many ways but seldom with the parts swapped ("less blue" is warmer, "more blue"
is cooler), so a reader of them learns the words and not their order. Each line stands for all its alternatives,
`(one|another|)`; what is filled in is described in prompts.json.
"""

from __future__ import annotations

import random
import re

PLACE = "(the |the whole |the entire |this |my |the complete )(picture|image|video|clip|shot|footage|frame|scene|film|photo)"
ALL = "(everything|it all|" + PLACE + ")"
GIVE = "(give|lend) " + PLACE
TOO = "(it is|it's|" + PLACE + " is|" + PLACE + " looks|" + PLACE + " feels|this is|the (colours|tones|light|white balance) (are|look|feel)) (too|much too|way too|a bit too|so|rather)"
FIX = "(|, fix it|, please fix that|, can you change that|, correct it|, do something|, change that please)"
MORE = "(more|add more|add some|a bit more|bring in some|put in more|push|raise|increase|boost the|i want more|it needs more|could use more)"
LESS = "(less|remove the|cut the|reduce the|a bit less|take out some|lower the|drop some|tone down the|i want less|get rid of the|filter out)"
BEHIND = "(behind|around|in the back of|surrounding)"
REST = "(the rest|the background|everything else|the surroundings|whatever is around|all around {the}|everything behind {the}|the remaining area)"
CUT = "(cut out|isolate|keep only|leave just|place|put|show)"

GRAMMAR: dict[str, list[str]] = {
    "warm": [
        f"{MORE} (orange|yellow|amber|warm tones|warmth|red and yellow|gold tones|orange tones)",
        f"{LESS} (blue|coldness|cold tones|cool tones|chill|cyan|blue tint|blue cast)",
        f"{MORE} (orange|yellow|red), less (blue|cyan)", f"less (blue|cyan), more (orange|yellow|red)",
        f"{TOO} (cold|cool|blue|icy|chilly){FIX}", f"{TOO} (cold|cool|blue|chilly), (make it|i want it|i'd like it) (warmer|warm|more orange|less cold|less blue)",
        "(not|isn't) warm enough", "(warmer|a warmer|warm) (white balance|colour temperature|color temperature|tones|light|look|colours|grade|tint)",
        f"(shift|move|push|pull) ({PLACE}|the tones|the tint|the white balance|the colours) (towards|to) (orange|yellow|warm|amber|red and yellow)",
        f"make {ALL} (warmer|a little warmer|much warmer|less cold|less blue|less icy|more orange|more yellow|cosier|cozier)",
        f"(warm|heat) (up |){ALL} (|a bit|a little)", "(swap|trade) the (cold|cool) (tint|tones|cast) for a (warm|orange|yellowish) one", f"{GIVE} a (warm|cosy|cozy|yellowish|sunny) (tint|cast|tone|glow)",
        "i (prefer|want|like) (warm|warmer|orange|yellowish|toasty) (tones|colours|light)", "get the (cold|blue) (cast|tint|look) out",
    ],
    "cool": [
        f"{MORE} (blue|cyan|cold tones|cool tones|coldness|icy tones|blue tones|chill)",
        f"{LESS} (orange|yellow|red|warmth|warm tones|amber|orange tint|yellow cast|red tones)",
        f"{MORE} (blue|cyan), less (orange|yellow|red)", "less (orange|yellow|red), more (blue|cyan)",
        f"{TOO} (warm|orange|yellow|hot){FIX}", f"{TOO} (warm|orange|yellow), (make it|i want it|i'd like it) (cooler|cool|colder|less warm|more blue|less orange)",
        "(not|isn't) (cool|cold) enough", "(cooler|a cooler|cool|colder|a colder) (white balance|colour temperature|color temperature|tones|light|look|colours|grade|tint)",
        f"(shift|move|push|pull) ({PLACE}|the tones|the tint|the white balance|the colours) (towards|to) (the cold side|blue|cold tones|cool|bluish|cyan)",
        f"make {ALL} (cooler|a little cooler|much colder|less warm|less orange|less yellow|more bluish|icy|chilly|frostier)",
        f"(cool|chill) (down |){ALL} (|a bit|a little)", "(swap|trade) the (warm|orange|yellow) (tint|tones|cast) for a (cold|cool|bluish) one", f"{GIVE} a (cold|icy|chilly|cool|wintry blue) (tint|cast|tone|feel)",
        "i (prefer|want|like) (cold|cooler|bluish|icy) (tones|colours|light)", "get the (warm|orange|yellow) (cast|tint|look) out",
    ],
    "brighten": [
        f"{TOO} (dark|dim|gloomy|murky|dull and dark|underlit){FIX}", f"{TOO} (dark|dim|gloomy), (make it|i want it) (brighter|lighter|bright|less dark)", "(not|isn't|it is not|that's not) (light|lit|exposed) enough",
        f"make {ALL} (brighter|lighter|less dark|less gloomy|a little brighter|much lighter|well lit)", f"{MORE} (light|brightness|exposure|lumens)", f"{LESS} (darkness|gloom|dimness)",
        f"(lift|raise|turn up|up) the (exposure|brightness|light|lights|shadows|lamp)", f"(lighten|light|brighten) (up |){ALL}", "i can (hardly|barely|scarcely) see (anything|a thing|{the}|what's going on)",
        "(one stop|two stops) (brighter|over)", "(don't leave|don't keep) it so dark", "(less|not so) (dark|dim|gloomy)(| please)",
    ],
    "darken": [
        f"{TOO} (bright|light|glaring|overexposed|washed out by light){FIX}", f"{TOO} (bright|light|glaring), (make it|i want it) (darker|dimmer|dark|less bright)", "(not|isn't|it is not|that's not) (dark|dim) enough",
        f"make {ALL} (darker|dimmer|less bright|less glaring|a little darker|much dimmer|dimly lit)", f"{LESS} (light|brightness|exposure|glare)", f"{MORE} (darkness|gloom|shadow)",
        "(lower|turn down|pull down|bring down) the (exposure|brightness|light|lights|lamp)", f"(darken|dim) (down |){ALL}", "the (light|brightness|glare) hurts my eyes",
        "(one stop|two stops) (darker|under)", "(don't leave|don't keep) it so (bright|light)", "(less|not that|not as) (bright|glaring)(| please)",
    ],
    "tint": [
        f"(turn|let|make|paint|dye|colour|color|tone) {ALL} (all |completely |entirely |)" + "{color}",
        f"(i would like|i want|i'd like|apply|use|add|with|set) (a|one) {{color}} (tone|tint|filter|cast|wash|hue|gel|overlay|shade) (over|on|across|for|to) {ALL}",
        f"{ALL} (in|with a|through a|under) {{color}} (tones|colouring|glass|light|tint|lens|shade)", "as (if|though) (seen|filmed|shot) through {color} (glass|plastic|cellophane|paper|a filter)",
        "(only|just|nothing but) {color} (light|tones|shades) (everywhere|on everything|in the room|all over)", f"{GIVE} a {{color}} (tint|tone|cast|hue)", f"(bathe|drench|soak) {ALL} in {{color}} (light|)",
        f"{{color}} (lighting|lights|lamps|monochrome) (all over|everywhere|for {ALL})", f"{ALL} should be {{color}}",
    ],
    "bg_color": [
        f"(plain|solid|flat|uniform|single) {{color}} (backdrop|background|wall|paper|screen) {BEHIND} {{the}}", f"(solid|plain|flat|bright|) {{color}} {BEHIND} {{the}}",
        f"(turn|make|paint|colour) (the background|what is behind {{the}}|everything behind {{the}}|the backdrop) {{color}}", f"{CUT} {{the}} (on|against|in front of) (a |plain |solid |){{color}} (background|backdrop|wall|paper)",
        "(change|swap) the background to (plain |solid |){color}",
    ],
    "bg_black": [
        f"(solid|pure|plain|deep|flat|nothing but|only|just) (black|blackness) {BEHIND} {{the}}", f"(turn|make|paint|colour) (the background|what is behind {{the}}|everything behind {{the}}|{REST}) (black|pure black|pitch black|completely black)",
        f"{CUT} {{the}} (on|against|in front of) (a |plain |solid |pure |)black (background|backdrop|wall|void|velvet)", "(black|pitch black|jet black) (studio |)(background|backdrop|void)( behind {the}|)", "{the} (floating|alone) in (black|a black void|blackness)",
    ],
    "bg_white": [
        f"(solid|pure|plain|clean|flat|nothing but|only|just) white {BEHIND} {{the}}", f"(turn|make|paint|colour|bleach) (the background|what is behind {{the}}|everything behind {{the}}|{REST}) (white|pure white|completely white|snow white)",
        f"{CUT} {{the}} (on|against|in front of) (a |plain |solid |pure |)white (background|backdrop|wall|paper|sheet)", "(white|plain white|clean white) (studio |)(background|backdrop)( for a web shop| for a catalogue| like in an online shop| behind {the}|)",
        "(product|packshot|catalogue|web shop) (photo|picture|style) (of {the} |)on white",
    ],
    "bg_gray": [
        f"(take|remove|drain|strip) the (colour|color|colours) (out of|from) {REST}", "(only|just) {the} (in|keeps its|stays in|should be in|has) (colour|color)", f"(make|turn) {REST} (grey|gray|black and white|monochrome|colourless)",
        f"(keep|leave) {{the}} (in |)(colour|coloured|colored|as it is), {REST} (grey|black and white|monochrome|without colour)", f"{REST} (in|should be) (grey|black and white|monochrome), {{the}} in (colour|color)", "selective (colour|color)(| on {the})",
        "everything (but|except|apart from) {the} (loses its colour|without colour|in grey|black and white|greyed out)",
    ],
    "bg_blur": [
        f"(blur|soften|defocus|smooth out) {REST}", f"{REST} (blurred|blurry|out of focus|soft|defocused|fuzzy)", "{the} (sharp|in focus), " + f"{REST} (blurred|soft|blurry|out of focus)",
        f"(blurred|soft|blurry|fuzzy) {REST}, {{the}} (sharp|in focus)", "(shallow|thin) (depth of field|focus)", "(portrait mode|wide aperture|f/1.4 look)(| on {the})", f"only {{the}} (sharp|in focus)",
    ],
    "spotlight": [
        f"(darken|dim|shade) {REST}(, leave {{the}} bright|)", f"(dark|dim|gloomy) (everywhere|all around) (but|except) (on |)({{the}}|for {{the}})", "(put|shine|aim|throw) a (spotlight|spot|beam of light|lamp) on {the}(, the rest in darkness|)",
        f"only {{the}} (is lit|lit up|in the light|gets light), {REST} (dark|in the dark|in shadow)", "everything (but|except|apart from) {the} (gets dark|in the dark|darker|in shadow|goes dim)", "(stage|theatre) light on {the}",
    ],
    "sharpen": [
        f"make {ALL} (sharper|crisper|crystal clear|less blurry|less soft|clearer)", f"{TOO} (soft|blurry|fuzzy|mushy|unsharp){FIX}", "(sharpen|crispen) " + ALL, f"{MORE} (sharpness|crispness|detail|clarity|definition|acutance)", f"{LESS} (blur|softness|fuzziness)",
        "(sharper|crisper|clearer) (edges|details|lines|focus|picture)", "bring out the (details|fine detail|texture|edges)", "(not|isn't) sharp enough",
    ],
    "bw": [
        "(no|without|remove all|strip all|take away all|drop the) (colour|colours|color)(|, only grey|, only greys|, just black and white)", "(only|just|nothing but) (greys|grey tones|shades of grey|black, white and grey)", f"(turn|make|convert) {ALL} (to |)(greyscale|grayscale|monochrome|black and white|colourless|grey)",
        "(like|as in) (an old black and white tv|a newspaper photo|a silent film|before colour film)", "(desaturate|decolourise) " + ALL,
    ],
    "sepia": [
        "(only|just|nothing but) (brown tones|browns|shades of brown|brownish tones)", "(brown|brownish|sepia|tea-stained|coffee-stained) (toned|tint|tones|photo|print|old photograph)", f"(turn|make|tone) {ALL} (sepia|brownish like an old photo|brown like great-grandmother's photos)",
        "(like|as) (a photo from|a photograph of) (1890|1900|the nineteenth century|my great-grandparents' time)", "replace all colours (with|by) (browns|brown tones|sepia)",
    ],
    "noir": [
        "(like|as in|in the style of) (a film noir|a 1940s detective film|a forties crime movie|an old gangster film|a private eye movie|casablanca|the third man|a bogart movie)", "(hard|harsh|high) contrast black and white(, deep shadows|, like a thriller|, crime film look|)", "(detective|gangster|crime|private eye) (film|movie) (look|style|mood)(| from the forties)",
        "(moody|gritty|dramatic) black and white with (deep|inky|heavy) shadows",
    ],
    "oil_painting": [
        "(like|as|make it|turn it into) (an oil painting|oil on canvas|an old oil painting|a rembrandt|a vermeer|a painting by an old dutch painter|a gallery painting)", "(thick|visible|heavy|impasto) (oil |)(brush strokes|brushstrokes|paint|brush work)", "(painted|done|redone) (in|with) (oils|oil paint|thick oil colours)", "(oil paint|oil colours) on (canvas|linen)",
    ],
    "cartoon": [
        "(like|as|turn it into|make it) (a cartoon|a comic|a comic strip|an animated film|an anime|a children's cartoon|a graphic novel|saturday morning cartoons)", "(cartoon|comic|toon|cel shaded|comic book|animated) (style|look|drawing|version)", "(flat colours|simple colours) (and|with) (black|bold|thick) (outlines|lines|contours)",
        "(draw|redraw) it (as|like) (a cartoon|a comic|animation)", f"{ALL} (drawn by a cartoonist|in comic style|toonified)",
    ],
    "posterize": [
        "(only|just|use) (a few|four|five|a handful of) (colours|flat colours|tones|levels)", "(reduce|cut|limit) the (number of colours|palette|colours)( to a few| to four| to five|)", "(poster|screen print|silkscreen|warhol|pop art print) (look|style|effect)", "(flat|stepped|banded) (colour areas|tones|colours)",
    ],
    "thermal": ["(heat|thermal|infrared|temperature) (camera|vision|image|imaging|scanner|map)(| look| view)", "(like|as) (predator sees|seen by a thermal camera|a heat map)", "show (the |)(heat|temperature|warmth) (in colours|as colours|map)"],
    "invert": ["(invert|flip|reverse|swap) (the |all |)(colours|colors|tones)", "(like|as) (a film negative|a photo negative|an x-ray negative)", "(opposite|complementary|negative) colours(| everywhere)", "(dark|black) becomes (light|white) and (light|white) becomes (dark|black)"],
    "golden_hour": ["(an hour|shortly) (before sunset|after sunrise)", "(low|late|evening|early morning) (sun|sunlight) (from the side|, long golden light|, golden light|)", "golden (hour|evening light|afternoon light|sunlight)", f"{ALL} (in|bathed in|under) (golden|honey coloured|low) (sunlight|sun|evening sun)"],
    "night": ["(as if|like) (filmed|shot|taken) (at|in the middle of the|late at) night", "(three in the morning|midnight|long after dark|after midnight)(|, dark sky)", f"(turn|make) {ALL} (night|nighttime|into night)", "(move|set|place) it (to|at) (night|midnight)"],
    "rain": ["(make|let) it (rain|pour|drizzle)", "(pouring|heavy|light|steady) rain(| everywhere)", "(a rainy|a wet) day", "when it (rains|pours)", "(rainy|wet) weather"],
    "desert": ["(sand|dunes|dry sand) everywhere", "(like|as if) (in the sahara|in a desert|in arizona|on dry dusty land)", f"(turn|make) {ALL} (into a desert|dry and sandy|dusty and dry)"],
}  # fmt: skip

STOP = set("a an the it is it's its i i'd me my this that these those of on in to at for from with and or but be please can could would you make do like as if into all whole just".split())


def expand(line: str, rng: random.Random) -> str:
    """One of the wordings a line stands for; innermost brackets first."""
    while True:
        chosen = re.sub(r"\(([^()]*)\)", lambda found: rng.choice(found.group(1).split("|")), line)
        if chosen == line:
            return re.sub(r"\s+", " ", line).replace(" ,", ",").strip()
        line = chosen


def content_words(text: str) -> frozenset[str]:
    """What tells a wording from another: its words without the small ones; blanks to fill stay."""
    return frozenset(re.findall(r"[a-z0-9'{}_]+", text.lower())) - STOP
