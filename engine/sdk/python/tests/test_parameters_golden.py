"""Parameters are read and described as real Prefect 2.1.1 does (see parameters_corpus.py)."""

from __future__ import annotations

import gzip
import json
import pathlib
import sys
import unittest
import warnings
from typing import Any, Callable

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

import parameters_corpus as corpus

from prefect import _schema
from prefect._parameters import ParameterModel

try:
    import pydantic

    PYDANTIC_1 = pydantic.VERSION.startswith("1.")
except ImportError:
    PYDANTIC_1 = False


def load_golden() -> dict[str, Any]:
    with gzip.open(HERE / "parameters_golden.json.gz", "rt", encoding="utf-8") as file:
        golden: dict[str, Any] = json.load(file)
    return golden


def namespace(*sources: str) -> dict[str, Any]:
    scope: dict[str, Any] = {"__name__": __name__}
    for source in sources:
        corpus.run(source, scope)
    return scope


def make(source: str, space: dict[str, Any]) -> Callable[..., Any] | None:
    """The function, or None where this Python can't write its annotations."""
    scope = dict(space)
    try:
        corpus.run(source, scope)
    except (TypeError, NameError):
        return None
    fn: Callable[..., Any] = scope["f"]
    return fn


def written(schema: dict[str, Any]) -> str:
    """The schema as text, so that the order of its keys counts."""
    return json.dumps(schema)


# Python 3.8 takes Literal[1] for the Literal[True] it saw before, and forgets which keys of an
# inherited TypedDict are required.
PUZZLING_3_8 = ('Literal["a",Literal[1]]', "Sequel")


class GoldenTest(unittest.TestCase):
    maxDiff = None
    golden: dict[str, Any]

    @classmethod
    def setUpClass(cls) -> None:
        cls.golden = load_golden()
        cls.plain = namespace(corpus.PRELUDE)

    def compare_annotations(self, group: str, values: list[str], space: dict[str, Any]) -> None:
        differences = []
        for annotation, expected in self.golden[group].items():
            fn = make(f"def f(x: {annotation}): pass", space)
            if fn is None or "refused" in expected:
                continue
            if annotation in PUZZLING_3_8 and sys.version_info < (3, 9):
                continue
            model = ParameterModel(fn)
            if annotation == "enum.Enum":
                pass  # its schema holds the library's own docstring, which changes
            elif written(_schema.parameter_schema(fn)) != written(expected["schema"]):
                differences.append(
                    f"{annotation}: schema {_schema.parameter_schema(fn)}, want {expected['schema']}"
                )
            for value, want in zip(values, expected["values"]):
                if value in ("Size.LARGE", "Tone.LOW") and sys.version_info < (3, 11):
                    continue  # such members print themselves otherwise there
                given = {"x": eval(value, space)}
                got = corpus.outcome(lambda m, g: m.validate(g)["x"], model, given)
                if not same(got, want) and not better(annotation, value, got):
                    differences.append(f"{annotation} <- {value}: {got!r}, want {want!r}")
        self.assertEqual([], differences[:40], f"{len(differences)} differences")

    def test_annotations(self) -> None:
        self.compare_annotations("annotations", corpus.VALUES, self.plain)

    @unittest.skipUnless(PYDANTIC_1, "needs pydantic 1")
    def test_pydantic(self) -> None:
        space = namespace(corpus.PRELUDE, corpus.PYDANTIC_PRELUDE)
        self.compare_annotations("pydantic", corpus.PYDANTIC_VALUES, space)

    def test_signatures(self) -> None:
        differences = []
        warnings.simplefilter("ignore")
        for entry in self.golden["signatures"]:
            fn = make(entry["source"], self.plain)
            if fn is None:
                continue
            got_schema = written(_schema.parameter_schema(fn))
            if got_schema != written(entry["schema"]):
                differences.append(
                    f"{entry['source']}\n   {got_schema}\n   {written(entry['schema'])}"
                )
            model = ParameterModel(fn)
            for call, want in zip(entry["calls"], entry["results"]):
                given = eval(call, self.plain)
                got = corpus.outcome(lambda m, g: only(m.validate(g), g), model, given)
                if not same(got, want):
                    differences.append(f"{entry['source']} with {call}\n   {got}\n   {want}")
        self.assertEqual([], differences[:20], f"{len(differences)} differences")


def only(validated: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """What the reference tells of: the parameters that were given."""
    return {name: value for name, value in validated.items() if name in given}


def same(got: str, want: str) -> bool:
    """Equal, or 2.1.1 is poor there: an internal error escaped, a default of a positional-only
    parameter was out of reach, an empty text became the mapping '{}'."""
    if "v__positional_only" in want or "str '{}'" in want:
        return True
    if want.startswith(("ok ", "ParameterTypeError", "SignatureMismatchError")):
        return without_python_words(got) == without_python_words(want)
    return got.startswith(("ParameterTypeError", "ok "))


def better(annotation: str, value: str, got: str) -> bool:
    """Where this package differs from 2.1.1 on purpose."""
    if "Mapping" in annotation or "OrderedDict" in annotation:
        return got.startswith("ok dict{")  # 2.1.1 turns '' into '{}', and [('a', 1)] into ['a']
    return (annotation, value, got) == ('Literal["a",1,None]', "None", "ok NoneType None")


def without_python_words(text: str) -> str:
    """Makes equal what Pythons word differently."""
    for name in ("Box.", "Crate.", "Node.", "Tall.", "Pair.", "Point."):
        text = text.replace(name + "__init__()", "__init__()")
    text = text.replace("OrderedDict({'a': '1'})", "OrderedDict([('a', '1')])")
    text = text.replace("PosixPath('low')", "PosixPath('Tone.LOW')")
    return text.replace("EnumMeta", "EnumType")


if __name__ == "__main__":
    unittest.main()
