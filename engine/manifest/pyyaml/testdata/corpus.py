"""Print random YAML and what PyYAML makes of it, one JSON object a line.

Usage: python corpus.py SEED COUNT > corpus.jsonl      (needs PyYAML 6)

Half of the texts are what safe_dump writes ("written": true), the others are such texts damaged at
random places. "value" is the loaded value with every scalar as text behind a letter for its type,
or absent where PyYAML refuses the text.
"""

import datetime
import json
import random
import sys
from typing import Any

import yaml

LONG = "some long text " * 8
WORDS = (
    [
        "a",
        "bc",
        "word",
        "x: y",
        "#c",
        " ",
        "  ",
        "\n",
        "\n\n",
        "'",
        '"',
        "\\",
        "\t",
        "-",
        "- ",
        "?",
        ":",
        ": ",
    ]
    + [
        ",",
        "[",
        "]",
        "{",
        "}",
        "&a",
        "*b",
        "!",
        "|",
        ">",
        "%",
        "@",
        "`",
        "true",
        "yes",
        "12:30:45",
        "0x1f",
        "017",
    ]
    + [
        "1e3",
        "1_000",
        "2020-01-01",
        "2022-08-22T01:02:03.5+02:00",
        "~",
        "null",
        ".nan",
        "=",
        "<<",
        "\u00e4",
        "\U0001f680",
    ]
    + ["\r", "\x85", "\u2028", "\ufeff", "\x00", "\x7f", "---", "...", LONG, "word" * 30, "", ""]
)
DAMAGE = list(" \n:-?,[]{}'\"#&*!|>\\ax0\t") + ["\n  ", "\n- ", ": ", "? ", "&a ", "*a ", "- "]


def represent_text(dumper: Any, text: str) -> Any:
    style = "|" if len(text.splitlines()) > 1 else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


yaml.SafeDumper.add_representer(str, represent_text)


def text() -> str:
    return "".join(random.choice(WORDS) for _ in range(random.randint(0, 6)))


def number() -> Any:
    return random.choice(
        [
            random.randint(-(10 ** random.randint(0, 25)), 10 ** random.randint(0, 25)),
            random.uniform(-1, 1) * 10 ** random.randint(-20, 20),
            float(random.randint(0, 100)),
            random.choice([None, True, False, 0.0, float("inf"), 1e16, 1e15, 1e-4, 1e-5, 1e22]),
        ]
    )


def value(depth: int) -> Any:
    dice = random.random()
    if depth > 4 or dice < 0.45:
        return text()
    if dice < 0.6:
        return number()
    if dice < 0.8:
        return [value(depth + 1) for _ in range(random.randint(0, 3))]
    keys = [text(), "k", "x" * random.choice([1] * 9 + [122, 123])]
    return {random.choice(keys): value(depth + 1) for _ in range(random.randint(0, 3))}


def damaged(document: str) -> str:
    chars = list(document)
    for _ in range(random.randint(0, 4)):
        at = random.randrange(len(chars) + 1)
        kind = random.choice(["insert", "delete", "double"])
        if kind == "insert":
            chars.insert(at, random.choice(DAMAGE))
        elif kind == "delete":
            del chars[at : at + 1]
        else:
            chars[at:at] = chars[at : at + random.randint(1, 12)]
    return "".join(chars)


def typed(v: Any) -> Any:
    if isinstance(v, list):
        return [typed(item) for item in v]
    if isinstance(v, dict):
        return {key(k): typed(item) for k, item in v.items()}
    if v is None:
        return "null"
    if isinstance(v, (datetime.datetime, datetime.date)):
        return "text " + v.isoformat()
    names = {bool: "bool", int: "int", float: "float", str: "text"}
    return f"{names[type(v)]} {str(v).lower() if isinstance(v, bool) else v}"


def key(v: Any) -> str:
    return v if isinstance(v, str) else json.dumps(v)


def main() -> None:
    random.seed(int(sys.argv[1]))
    for i in range(int(sys.argv[2])):
        if i % 2 == 0:
            v = {"k": value(0), "z": value(2), "e": 0}
            print(
                json.dumps(
                    {"yaml": yaml.safe_dump(v, sort_keys=False), "written": True, "value": typed(v)}
                )
            )
            continue
        flow = random.choice([None, False, True])
        wide = random.choice([20, 80])
        document = damaged(
            yaml.safe_dump(
                {"k": value(1)},
                sort_keys=False,
                default_flow_style=flow,
                width=wide,
                allow_unicode=flow,
            )
        )
        line = {"yaml": document}
        try:
            line["value"] = typed(yaml.safe_load(document))
        except (
            yaml.YAMLError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            IndexError,
        ) as error:
            line["error"] = type(error).__name__
            if "constructor for" in str(error) or isinstance(error, (TypeError, KeyError)):
                continue  # "=" as a value, keys that are lists: a matter of taste
        print(json.dumps(line))


main()
