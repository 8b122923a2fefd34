"""Binding calls, checking values and calling back: what a flow does with its parameters."""

import dataclasses
import datetime
import decimal
import functools
import json
import pathlib
import subprocess
import sys
import typing
import unittest
from typing import Any, Callable, List, Optional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from prefect import _describe, _schema
from prefect._parameters import ParameterModel
from prefect.exceptions import ParameterBindError, ParameterTypeError, SignatureMismatchError


class BindTest(unittest.TestCase):
    def test_binds_as_a_call_does(self) -> None:
        def f(a: Any, b: Any = 2, *rest: Any, c: Any = 3, **more: Any) -> None:
            pass

        def g(a: Any, b: Any = 2, *, c: Any = 3) -> None:
            pass

        everything = ParameterModel(f).bind((1, 5, 6, 7), {"d": 8})
        self.assertEqual(everything, {"a": 1, "b": 5, "rest": (6, 7), "c": 3, "more": {"d": 8}})
        self.assertEqual(
            list(ParameterModel(g).bind((), {"c": 1, "a": 0}).items()),
            [("a", 0), ("b", 2), ("c", 1)],
        )

    def test_errors_are_those_of_prefect(self) -> None:
        def f(x: int) -> int:
            return x

        def g(a: Any = (1, 2)) -> None:
            pass

        for fn, args, kwargs, want in (
            (
                f,
                (),
                {},
                "missing a required argument: 'x'.\nFunction 'f' has signature 'x: int) -> int'",
            ),
            (f, (1, 2), {}, "too many positional arguments.\nFunction 'f' has signature"),
            (f, (1,), {"x": 2}, "multiple values for argument 'x'.\n"),
            (f, (1,), {"y": "k"}, "got an unexpected keyword argument 'y'.\n"),
            (
                g,
                (3, 4),
                {},
                "too many positional arguments.\nFunction 'g' has signature 'a: Any = (1, 2)) -> None'",
            ),
        ):
            with self.assertRaises(ParameterBindError) as caught:
                ParameterModel(fn).bind(args, kwargs)
            text = str(caught.exception).replace("typing.Any", "Any")
            self.assertTrue(text.startswith("Error binding parameters for function '"), text)
            self.assertIn(want, text)
            self.assertTrue(
                text.endswith(f" but received args: {args} and kwargs: {kwargs}."), text
            )

    def test_what_is_bound_can_be_called(self) -> None:
        def f(a: Any, /, b: Any, *rest: Any, c: Any = 3, **more: Any) -> Any:
            return a, b, rest, c, more

        model = ParameterModel(f)
        for args, kwargs in (((1, 2), {}), ((1, 2, 3), {"c": 4, "d": 5}), ((1,), {"b": 2, "a": 3})):
            call_args, call_kwargs = model.call_args(model.validate(model.bind(args, kwargs)))
            self.assertEqual(f(*call_args, **call_kwargs), f(*args, **kwargs))

    def test_other_callables(self) -> None:
        def f(a: Any, b: int = 1) -> Any:
            return a, b

        self.assertEqual(ParameterModel(functools.partial(f, b=2)).bind((1,), {}), {"a": 1, "b": 2})

        @functools.wraps(f)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            return f(*args, **kwargs)

        self.assertEqual(ParameterModel(wrapper).validate({"a": 1, "b": "7"}), {"a": 1, "b": 7})


