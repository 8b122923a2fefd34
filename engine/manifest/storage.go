package manifest

import (
	"slices"

	"github.com/goccy/go-yaml"

	"prefect/engine/block"
	"prefect/engine/manifest/pyyaml"
)

// storage reads the mapping of a storage block; null and absence are none.
func (r *reader) storage(n *pyyaml.Node) yaml.MapSlice {
	if n == nil || isNull(n) {
		return nil
	}
	r.mustBe(n, pyyaml.Mapping, "storage", "the mapping of a storage block, as \"prefect deployment build\" writes it")
	slug := n.Get("_block_type_slug")
	if slug == nil {
		r.fail(n, "storage has no _block_type_slug, which says what it is")
	}
	typ := r.text(slug, "storage._block_type_slug")
	if t, ok := block.FindType(typ); !ok || !t.Storage {
		r.fail(slug, "storage._block_type_slug is '%s', but only local-file-system, s3 and remote-file-system can be used here", shorten(typ))
	}
	for _, key := range []string{"_block_document_name", "_block_document_id"} {
		r.optional(n, "storage", key)
	}
	r.boolean(n, "storage", "_is_anonymous", false)
	storage := r.value(n).(yaml.MapSlice)
	if _, err := block.Check(typ, block.FromDocument(storage).Values); err != nil {
		r.fail(r.blame(n), "storage: %v", err)
	}
	return storage
}

// blame is the first value of a mapping that isn't only about where it comes from.
func (r *reader) blame(n *pyyaml.Node) *pyyaml.Node {
	i := slices.IndexFunc(n.Pairs, func(p pyyaml.Pair) bool { return !block.IsDocumentKey(p.Key.Text) })
	if i < 0 {
		return n
	}
	return n.Pairs[i].Value
}

// snapshot reads the name of a snapshot, which files of Prefect don't have.
func (r *reader) snapshot(n *pyyaml.Node) string {
	if n == nil || isNull(n) {
		return ""
	}
	text := r.text(n, "snapshot")
	if !digestOfSnapshot.MatchString(text) {
		r.fail(n, "snapshot must be a SHA-256 of 64 hex digits, not %s", describe(n))
	}
	return text
}
