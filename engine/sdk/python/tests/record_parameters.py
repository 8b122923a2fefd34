"""Records parameters_golden.json.gz from real Prefect: REFERENCE/bin/python record_parameters.py

Run it with PREFECT_HOME set to an empty folder; see parameters_corpus.py.
"""

from __future__ import annotations

import gzip
import inspect
import json
import pathlib
import sys
import warnings
from typing import Any

import parameters_corpus as corpus

from prefect import __version__, flow

# Functions made with exec have no source file, which real Prefect wants only to warn of duplicates.
inspect.getsourcelines = lambda _: ([""], 1)  # type: ignore[assignment]
warnings.simplefilter("ignore")


SEED = 20
COUNT = int(sys.argv[2]) if len(sys.argv) > 2 else 500


def make(source: str, namespace: dict[str, Any]) -> Any:
    scope = dict(namespace)
    corpus.run(source, scope)
    return flow(scope["f"])


def schema(made: Any) -> Any:
    return json.loads(made.parameters.json())


def validated(made: Any, parameters: dict[str, Any]) -> Any:
    return made.validate_parameters(parameters)["x"]


def record_annotations(
    annotations: list[str], values: list[str], space: dict[str, Any]
) -> dict[str, Any]:
    found = {}
    for annotation in annotations:
        try:
            made = make(f"def f(x: {annotation}): pass", space)
        except Exception as exc:
            found[annotation] = {"refused": f"{type(exc).__name__}: {exc}"}
            continue
        results = [corpus.outcome(validated, made, {"x": eval(v, space)}) for v in values]
        found[annotation] = {"schema": schema(made), "values": results}
    return found


def record_signatures(space: dict[str, Any]) -> list[dict[str, Any]]:
    found = []
    for entry in corpus.random_signatures(SEED, COUNT):
        try:
            made = make(entry["source"], space)
        except Exception as exc:
            found.append({**entry, "refused": f"{type(exc).__name__}: {exc}"})
            continue
        calls = [eval(call, space) for call in entry["calls"]]
        results = [corpus.outcome(made.validate_parameters, call) for call in calls]
        found.append({**entry, "schema": schema(made), "results": results})
    return found


def main() -> None:
    assert __version__ == "2.1.1" and "go" not in __version__, __version__
    plain: dict[str, Any] = {}
    corpus.run(corpus.PRELUDE, plain)
    modelled = dict(plain)
    corpus.run(corpus.PYDANTIC_PRELUDE, modelled)
    golden = {
        "annotations": record_annotations(corpus.ANNOTATIONS, corpus.VALUES, plain),
        "pydantic": record_annotations(
            corpus.PYDANTIC_ANNOTATIONS, corpus.PYDANTIC_VALUES, modelled
        ),
        "signatures": record_signatures(plain),
    }
    target = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "parameters_golden.json.gz")
    target.write_bytes(gzip.compress(json.dumps(golden).encode(), mtime=0))


if __name__ == "__main__":
    main()