class ValidateTest(unittest.TestCase):
    def test_unknown_names_come_before_bad_values(self) -> None:
        def f(name: str, age: int) -> None:
            pass

        with self.assertRaises(SignatureMismatchError) as caught:
            ParameterModel(f).validate({"name": "x", "bogus": 1, "age": "x"})
        self.assertEqual(
            str(caught.exception),
            "Function expects parameters ['name', 'age'] "
            "but was provided with parameters ['name', 'bogus', 'age']",
        )
        with self.assertRaises(ParameterTypeError) as caught_type:
            ParameterModel(f).validate({"age": "x"})
        self.assertEqual(
            str(caught_type.exception),
            "Flow run received invalid parameters:\n - name: field required\n - age: value is not a valid integer",
        )

    def test_defaults_are_read_too(self) -> None:
        def f(x: int = "5", y: list = (1, 2), bad: int = "auto", z: Any = None) -> None:  # type: ignore
            pass

        model = ParameterModel(f)
        self.assertEqual(model.validate({}), {"x": 5, "y": [1, 2], "bad": "auto", "z": None})
        with self.assertRaisesRegex(ParameterTypeError, " - bad: value is not a valid integer"):
            model.validate(model.bind((), {}))

    def test_without_validation_values_stay(self) -> None:
        def f(x: int, y: int = "2") -> None:  # type: ignore
            pass

        self.assertEqual(
            ParameterModel(f, validate=False).validate({"x": "a"}), {"y": "2", "x": "a"}
        )

    def test_names_that_pydantic_would_not_have(self) -> None:
        def f(
            json: int, copy: int, _private: int, schema: int, n: None = None, args: int = 1
        ) -> None:
            pass

        given = {"json": "1", "copy": "2", "_private": "3", "schema": "4"}
        want = {"json": 1, "copy": 2, "_private": 3, "schema": 4, "n": None, "args": 1}
        self.assertEqual(ParameterModel(f).validate(given), want)
        self.assertEqual(list(_schema.parameter_schema(f)["properties"]), list(want))

    def test_variadic_values_are_read_one_by_one(self) -> None:
        def f(*rest: int, **more: float) -> None:
            pass

        model = ParameterModel(f)
        got = model.validate({"rest": ["1", 2], "more": {"a": "1.5"}})
        self.assertEqual(got, {"rest": (1, 2), "more": {"a": 1.5}})
        for bad in ({"rest": 3}, {"rest": ["x"]}, {"more": 3}, {"more": {"a": "x"}}):
            with self.assertRaises(ParameterTypeError):
                model.validate(bad)

    def test_a_class_of_the_users_own_is_an_instance_check(self) -> None:
        class Engine:
            pass

        def f(e: Engine, many: Optional[List[Engine]] = None) -> None:
            pass

        model, engine = ParameterModel(f), Engine()
        self.assertIs(model.validate({"e": engine})["e"], engine)
        with self.assertRaisesRegex(ParameterTypeError, "e: instance of Engine expected"):
            model.validate({"e": "x"})
        self.assertEqual(_schema.parameter_schema(f)["properties"]["e"], {"title": "e"})

    def test_annotations_as_text(self) -> None:
        def f(
            a: "int | None",
            b: "list[int]",
            c: "OnlyForTypeCheckers",
            d: "dict[str, list[int]] | str" = "x",
        ) -> None:  # type: ignore
            pass

        got = ParameterModel(f).validate({"a": None, "b": ["1"], "c": 3, "d": {"k": ["2"]}})
        self.assertEqual(got, {"a": None, "b": [1], "c": 3, "d": {"k": [2]}})


class DefaultTest(unittest.TestCase):
    def refuse(self, fn: Callable[..., Any], name: str) -> None:
        with self.assertRaises(TypeError) as caught:
            ParameterModel(fn)
        self.assertEqual(str(caught.exception), f"Object of type '{name}' is not JSON serializable")

    def test_what_json_cannot_hold_is_refused_at_once(self) -> None:
        class Engine:
            pass

        def f(cb: Any = print) -> None:
            pass

        def g(x: Any = Engine()) -> None:
            pass

        def h(x: Any = [1, {"k": 1j}]) -> None:
            pass

        def i(x: Any = int) -> None:
            pass

        self.refuse(f, "builtin_function_or_method")
        self.refuse(g, "Engine")
        self.refuse(h, "complex")
        self.refuse(i, "type")

    def test_a_callable_needs_no_json(self) -> None:
        def f(cb: Callable[..., Any] = print, x: int = 1) -> None:
            pass

        ParameterModel(f)
        self.assertEqual(list(_schema.parameter_schema(f)["properties"]), ["x"])

    def test_what_stands_beside_a_dataclass_s_fields_is_no_field(self) -> None:
        @dataclasses.dataclass
        class Settings:
            size: int
            kind: typing.ClassVar[str] = "k"
            seed: dataclasses.InitVar[int] = 5

        def f(a: Settings) -> None:
            pass

        definition = _schema.parameter_schema(f)["definitions"]["Settings"]
        self.assertEqual(list(definition["properties"]), ["size"])

    def test_defaults_of_models_are_plain(self) -> None:
        try:
            from pydantic import VERSION, BaseModel, SecretStr
        except ImportError:
            self.skipTest("needs pydantic 1")
        if not VERSION.startswith("1."):
            self.skipTest("needs pydantic 1")

        class Plan(BaseModel):
            when: datetime.datetime = datetime.datetime(2020, 1, 2, 3, 4)
            wait: datetime.timedelta = datetime.timedelta(hours=1)
            price: decimal.Decimal = decimal.Decimal("1.10")
            token: SecretStr = SecretStr("hidden")
            data: bytes = b"x"

        def f(a: Plan = Plan()) -> None:
            pass

        schema = json.loads(_describe.json_text(_schema.parameter_schema(f)))
        self.assertEqual(
            schema["properties"]["a"]["default"],
            {
                "when": "2020-01-02T03:04:00",
                "wait": 3600.0,
                "price": 1.1,
                "token": "**********",
                "data": "x",
            },
        )


class CostTest(unittest.TestCase):
    def test_making_a_model_imports_nothing_big(self) -> None:
        code = (
            "import sys; before = set(sys.modules); from prefect._parameters import ParameterModel\n"
            "def f(x: int, y: str = 'a', z: 'list' = []): pass\n"
            "m = ParameterModel(f); m.validate(m.bind((1,), {}))\n"
            "print(sorted({'inspect', 'typing', 'json', 'datetime', 'dataclasses', 'enum', 're'}"
            " & (set(sys.modules) - before)))"
        )
        root = str(pathlib.Path(__file__).resolve().parent.parent)
        out = subprocess.run(
            [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {root!r})\n" + code],
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        self.assertEqual(out.decode().strip(), "[]")


if __name__ == "__main__":
    unittest.main()
