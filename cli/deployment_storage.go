package cli

import (
	"os"
	"path/filepath"
	"strings"

	"prefect/engine/block"
	"prefect/engine/manifest"
	"prefect/engine/ordered"
	"prefect/engine/storage"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

// storageOptions say where `build` puts the flow's files.
type storageOptions struct {
	block      string // TYPE/NAME, or TYPE/NAME/FOLDER
	path       string // below the block
	skipUpload bool
	snapshot   bool
}

func newStorageFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "storage-block", Aliases: []string{"sb"}, Usage: "Upload the flow's folder to the storage block `TYPE/NAME`, and run from there."},
		&cli.StringFlag{Name: "path", Usage: "Upload to `FOLDER` below the storage block."},
		&cli.BoolFlag{Name: "skip-upload", Usage: "Don't upload: the files are in the storage block already."},
		&cli.BoolFlag{Name: "snapshot", Usage: "Keep a snapshot of the flow's folder, and run from that whatever becomes of the folder."},
	}
}

// readStorageFlags refuses options that contradict each other.
func readStorageFlags(c *cli.Context) (o storageOptions, err error) {
	o = storageOptions{c.String("storage-block"), c.String("path"), c.Bool("skip-upload"), c.Bool("snapshot")}
	switch {
	case o.snapshot && o.block != "":
		return o, usagef(c, "--snapshot keeps the files on this machine, so it can't be used with --storage-block")
	case o.block == "" && c.IsSet("path"):
		return o, usagef(c, "--path is a folder below a storage block; name the block with --storage-block")
	case o.block == "" && o.skipUpload:
		return o, usagef(c, "--skip-upload is for deployments with a --storage-block")
	}
	if typ, rest, ok := strings.Cut(o.block, "/"); ok {
		name, folder, more := strings.Cut(rest, "/")
		if more && c.IsSet("path") {
			return o, usagef(c, "the folder below the storage block is given twice, by --path and by '%s'", o.block)
		}
		if more {
			o.block, o.path = typ+"/"+name, folder
		}
	}
	return o, nil
}

// place is a storage block with the folder below it that a deployment uses.
type place struct {
	block    block.Block
	path     string
	location storage.Location
}

// findPlace looks up what -sb names, nil for nothing. The block is taken as it will be written into
// the deployment file: with an absolute folder, since runs start elsewhere.
func (e *env) findPlace(o storageOptions) (*place, error) {
	if o.block == "" {
		return nil, nil
	}
	b, err := e.findBlock(o.block, "")
	if err != nil {
		return nil, err
	}
	if t, _ := block.FindType(b.Type); !t.Storage {
		return nil, withHint(errorf("flows can't be stored in '%s', a block of the type %s", b.Slug(), b.TypeName), "Use a local-file-system, s3 or remote-file-system block.")
	}
	p := &place{block: b, path: strings.Trim(filepath.ToSlash(o.path), "/")}
	if strings.HasPrefix(filepath.ToSlash(o.path), "/") {
		return nil, errorf("the path '%s' is not one below the storage block; write it without the slash in front", o.path)
	}
	if p.location, err = storage.Locate(b.Type, b.Values, p.path); err != nil {
		return nil, errorf("block '%s': %w", b.Slug(), err)
	}
	if b.Type == "local-file-system" {
		base, err := storage.Locate(b.Type, b.Values, "")
		if err != nil {
			return nil, errorf("block '%s': %w", b.Slug(), err)
		}
		p.block.Values[0].Value = base.Folder
	}
	return p, nil
}

// placeOf is the place that a deployment file names, nil for none.
func placeOf(m *manifest.Deployment) (*place, error) {
	if m.Storage == nil {
		return nil, nil
	}
	b := block.FromDocument(m.Storage)
	l, err := storage.Locate(b.Type, b.Values, m.Path)
	if err != nil {
		return nil, m.ErrorAt("path", "%v", err)
	}
	return &place{b, m.Path, l}, nil
}

// rootOf finds the folder that a deployment with storage was built in, which its file doesn't say:
// the one that has the script.
func rootOf(m *manifest.Deployment, file string) (string, error) {
	script := manifest.Script(m.Entrypoint)
	for _, folder := range []string{filepath.Dir(file), "."} {
		root, err := filepath.Abs(folder)
		if err != nil {
			return "", err
		}
		if _, err := os.Stat(filepath.Join(root, filepath.FromSlash(script))); err == nil {
			return root, nil
		}
	}
	return "", m.ErrorAt("entrypoint", "the script %s is neither beside this file nor in the current folder, so it is not known what to upload; build the deployment instead", script)
}

// setStorage checks where a deployment's files are and notes it.
func (e *env) setStorage(d *store.Deployment, m *manifest.Deployment) error {
	if m.Snapshot != "" {
		home, err := e.home()
		if err != nil {
			return err
		}
		if err := storage.CheckSnapshot(home, m.Snapshot); err != nil {
			return m.ErrorAt("snapshot", "%v", err)
		}
		if m.Storage != nil {
			return m.ErrorAt("snapshot", "the deployment has a storage block and a snapshot; write null for one of them")
		}
	}
	p, err := placeOf(m)
	if err != nil || p == nil {
		return err
	}
	if base, _ := ordered.Get(p.block.Values, "basepath"); p.block.Type == "local-file-system" {
		if text, _ := base.(string); !filepath.IsAbs(text) && !strings.HasPrefix(text, "~") {
			return m.ErrorAt("storage.basepath", "storage.basepath must be an absolute folder: runs start elsewhere")
		}
	}
	if d.Storage, err = encode(m.Storage); err != nil {
		return m.ErrorAt("storage", "%v", err)
	}
	d.Path, d.StorageDocumentID = textOrNil(m.Path), textOrNil(p.block.ID)
	return nil
}
