package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReferenceAndStorage gives each program the other's deployment files and uploads. Real Prefect
// 2.1.1 is the virtual environment that PREFECT_REFERENCE names.
func TestReferenceAndStorage(t *testing.T) {
	reference := os.Getenv("PREFECT_REFERENCE")
	if reference == "" {
		t.Skip("PREFECT_REFERENCE is not set")
	}
	top := t.TempDir()
	root, stored := filepath.Join(top, "root"), filepath.Join(top, "stored")
	writeFile(t, filepath.Join(root, "flow.py"), "from prefect import flow\n@flow\ndef hello():\n    print('value', open('data.txt').read())\n")
	writeFile(t, filepath.Join(root, "data.txt"), "one")
	theirs := append(os.Environ(), "PREFECT_HOME="+filepath.Join(top, "theirs"))
	ours := append(os.Environ(), "PREFECT_HOME="+filepath.Join(top, "ours"))
	python, prefect := filepath.Join(reference, "bin", "python"), filepath.Join(reference, "bin", "prefect")

	// The same block on both sides, with the same id.
	id := strings.TrimSpace(runIn(t, root, theirs, python, "-c",
		"from prefect.filesystems import LocalFileSystem\nprint(LocalFileSystem(basepath="+`"`+stored+`"`+").save('shared'))"))
	writeFile(t, filepath.Join(top, "ours", "blocks", "local-file-system", "shared.json"), `{"id": "`+id+`", "values": {"basepath": "`+stored+`"}}`)

	// Ours is built and uploaded; theirs accepts the file and runs what was uploaded.
	runIn(t, root, ours, "prefect", "deployment", "build", "flow.py:hello", "-n", "ours", "-sb", "local-file-system/shared", "-o", "../ours.yaml")
	runIn(t, root, theirs, prefect, "deployment", "apply", "../ours.yaml")
	if out := runIn(t, root, theirs, prefect, "deployment", "inspect", "hello/ours"); !strings.Contains(out, "'storage_document_id': '"+id+"'") {
		t.Errorf("%s", out)
	}
	runIn(t, root, ours, "prefect", "deployment", "build", "flow.py:hello", "-n", "snap", "--snapshot", "-o", "../snap.yaml")
	runIn(t, root, theirs, prefect, "deployment", "apply", "../snap.yaml")
	writeFile(t, filepath.Join(top, "got", "x"), "")
	runIn(t, filepath.Join(top, "got"), theirs, python, "-c", "import asyncio\nfrom prefect.filesystems import LocalFileSystem\nasyncio.run(LocalFileSystem.load('shared').get_directory(local_path='.'))")
	if files := strings.Join(filesOf(t, filepath.Join(top, "got")), " "); files != "data.txt flow.py x" {
		t.Errorf("theirs has fetched %s", files)
	}

	// Theirs is built and uploaded; ours takes the file and runs what was uploaded.
	runIn(t, root, theirs, prefect, "deployment", "build", "flow.py:hello", "-n", "theirs", "-q", "theirs", "-sb", "local-file-system/shared", "-o", "../theirs.yaml")
	runIn(t, root, ours, "prefect", "deployment", "apply", "../theirs.yaml")
	writeFile(t, filepath.Join(root, "data.txt"), "two")
	runIn(t, root, ours, "prefect", "deployment", "run", "hello/theirs")
	if out := runIn(t, top, ours, "prefect", "agent", "start", "-q", "theirs", "--drain", "--hide-welcome"); !strings.Contains(out, "value one") {
		t.Errorf("%s", out)
	}
}
