"""What an unquoted word means: YAML 1.2's core schema, with 1.1's traps refused by name.

YAML 1.1 reads `1:30` as 90, `no` as false and `017` as 15; YAML 1.2 reads them as texts and
as 17. A file must not mean two things, so such words have to be quoted or written plainly.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

Scalar = str | int | Decimal | bool | None

_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_DECIMAL: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_OTHER_BASE: Final = re.compile(r"[-+]?0[xob][0-9a-fA-F_]+")
_SIXTY: Final = re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?")
_NOT_A_NUMBER: Final = re.compile(r"\.(nan|NaN|NAN)")
_INFINITE: Final = re.compile(r"[-+]?\.(inf|Inf|INF)")
_TRUTHS: Final = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_YES_OR_NO: Final = ("yes", "no", "on", "off")
_NOTHING: Final = ("", "~", "null", "Null", "NULL")
#: Controls, separators, and what has no width or turns the direction of a line. Joiners stay: scripts need them.
_UNPRINTABLE: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    r"\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class Trap:
    """A word that is refused, and why."""

    message: str
    hint: str


def meaning(text: str) -> Scalar | Trap:
    """What the plain scalar `text` means, or why it may not stand there unquoted."""
    if text in _NOTHING:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if text.lower() in _YES_OR_NO:
        return Trap(
            f"`{text}` is true or false in YAML 1.1 and a text in YAML 1.2",
            f'write true or false, or quote it: "{text}"',
        )
    if _NOT_A_NUMBER.fullmatch(text):
        return Trap(f"`{text}` is not a number to calculate with", "leave the key out, or give a number")
    if _INFINITE.fullmatch(text):
        return Trap(f"`{text}` is not a finite number", "leave the key out, or give a finite number")
    if _SIXTY.fullmatch(text):
        return Trap(
            f"`{text}` is a number in base 60 in YAML 1.1",
            f'write a duration such as `90 s`, or quote it: "{text}"',
        )
    if _OTHER_BASE.fullmatch(text):
        return Trap(f"`{text}` is not a decimal number", "write it in decimal digits")
    if _INTEGER.fullmatch(text):
        digits = text.lstrip("+-")
        if len(digits) > 1 and digits[0] == "0":
            return Trap(
                f"`{text}` is octal in YAML 1.1",
                f'write `{digits.lstrip("0") or "0"}`, or quote it: "{text}"',
            )
        return int(text) if len(digits) <= 40 else text
    if _DECIMAL.fullmatch(text):
        return Decimal(text)
    return text


def unprintable(text: str) -> re.Match[str] | None:
    """The first control character or the like in a text."""
    return _UNPRINTABLE.search(text)


def character_name(character: str) -> str:
    """The code point of a character with its name: `U+200B (zero width space)`."""
    name = unicodedata.name(character, "").lower()
    return f"U+{ord(character):04X}" + (f" ({name})" if name else "")


def needs_quotes(text: str) -> bool:
    """Whether a plain scalar of this text would not be read as just this text."""
    return not isinstance(meaning(text), str)
