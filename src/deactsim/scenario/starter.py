"""The scenario to start from: a small company that wants to compare a few safeguards."""

from __future__ import annotations

import json
from importlib.resources import files


def starter(title: str | None = None) -> str:
    """The text of a commented scenario that loads as it is, under another title if wanted."""
    text = files(__package__).joinpath("starter.yaml").read_text(encoding="utf-8")
    if title is None:
        return text
    quoted = json.dumps(title, ensure_ascii=False)
    return "\n".join(f"title: {quoted}" if line.startswith("title:") else line for line in text.split("\n"))
