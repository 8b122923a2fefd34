"""What is said of names that aren't there, and what an import costs."""

from __future__ import annotations

import unittest

from support import ScriptTest

STARTED = "import sys; from prefect import flow, task; "


class Imports(ScriptTest):
    def said(self, text: str) -> str:
        done = self.run_script(text)
        self.assertEqual(done.code, 1)
        return done.stderr.splitlines()[-1]

    def test_names_of_other_versions_are_answered_with_what_to_use(self) -> None:
        said = self.said("from prefect import Parameter")
        self.assertIn("cannot import 'Parameter' from 'prefect'; use a parameter of the", said)
        said = self.said("import prefect\nprefect.serve")
        self.assertIn("has no attribute 'serve'; use `prefect deployment build`", said)
        self.assertIn(
            "use `prefect.infrastructure.Process`", self.said("import prefect.run_configs")
        )

    def test_an_unknown_name_is_answered_with_what_there_is(self) -> None:
        for text in (
            "from prefect import flwo",
            "import prefect.flwo",
            "import prefect; prefect.flwo",
        ):
            self.assertIn("it has Flow, State, Task, flow,", self.said(text))

    def test_what_runs_elsewhere_is_named(self) -> None:
        said = self.said("from prefect.task_runners import DaskTaskRunner")
        self.assertIn("ConcurrentTaskRunner or SequentialTaskRunner", said)
        said = self.said("from prefect.infrastructure import DockerContainer")
        self.assertIn("flow runs are local processes here. Use Process", said)

    def test_hasattr_and_optional_imports_still_work(self) -> None:
        done = self.run_script(
            "import importlib.util, prefect\n"
            "print(hasattr(prefect, 'nope'), getattr(prefect, 'nope', 5))\n"
            "try:\n    from prefect import allow_failure\n"
            "except ImportError:\n    print('absent')\n"
        )
        self.assertEqual(done.stdout, "False 5\nabsent\n")

    def test_a_script_loads_no_asyncio_before_it_needs_it(self) -> None:
        done = self.run_script(
            "import sys\nbefore = set(sys.modules)  # what the interpreter's own start has loaded\n"
            + STARTED
            + "print('asyncio' in sys.modules)\n"
            "@task\ndef one(): return 1\n"
            "@flow\ndef main(): return one() + one.submit().result()\n"
            "print(main(), *[name in set(sys.modules) - before for name in ('asyncio', 'typing')])\n"
        )
        self.assertEqual(done.stdout, "False\n2 False False\n", done.stderr)

    def test_nothing_outside_of_the_standard_library_is_loaded(self) -> None:
        done = self.run_script(
            "import sys\nbefore = set(sys.modules)\n"
            "import pkgutil, prefect, importlib\n"
            "for found in pkgutil.walk_packages(prefect.__path__, 'prefect.'):\n"
            "    importlib.import_module(found.name)\n"
            "own = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
            "known = getattr(sys, 'stdlib_module_names', own)\n"
            "print(sorted(own - set(known) - {'prefect'}))\n"
        )
        self.assertEqual(done.stdout, "[]\n", done.stderr)


if __name__ == "__main__":
    unittest.main()
