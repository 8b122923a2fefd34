"""Records parameters_golden.json from real Prefect: REFERENCE/bin/python record_parameters.py

Run it with PREFECT_HOME set to an empty folder; see parameters_corpus.py.
"""

import inspect
import json
import pathlib
import sys
import warnings
from typing import Any, Dict, List

import parameters_corpus as corpus
from prefect import __version__, flow

# Functions made with exec have no source file, which real Prefect wants only to warn of duplicates.
inspect.getsourcelines = lambda _: ([""], 1)  # type: ignore[assignment]
warnings.simplefilter("ignore")


def make(source: str, namespace: Dict[str, Any]) -> Any:
    scope = dict(namespace)
    exec(source, scope)
    return flow(scope["f"])


def schema(made: Any) -> Any:
    return json.loads(made.parameters.json())


def record_annotations(
    annotations: List[str], values: List[str], space: Dict[str, Any]
) -> Dict[str, Any]:
    found = {}
    for annotation in annotations:
        try:
            made = make(f"def f(x: {annotation}): pass", space)
        except Exception as exc:
            found[annotation] = {"refused": f"{type(exc).__name__}: {exc}"}
            continue
        found[annotation] = {
            "schema": schema(made),
            "values": [
                corpus.outcome(lambda: made.validate_parameters({"x": eval(v, space)})["x"])
                for v in values
            ],
        }
    return found


def record_signatures(space: Dict[str, Any]) -> List[Dict[str, Any]]:
    found = []
    for entry in corpus.random_signatures(20, 500):
        try:
            made = make(entry["source"], space)
        except Exception as exc:
            found.append({**entry, "refused": f"{type(exc).__name__}: {exc}"})
            continue
        results = [
            corpus.outcome(lambda: made.validate_parameters(eval(c, space))) for c in entry["calls"]
        ]
        found.append({**entry, "schema": schema(made), "results": results})
    return found


def main() -> None:
    assert __version__ == "2.1.1" and "go" not in __version__, __version__
    plain: Dict[str, Any] = {}
    exec(corpus.PRELUDE, plain)
    modelled = dict(plain)
    exec(corpus.PYDANTIC_PRELUDE, modelled)
    golden = {
        "annotations": record_annotations(corpus.ANNOTATIONS, corpus.VALUES, plain),
        "pydantic": record_annotations(
            corpus.PYDANTIC_ANNOTATIONS, corpus.PYDANTIC_VALUES, modelled
        ),
        "signatures": record_signatures(plain),
    }
    target = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "parameters_golden.json")
    target.write_text(json.dumps(golden, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
