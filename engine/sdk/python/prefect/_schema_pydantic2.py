"""Turns a schema of pydantic 2 into what pydantic 1 would have written for the same annotation."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_FIRST = ("title", "description", "default", "allOf", "anyOf")
_LAST = ("type", "properties", "required", "format", "items", "additionalProperties", "uniqueItems")


def as_v1(schema: Any) -> Any:
    """The schema with pydantic 1's order of keys, and its forms of optional values and references."""
    if isinstance(schema, list):
        return [as_v1(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    found = {
        key: value if key in ("default", "enum") else as_v1(value) for key, value in schema.items()
    }
    if "properties" in found:  # whose own keys are names of fields, in the order of the model
        found["properties"] = {name: as_v1(field) for name, field in schema["properties"].items()}
    for key in _LIMITS:  # some releases write every limit as a float
        limit = found.get(key)
        if isinstance(limit, float) and limit.is_integer():
            found[key] = int(limit)
    _optional(found)
    _reference(found)
    if "prefixItems" in found:
        found["items"] = found.pop("prefixItems")
    if "const" in found:
        found["enum"] = [found.pop("const")]
    if "enum" in found and "title" in found:
        found.setdefault("description", "An enumeration.")
    return _ordered(found)


_LIMITS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def _optional(found: dict[str, Any]) -> None:
    """What may be null is only not required; a default of null is none."""
    if found.get("default", 0) is None:
        del found["default"]
    choices = [choice for choice in found.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        del found["anyOf"]
        found.update(choices[0])
    elif choices:
        found["anyOf"] = choices


def _reference(found: dict[str, Any]) -> None:
    """A reference stands alone, or under allOf where something stands beside it."""
    if "$ref" in found and len(found) > 1:
        found["allOf"] = [{"$ref": found.pop("$ref")}]


def _ordered(found: dict[str, Any]) -> dict[str, Any]:
    first = [key for key in _FIRST if key in found]
    last = [key for key in _LAST if key in found]
    middle = [key for key in found if key not in first and key not in last]
    return {key: found[key] for key in first + middle + last}
