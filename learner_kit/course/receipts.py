"""A receipt in words and as a picture: what two people can compare by telephone, and what a telephone can read.

The code of a receipt stands for exactly the files that were handed in. Its four words are made of the code alone, so that
both sides get the same ones: 256 words, so four of them tell apart 4 thousand million receipts. The code itself is the proof.
"""

from __future__ import annotations

import base64
import io

_LIST = """
acorn actor almond anchor ankle apple apron arrow aunt autumn avocado axe baby bacon badge baker bamboo banana
basket bath beach bead bean bear beetle bell belt bench berry bicycle bird biscuit blanket boat bone book boot bottle
bowl branch bread brick bridge broom brush bucket bus butter button cabbage cake camel camera candle canoe carpet carrot
castle cat chair chalk cheese cherry chicken chilli city clay clock cloud clover coat coconut coffee coin comb copper corn
cotton cow crab crane cricket crown cup curry curtain daisy dance deer desk diamond dog dolphin donkey door dove
dragon drum duck dust eagle ear earth egg elbow engine envelope fabric farm feather fence fern ferry field finger fire
fish flag flour flower flute forest fork fox frog fruit garden garlic gate ginger giraffe glass globe glove goat gold goose
grape grass guitar hammer hand harp hat hen hill honey horse house ice ink iron island jacket jam jelly jewel
juice kettle key kitchen kite knee ladder lake lamp leaf leather lemon lion lizard lock log lunch magnet mango map
marble market mask meadow melon milk mirror monkey moon mountain mouse mushroom nail napkin needle nest net
nut oak ocean olive onion orange otter oven owl paint palm panda paper parrot peach peanut pear pen pencil pepper
piano pillow pilot pineapple pipe plate plum pocket pond potato pumpkin rabbit radio rain rice ring river road robin
rocket rope rose salt sand shell ship soap sock spoon star stone sugar table tea tent tiger tomato train tree wagon whale
zebra
"""
WORDS = tuple(_LIST.split())
COUNT = 4


def words(receipt: str) -> str:
    """The four words of a receipt.

    Args:
        receipt: its code, such as N2NL-I66I-DHZQ-YGJW.

    Raises:
        ValueError: it is no receipt's code.

    Example:
        >>> words("N2NL-I66I-DHZQ-YGJW")
        'fence jam meadow fox'
    """
    try:
        raw = base64.b32decode(receipt.replace("-", "").strip().upper())
    except (ValueError, AttributeError):
        raise ValueError(f"receipt must be a code such as N2NL-I66I-DHZQ-YGJW, not {receipt!r}.") from None
    if len(raw) != 10:
        raise ValueError(f"receipt must be a code such as N2NL-I66I-DHZQ-YGJW, not {receipt!r}.")
    return " ".join(WORDS[one] for one in raw[:COUNT])


def said(receipt: str, learner: str, workbook: str, made_at: str) -> str:
    """What the picture says to whoever reads it with a telephone: plain words, no address to follow.

    Capitals alone, which take half the room in such a picture.

    Example:
        >>> said("N2NL-I66I-DHZQ-YGJW", "L-0001", "so1", "2026-10-06 10:00")
        'RECEIPT N2NL-I66I-DHZQ-YGJW L-0001 SO1 2026-10-06 10:00'
    """
    return f"receipt {receipt} {learner} {workbook} {made_at}".strip().upper()


def png(text: str, scale: int = 6) -> bytes:
    """A text as a QR code (PNG).

    Example:
        >>> png("N2NL-I66I-DHZQ-YGJW")[:4]
        b'\\x89PNG'

    Source: ISO/IEC 18004, error correction M (15 %).
    """
    import segno

    held = io.BytesIO()
    segno.make(text, error="m", micro=False).save(held, kind="png", scale=scale, border=4)
    return held.getvalue()
