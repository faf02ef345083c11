"""The catalogue of safeguards: what each does, its parameters and the controls it implements."""

from __future__ import annotations

from ..scenario.safeguards import Kind, Safeguard, Safeguards
from .wording import WIDTH, and_list, filled, wrap

FAMILIES = ("prevent", "delay", "detect", "restore")
WIDEST = 22


def catalogue() -> str:
    """Every safeguard a policy may name, by family."""
    lines = wrap(
        "A policy names safeguards under `policies:`. Parameters without a default must be written. "
        "Values are written as in docs/scenario.md.",
        WIDTH,
    )
    kinds = safeguards()
    for family in FAMILIES:
        lines += ["", family.upper()]
        for name, kind in kinds.items():
            if kind.family == family:
                lines += ["", *_entry(name, kind)]
    without = [name for name, kind in kinds.items() if not issubclass(kind, Safeguard)]
    heading = "EVERY SAFEGUARD" + (f" BUT {and_list(without)}" if without else "")
    lines += ["", heading, "", *_common()]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def safeguards() -> dict[str, type[Kind]]:
    """The safeguards by the name a scenario gives them."""
    kinds: dict[str, type[Kind]] = {}
    for name, field in Safeguards.model_fields.items():
        for kind in getattr(field.annotation, "__args__", ()):
            if isinstance(kind, type) and issubclass(kind, Kind):
                kinds[name] = kind
    return kinds


def _entry(name: str, kind: type[Kind]) -> list[str]:
    controls = ", ".join(kind.controls)
    lines = [f"  {name:<{WIDEST}}{kind.says}"]
    lines += filled("", _meaning(kind), indent=WIDEST + 2)
    own = [key for key in kind.model_fields if key not in Safeguard.model_fields]
    for key in own:
        lines += filled(" " * (WIDEST + 2) + _key(kind, key), _default(kind, key), indent=WIDEST + 26)
    lines += filled("", f"controls: {controls}", indent=WIDEST + 2)
    return lines


def _meaning(kind: type[Kind]) -> str:
    """The class's docstring, its lines joined."""
    return " ".join((kind.__doc__ or "").split())


def _key(kind: type[Kind], key: str) -> str:
    return kind.model_fields[key].alias or key


def _default(kind: type[Kind], key: str) -> str:
    """What a parameter is when it is left out."""
    field = kind.model_fields[key]
    if field.is_required():
        return "must be written"
    value = field.get_default(call_default_factory=False)
    if value is None:
        return "may be left out"
    return f"{value} if left out"


def _common() -> list[str]:
    """The parameters that all safeguards share, from the docstring that defines them."""
    lines = []
    for line in (Safeguard.__doc__ or "").splitlines():
        key, _, meaning = line.strip().partition("  ")
        if meaning and key in Safeguard.model_fields:
            lines += filled(f"  {key}", meaning.strip(), indent=WIDEST + 2)
    return lines
