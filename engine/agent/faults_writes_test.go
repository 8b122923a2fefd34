//go:build linux

package agent_test

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"prefect/store"
)

// TestFaultsFailingWrites lets one call after the other of those that write to the database fail
// under the supervisor of a run. Whatever fails, the run is executed once, and its end and all of
// its output are kept, or it is not started and the next agent executes it. It needs strace.
func TestFaultsFailingWrites(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not there")
	}
	together(t)
	w := newWorld(t)
	w.ok(w.command("sdk", "path").err)
	d := w.shell("once", `echo one; echo $PREFECT__FLOW_RUN_ID >> ran; echo two`)
	execute := func(id string, options ...string) *proc {
		args := append(append([]string{"-f"}, options...), program, "flow-run", "execute", id)
		p := w.startCommand(exec.Command(strace, args...))
		p.code()
		return p
	}
	faults := []struct{ call, fault string }{{"pwrite64", "ENOSPC"}, {"fdatasync", "EIO"}, {"ftruncate", "ENOSPC"}, {"pwrite64", "EIO"}}
	var ids []string
	kept := 0
	for _, f := range faults {
		trace := w.file("trace-" + f.call)
		first := w.run(d, 1)[0]
		if p := execute(first, "-o", trace, "-e", "trace="+f.call); strings.Contains(p.text(), "ptrace") {
			t.Skip("processes can't be traced here")
		}
		ids = append(ids, first)
		calls := strings.Count(w.read("trace-"+f.call), f.call+"(")
		step := max(1, calls/scale(2, calls+1))
		for n := 1; n <= calls; n += step {
			id := w.run(d, 1)[0]
			ids = append(ids, id)
			execute(id, "-o", os.DevNull, "-e", fmt.Sprintf("inject=%s:error=%s:when=%d..%d", f.call, f.fault, n, n+2))
			if w.get(id).State.Name == "Completed" {
				kept++
			} else if w.start("agent", "start", "-q", "q", "--drain").code(); w.get(id).State.Name != "Completed" {
				t.Errorf("%s: %s %d: the run is %v", f.call, f.fault, n, w.get(id).State)
			}
			if got := w.log(id, store.FromStdout); !slices.Equal(got, []string{"one", "two"}) {
				t.Errorf("%s: %s %d: this is kept of its output: %q", f.call, f.fault, n, got)
			}
		}
	}
	t.Logf("%d runs, %d of them completed in spite of the fault", len(ids), kept)
	ran := strings.Fields(w.read("ran"))
	if !slices.Equal(ran, ids) {
		t.Errorf("%d runs were executed %d times", len(ids), len(ran))
	}
	w.check()
}
