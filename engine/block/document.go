package block

import (
	"slices"

	"github.com/goccy/go-yaml"

	"prefect/engine/ordered"
)

// documentKeys are what the document of a block has besides the block's values.
var documentKeys = []string{"_is_anonymous", "_block_document_name", "_block_document_id", "_block_type_slug"}

// IsDocumentKey tells whether a key of a document is none of the block's values.
func IsDocumentKey(key string) bool { return slices.Contains(documentKeys, key) }

// Document gives the mapping for a saved block, in the form of Prefect 2.1: the block's values,
// then where they come from. A run uses these values, whatever becomes of the block.
func Document(b Block) yaml.MapSlice {
	m := yaml.MapSlice{}
	if t, ok := FindType(b.Type); ok {
		for _, key := range t.Fields {
			v, there := ordered.Get(b.Values, key)
			// Prefect writes null for what its own blocks lack; it has no endpoint and no region.
			if there || key != "endpoint_url" && key != "region_name" {
				m = append(m, yaml.MapItem{Key: key, Value: v})
			}
		}
	}
	if settings, _ := ordered.Get(m, "settings"); b.Type == "remote-file-system" && settings == nil {
		m = ordered.Set(m, "settings", yaml.MapSlice{})
	}
	return append(m, yaml.MapItem{Key: "_is_anonymous", Value: b.Anonymous}, yaml.MapItem{Key: "_block_document_name", Value: b.Name},
		yaml.MapItem{Key: "_block_document_id", Value: b.ID}, yaml.MapItem{Key: "_block_type_slug", Value: b.Type})
}

// FromDocument takes the block out of a mapping. Times are not in it.
func FromDocument(storage yaml.MapSlice) Block {
	b := Block{Values: yaml.MapSlice{}}
	for _, item := range storage {
		text, _ := item.Value.(string)
		switch item.Key {
		case "_is_anonymous":
			b.Anonymous, _ = item.Value.(bool)
		case "_block_document_name":
			b.Name = text
		case "_block_document_id":
			b.ID = text
		case "_block_type_slug":
			b.Type = text
		default:
			b.Values = append(b.Values, item)
		}
	}
	return b
}
