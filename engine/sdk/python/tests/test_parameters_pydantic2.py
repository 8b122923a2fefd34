"""Models of pydantic 2, which Prefect 2.1 could not take, and of the pydantic 1 inside it."""

import enum
import json
import pathlib
import sys
import unittest
import warnings
from typing import Any, Dict, List, Optional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from prefect import _schema
from prefect._parameters import ParameterModel
from prefect.exceptions import ParameterTypeError

try:
    import pydantic

    PYDANTIC_2 = pydantic.VERSION.startswith("2.")
    warnings.simplefilter("ignore")
    from pydantic import v1
except ImportError:
    PYDANTIC_2 = False


class Color(enum.Enum):
    """A colour."""

    RED = "red"
    BLUE = "blue"


def models(kind: Any) -> Any:
    """The same models made with either pydantic."""

    class Inner(kind.BaseModel):
        """Inner doc."""

        v: float = kind.Field(1.5, description="the v", gt=0)
        note: Optional[str] = None

    class Outer(kind.BaseModel):
        many: List[Inner]
        byname: Dict[str, Inner] = {}
        count: int = 3

    return Inner, Outer


@unittest.skipUnless(PYDANTIC_2, "needs pydantic 2")
class Pydantic2Test(unittest.TestCase):
    maxDiff = None

    def test_models_of_both_are_described_alike(self) -> None:
        schemas = []
        for kind in (pydantic, v1):
            inner, outer = models(kind)

            def fn(o: outer, i: inner = inner(v=2), many: Optional[List[inner]] = None) -> None:
                pass

            schemas.append(json.dumps(_schema.parameter_schema(fn), indent=1))
        self.assertEqual(schemas[0], schemas[1])

    def test_values_are_read_by_the_model(self) -> None:
        inner, outer = models(pydantic)

        def fn(o: outer, n: pydantic.conint(gt=0) = 1, i: inner = None) -> None:
            pass

        model = ParameterModel(fn)
        got = model.validate({"o": {"many": [{"v": "3"}]}, "n": "4"})
        self.assertEqual(got["o"].many[0].v, 3.0)
        self.assertEqual((got["n"], got["i"]), (4, None))
        with self.assertRaises(ParameterTypeError) as caught:
            model.validate({"o": {"many": [{"v": -1}]}, "n": 0})
        self.assertEqual(
            str(caught.exception),
            "Flow run received invalid parameters:\n"
            " - o: Input should be greater than 0\n"
            " - n: Input should be greater than 0",
        )

    def test_enums_have_one_definition(self) -> None:
        class Paint(pydantic.BaseModel):
            colour: Color = Color.RED

        def fn(p: Paint, c: Color = Color.RED) -> None:
            pass

        found = _schema.parameter_schema(fn)["definitions"]
        self.assertEqual(sorted(found), ["Color", "Paint"])

    def test_the_old_models_inside_pydantic_2(self) -> None:
        _, outer = models(v1)

        def fn(o: outer, json: int = 1) -> None:
            pass

        model = ParameterModel(fn)
        self.assertEqual(model.validate({"o": {"many": []}})["o"], outer(many=[]))
        with self.assertRaisesRegex(ParameterTypeError, "o: ensure this value is greater than 0"):
            model.validate({"o": {"many": [{"v": -1}]}})
        self.assertEqual(list(_schema.parameter_schema(fn)["properties"]), ["o", "json"])


if __name__ == "__main__":
    unittest.main()
