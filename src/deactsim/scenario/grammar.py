"""What the schema allows at a path of the file: models, keys and leaves, for messages and paths."""

from __future__ import annotations

import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from .leaf import Reader, one_of
from .schema import Part, Policy, Scenario


def key_of(name: str, field: FieldInfo) -> str:
    """The key under which people write a field: `for`, not `for_`."""
    return field.alias or name


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by the keys people write."""
    return {key_of(name, field): field for name, field in model.model_fields.items()}


def bare(annotation: Any) -> Any:
    """An annotation without `| None`."""
    if get_origin(annotation) in (Union, types.UnionType):
        return next(arm for arm in get_args(annotation) if arm is not type(None))
    return annotation


def reader_in(annotation: Any) -> Reader[Any] | None:
    """The reader an annotation carries."""
    if get_origin(annotation) is Annotated:
        return next((one for one in get_args(annotation)[1:] if isinstance(one, Reader)), None)
    return None


def reader_of(field: FieldInfo) -> Reader[Any] | None:
    """The reader of a field that is a leaf."""
    found = next((one for one in field.metadata if isinstance(one, Reader)), None)
    return found or reader_in(bare(field.annotation))


def annotation_of(field: FieldInfo) -> Any:
    """The annotation of a field, its reader with it, without `| None`."""
    reader = reader_of(field)
    return bare(field.annotation) if reader is None else Annotated[field.annotation, reader]


def inside(annotation: Any, step: str | int) -> Any:
    """The annotation one step further in: under a key, a name or an index; None if there is none."""
    if get_origin(annotation) is Annotated:
        if reader_in(annotation) is not None:
            return None
        annotation = get_args(annotation)[0]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        field = fields_of(annotation).get(str(step))
        return None if field is None else annotation_of(field)
    if get_origin(annotation) is dict:
        return bare(get_args(annotation)[1])
    if get_origin(annotation) is tuple:
        return bare(get_args(annotation)[0])
    return None


def annotation_at(path: tuple[str | int, ...]) -> Any:
    """The annotation at a path of the schema; None where the path leaves it."""
    current: Any = Scenario
    for step in path:
        current = inside(current, step)
    return current


def model_at(path: tuple[str | int, ...]) -> type[BaseModel] | None:
    """The model at a path of the schema, if there is one."""
    found = annotation_at(path)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None


def expected_at(path: tuple[str | int, ...]) -> str:
    """What may stand at a path, in words."""
    annotation = annotation_at(path)
    model = model_at(path[:-1])
    if model is not None and issubclass(model, Part) and path[-1] in model.filled_in:
        return model.filled_in[str(path[-1])]
    reader = reader_in(annotation)
    if reader is not None:
        return reader.expected
    if get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if annotation is Policy:
        return "a mapping of safeguards; `{}` for a policy that changes nothing"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"a mapping with {keys_of(annotation)}"
    match get_origin(annotation):
        case origin if origin is dict:
            return "a mapping: a name, and under it what it stands for"
        case origin if origin is tuple:
            return "a list"
        case origin if origin is Literal:
            return one_of(get_args(annotation))
    return "a text"


def keys_of(model: type[BaseModel]) -> str:
    """The keys of a model, those it must have named as such."""
    fields = fields_of(model)
    given = model.filled_in if issubclass(model, Part) else {}
    needed = [key for key, field in fields.items() if field.is_required() and key not in given]
    if needed:
        return "at least " + ", ".join(needed)
    return "any of " + ", ".join(fields)
