package flowfile

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"prefect/engine/ordered"
	"prefect/engine/python"
	"prefect/engine/sdk"
)

// options describes a script with a real Python, or the test is skipped.
func options(t *testing.T, file, function string) Options {
	t.Helper()
	interpreter, err := python.Find(python.Search{})
	if err != nil {
		t.Skip("needs Python")
	}
	dir, err := sdk.Ensure(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	file, err = filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	return Options{
		Python: interpreter, SDKDir: dir, File: file, Function: function, Root: filepath.Dir(file), Dir: t.TempDir(), Stderr: &bytes.Buffer{},
	}
}

// script writes a script into a new folder.
func script(t *testing.T, name, source string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func describe(t *testing.T, o Options) *Flow {
	t.Helper()
	flow, err := Describe(context.Background(), o)
	if err != nil {
		t.Fatalf("%s:%s: %v\n%s", o.File, o.Function, err, o.Stderr)
	}
	return flow
}

func TestSchemaIsTheOneOfPrefectInItsOrder(t *testing.T) {
	flow := describe(t, options(t, "testdata/typed.py", "typed"))
	got, err := ordered.Encode(flow.Schema)
	if err != nil {
		t.Fatal(err)
	}
	recorded, err := os.ReadFile("testdata/typed_schema.json")
	if err != nil {
		t.Fatal(err)
	}
	value, err := ordered.DecodeMap(recorded)
	if err != nil {
		t.Fatal(err)
	}
	want, err := ordered.Encode(value)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if flow.Name != "Typed Flow" || flow.Version != "v-1.2" || flow.Description != "given description" || flow.IsAsync {
		t.Errorf("got %+v", flow)
	}
}

func TestFlowsOfAScript(t *testing.T) {
	o := options(t, "testdata/many.py", "my_async_flow")
	flow := describe(t, o)
	if flow.Name != "my-async-flow" || !flow.IsAsync || flow.Description != "First line.\n\nIndented:\n    more." {
		t.Errorf("got %+v", flow)
	}
	if !strings.HasPrefix(flow.Python.Version, "3.") || !filepath.IsAbs(flow.Python.Executable) || flow.Source != o.File {
		t.Errorf("got %+v, %q", flow.Python, flow.Source)
	}
	if got := o.Stderr.(*bytes.Buffer).String(); got != "printed while loading\n" {
		t.Errorf("passed on %q", got)
	}
	o = options(t, "testdata/many.py", "inner")
	if flow := describe(t, o); flow.Name != "plain" || flow.Function != "inner" {
		t.Errorf("a flow under another name: %+v", flow)
	}
}

func TestImportsBesideTheScriptFromAnyFolder(t *testing.T) {
	if flow := describe(t, options(t, "testdata/pkg/relative.py", "greet")); flow.Name != "hello" {
		t.Errorf("a relative import: %+v", flow)
	}
	if flow := describe(t, options(t, "testdata/pkg/sibling.py", "greet")); flow.Name != "hello-sibling" {
		t.Errorf("an import of a sibling: %+v", flow)
	}
	o := options(t, script(t, "flows.py", "import shared_by_all\nfrom prefect import flow\nf = flow(shared_by_all.f)\n"), "f")
	o.Root = filepath.Dir(script(t, "shared_by_all.py", "def f(x: int): pass\n"))
	if flow := describe(t, o); !strings.HasSuffix(flow.Source, "shared_by_all.py") {
		t.Errorf("an import from the root: %+v", flow)
	}
}

func TestAPrefectModuleInTheWorkingFolderIsNotTakenForTheSDK(t *testing.T) {
	o := options(t, "testdata/many.py", "inner")
	o.Dir = filepath.Dir(script(t, "prefect.py", "raise RuntimeError('the wrong prefect')"))
	describe(t, o)
}

func TestThreadsThatGoOnDoNotHoldUp(t *testing.T) {
	source := "import threading\nfrom prefect import flow\n@flow\ndef f(): pass\nthreading.Thread(target=threading.Event().wait).start()\n"
	describe(t, options(t, script(t, "threads.py", source), "f"))
}

func TestErrorsAreOneMessageWithTheUsersFrames(t *testing.T) {
	head := "from prefect import flow\n"
	for _, c := range []struct{ name, source, function, kind, want string }{
		{"syntax.py", head + "@flow\ndef bad(:\n    pass\n", "bad", KindSyntax,
			"script 'syntax.py' has a syntax error: invalid syntax\n  File \"FILE\", line 3\n    def bad(:\n            ^"},
		{"imperr.py", "import nosuchmodule\n", "f", KindImport,
			"script 'imperr.py' failed to import: No module named 'nosuchmodule'; is it installed for 'PYTHON'?\n" +
				"  File \"FILE\", line 1, in <module>\n    import nosuchmodule"},
		{"valerr.py", "def g():\n    raise ValueError('boom at import')\ng()\n", "f", KindException,
			"script 'valerr.py' raised ValueError: boom at import\n  File \"FILE\", line 3, in <module>\n    g()\n" +
				"  File \"FILE\", line 2, in g\n    raise ValueError('boom at import')"},
		{"stdlib.py", "import json\njson.loads('{')\n", "f", KindException,
			"script 'stdlib.py' raised JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)\n" +
				"  File \"FILE\", line 2, in <module>\n    json.loads('{')"},
		{"sysexit.py", "raise SystemExit(7)\n", "f", KindExit,
			"script 'sysexit.py' called sys.exit(7) while it was loaded; put what is to run only by hand under " +
				"`if __name__ == \"__main__\":`\n  File \"FILE\", line 1, in <module>\n    raise SystemExit(7)"},
		{"osexit.py", "import os\nos._exit(3)\n", "f", KindExit,
			"script 'osexit.py' ended Python (exit code 3) while it was loaded; put what is to run only by hand under `if __name__ == \"__main__\":`"},
		{"typo.py", head + "@flow\ndef log_flow(): pass\n", "log_flwo", KindNotFound, "'log_flwo' not found in 'typo.py'. Did you mean 'log_flow'?"},
		{"other.py", head + "@flow\ndef a(): pass\n@flow\ndef b(): pass\n", "zzz", KindNotFound, "'zzz' not found in 'other.py'. The flows in it are 'a', 'b'."},
		{"none.py", "x = 1\n", "hello", KindNotFound, "'hello' not found in 'none.py'."},
		{"plain.py", "def f(): pass\n", "f", KindNotAFlow, "Found object of unexpected type 'function'. Expected 'Flow'."},
		{"number.py", head + "x = 1\n@flow\ndef real(): pass\n", "x", KindNotAFlow,
			"Found object of unexpected type 'int'. Expected 'Flow'. The flow in it is 'real'."},
		{"default.py", head + "@flow\ndef f(cb=print): pass\n", "f", KindException,
			"script 'default.py' raised TypeError: Object of type 'builtin_function_or_method' is not JSON serializable\n  File \"FILE\", line"},
		{"result.py", head + "@flow\ndef f(): return {}\nprint(f()['x'])\n", "f", KindException,
			"script 'result.py' raised TypeError: 'NoneType' object is not subscriptable; a flow called while its script is loaded " +
				"does not run and gives None, so put the call under `if __name__ == \"__main__\":`\n  File \"FILE\", line 4, in <module>\n    print(f()['x'])"},
		{"name.py", head + "@flow(name='a/b')\ndef f(): pass\n", "f", KindName,
			"Name 'a/b' contains an invalid character. Must not contain any of: ['/', '%', '&', '>', '<'].\n  File \"FILE\", line"},
	} {
		o := options(t, script(t, c.name, c.source), c.function)
		_, err := Describe(context.Background(), o)
		var described *Error
		if !errors.As(err, &described) || described.Kind != c.kind {
			t.Errorf("%s: got %v, want kind %s", c.name, err, c.kind)
			continue
		}
		want := strings.NewReplacer("FILE", o.File, "PYTHON", o.Python).Replace(c.want)
		if got := err.Error(); got != want && !(strings.HasSuffix(want, "line") && strings.HasPrefix(got, want)) {
			t.Errorf("%s: got\n%s\nwant\n%s", c.name, got, want)
		}
	}
}

func TestDescribeWithoutAUsablePython(t *testing.T) {
	o := options(t, "testdata/many.py", "inner")
	o.Python = filepath.Join(t.TempDir(), "nopython")
	if _, err := Describe(context.Background(), o); err == nil || !strings.Contains(err.Error(), "does not run as a Python") {
		t.Errorf("got %v", err)
	}
}

func TestDescribeWithAnOldPython(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("needs a program that is a shell script")
	}
	o := options(t, "testdata/many.py", "inner")
	o.Python = filepath.Join(t.TempDir(), "python")
	if err := os.WriteFile(o.Python, []byte("#!/bin/sh\ncase \"$*\" in *print*) echo 2.7.18;; *) exit 1;; esac\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Describe(context.Background(), o); err == nil || !strings.Contains(err.Error(), "is Python 2.7.18, and flows need 3.8 or newer") {
		t.Errorf("got %v", err)
	}
}

func TestDescribeStopsWhenCancelled(t *testing.T) {
	o := options(t, script(t, "slow.py", "import time\nprint('loading', flush=True)\ntime.sleep(600)\n"), "f")
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	if _, err := Describe(ctx, o); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestInfiniteDefaultsSurvive(t *testing.T) {
	source := "from prefect import flow\n@flow\ndef f(x=float('inf'), y=float('nan')): pass\n"
	flow := describe(t, options(t, script(t, "inf.py", source), "f"))
	got, err := ordered.Encode(flow.Schema)
	if err != nil || !strings.Contains(string(got), `"default":"inf"`) {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestFindScript(t *testing.T) {
	path := script(t, "flow_a.py", "")
	t.Chdir(filepath.Dir(path))
	if err := os.Mkdir("sub", 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"flow_a.py", "./flow_a.py", "flow_a", path} {
		got, err := FindScript(name)
		if err != nil || filepath.Base(got) != "flow_a.py" || !filepath.IsAbs(got) {
			t.Errorf("%q: got %q, %v", name, got, err)
		}
	}
	for name, want := range map[string]string{
		"flow_b.py": "script 'flow_b.py' not found; did you mean 'flow_a.py'?",
		"zzzzzzzzz": "script 'zzzzzzzzz' not found",
		"sub":       "'sub' is a folder; name the script in it that has the flow",
		"":          "is a folder",
	} {
		if _, err := FindScript(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", name, err, want)
		}
	}
}
