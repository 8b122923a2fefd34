package cli

import (
	"context"
	"errors"

	"prefect/cli/render"
	"prefect/engine/manifest"
	"prefect/engine/storage"

	"github.com/dustin/go-humanize"
)

// manyFiles and manyBytes are how much is packaged without a question whether it was meant.
const (
	manyFiles = 5000
	manyBytes = 50 << 20
)

// upload sends a flow's folder, which has its script, to its place.
func (e *env) upload(ctx context.Context, p *place, root, script string) error {
	o, err := e.packageOptions(root)
	if err != nil {
		return err
	}
	finish := e.showProgress("Uploading files", &o)
	done, err := storage.Upload(ctx, p.location, root, o)
	finish()
	e.tellLeftOut(done.Notes)
	if err != nil {
		return storageError(err)
	}
	already := ""
	if n := done.Files - done.Sent; n > 0 {
		already = "; " + count(n, "file") + " unchanged there"
	}
	e.success("Successfully uploaded %s to %s%s.\n", count(done.Sent, "file"), p.location.String(), already)
	e.tellLarge(done.Files, done.Size)
	e.warnOfUnpackaged(o, script)
	return nil
}

// snapshot keeps a flow's folder, which has its script, and gives the snapshot's name.
func (e *env) snapshot(ctx context.Context, root, script string) (string, error) {
	o, err := e.packageOptions(root)
	if err != nil {
		return "", err
	}
	home, err := e.home()
	if err != nil {
		return "", err
	}
	finish := e.showProgress("Keeping files", &o)
	done, err := storage.Snapshot(ctx, home, root, o)
	finish()
	e.tellLeftOut(done.Notes)
	if err != nil {
		return "", storageError(err)
	}
	e.success("Snapshot %s of %s taken.\n", done.Digest[:12], count(done.Files, "file"))
	e.tellLarge(done.Files, done.Bytes)
	e.warnOfUnpackaged(o, script)
	return done.Digest, nil
}

// warnOfUnpackaged says that a package has not got the flow's script, with which no run would start.
func (e *env) warnOfUnpackaged(o storage.Options, script string) {
	if d := o.Matcher.Match(script, false); d.Ignored {
		e.warn("The flow's script is not packaged, so its runs would fail: %s ignores '%s'.\n", d.Rule, script)
	}
}

// showProgress shows a bar on a terminal while files are packaged, until finish is called.
func (e *env) showProgress(label string, o *storage.Options) (finish func()) {
	var bar *render.Progress
	o.Report = func(done, total int) {
		if bar == nil {
			bar = e.err.Progress(label, total)
		}
		bar.Set(done)
	}
	return func() {
		if bar != nil {
			bar.Done()
		}
	}
}

func (e *env) tellLeftOut(notes []string) {
	for _, note := range notes {
		e.note("%s\n", note)
	}
}

// tellLarge asks whether so much was meant to be packaged.
func (e *env) tellLarge(files int, bytes int64) {
	if files > manyFiles || bytes > manyBytes {
		e.warn("The package has %s, %s. 'prefect deployment files' lists them; a line in .prefectignore leaves files out.\n",
			count(files, "file"), humanize.Bytes(uint64(bytes)))
	}
}

// storageError is an error of packaging as people see it.
func storageError(err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return errorf("%w", err)
}

// uploadAgain is what --upload of `apply` does for one file.
func (e *env) uploadAgain(ctx context.Context, m *manifest.Deployment, file string) error {
	p, err := placeOf(m)
	switch {
	case err != nil:
		return err
	case m.Snapshot != "":
		e.warn("Nothing was uploaded of '%s/%s': its files are in a snapshot. Build it again with '--snapshot' to take a new one.\n", m.FlowName, m.Name)
		return nil
	case p == nil:
		e.warn("Nothing was uploaded of '%s/%s': it has no storage block, its runs use the flow's folder.\n", m.FlowName, m.Name)
		return nil
	}
	root, err := rootOf(m, file)
	if err != nil {
		return err
	}
	return e.upload(ctx, p, root, manifest.Script(m.Entrypoint))
}
