"""Drawn photos for the stories: plain pictures of what the words say, each story's own."""

import io
import math
import random

from PIL import Image, ImageDraw, ImageFilter

TITLES = {
    "one_cup": "开箱：只有一只杯子",
    "packed": "打包台照片",
    "cracked": "壶身裂纹",
    "kettle": "发货前的水壶",
    "blue": "收到的是蓝色",
    "bruised": "压坏的苹果",
    "scratch": "屏幕划痕",
}
SIZE = (1200, 900)
PAPER, INK, CLAY, TEAL, AMBER, RED, BLUE = (
    (238, 231, 220), (52, 48, 44), (176, 122, 88), (28, 92, 98), (214, 156, 66), (176, 58, 46), (72, 104, 168),
)  # fmt: skip


def photo(name: str, seed: str) -> bytes:
    """A JPEG of 1200 × 900, slightly different for each seed, as two photos of one thing are."""
    chance = random.Random(f"{name}/{seed}")  # noqa: S311 (a picture, not a secret)
    picture = Image.new("RGB", SIZE, tuple(value - chance.randrange(12) for value in PAPER))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 640, 1200, 900), fill=(201 - chance.randrange(10), 186, 164))
    DRAWN[name](draw, chance)
    soft = picture.filter(ImageFilter.GaussianBlur(1.2))
    kept = io.BytesIO()
    soft.save(kept, "JPEG", quality=86)
    return kept.getvalue()


def box(draw: ImageDraw.ImageDraw) -> None:
    draw.polygon([(180, 420), (1020, 420), (1120, 800), (80, 800)], fill=(196, 158, 112))
    draw.polygon([(250, 470), (950, 470), (1010, 760), (190, 760)], fill=(150, 116, 80))


def cup(draw: ImageDraw.ImageDraw, left: int, top: int, colour: tuple[int, int, int]) -> None:
    draw.ellipse((left + 170, top + 60, left + 290, top + 190), outline=colour, width=26)
    draw.rounded_rectangle((left, top, left + 210, top + 250), 36, fill=colour)
    draw.ellipse((left, top - 26, left + 210, top + 40), fill=tuple(min(255, value + 36) for value in colour))


def kettle(draw: ImageDraw.ImageDraw, colour: tuple[int, int, int]) -> None:
    draw.arc((430, 130, 770, 520), 180, 360, fill=INK, width=30)
    draw.polygon([(400, 320), (280, 250), (300, 330), (400, 450)], fill=colour)
    draw.polygon([(400, 300), (800, 300), (870, 760), (330, 760)], fill=colour)
    draw.ellipse((560, 250, 640, 320), fill=INK)


def crack(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    x, y = 520.0, 340.0
    for _ in range(12):
        angle = chance.uniform(0.4, 1.7)
        nx, ny = x + 42 * math.cos(angle), y + 36 * math.sin(angle)
        draw.line((x, y, nx, ny), fill=(20, 20, 20), width=7)
        x, y = nx, ny


def one_cup(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    box(draw)
    cup(draw, 300, 490, CLAY)
    draw.rounded_rectangle((640, 490, 860, 740), 40, outline=PAPER, width=8)


def packed(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    box(draw)
    cup(draw, 300, 490, CLAY)
    cup(draw, 650, 490, CLAY)


def cracked(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    kettle(draw, TEAL)
    crack(draw, chance)


def whole_kettle(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    kettle(draw, TEAL)
    draw.rectangle((900, 640, 1120, 760), fill=PAPER, outline=INK, width=6)
    draw.line((930, 680, 1090, 680), fill=INK, width=6)
    draw.line((930, 715, 1050, 715), fill=INK, width=6)


def blue(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    box(draw)
    cup(draw, 470, 490, BLUE)


def bruised(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    box(draw)
    for place in range(6):
        left, top = 250 + place % 3 * 250, 470 + place // 3 * 140
        draw.ellipse((left, top, left + 190, top + 170), fill=RED)
        if place % 2:
            draw.ellipse((left + 60, top + 50, left + 150, top + 130), fill=(96, 58, 36))


def scratch(draw: ImageDraw.ImageDraw, chance: random.Random) -> None:
    draw.rounded_rectangle((360, 120, 840, 820), 50, fill=INK)
    draw.rectangle((390, 190, 810, 750), fill=(92, 128, 136))
    for _ in range(3):
        x = chance.randrange(430, 700)
        draw.line((x, chance.randrange(240, 400), x + 180, chance.randrange(450, 690)), fill=PAPER, width=4)


DRAWN = {
    "one_cup": one_cup,
    "packed": packed,
    "cracked": cracked,
    "kettle": whole_kettle,
    "blue": blue,
    "bruised": bruised,
    "scratch": scratch,
}
