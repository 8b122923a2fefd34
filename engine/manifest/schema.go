package manifest

import (
	"github.com/goccy/go-yaml"

	"prefect/engine/manifest/pyyaml"
)

// schema reads parameter_openapi_schema. Only the outline is checked: the rest is written by
// build, and a keyword that nobody knows harms nobody.
func (r *reader) schema(n *pyyaml.Node) yaml.MapSlice {
	const path = "parameter_openapi_schema"
	r.mustBe(n, pyyaml.Mapping, path, "a mapping, as \"prefect deployment build\" writes it")
	for _, key := range []string{"properties", "definitions"} {
		child := n.Get(key)
		if child == nil || isNull(child) {
			continue
		}
		r.mustBe(child, pyyaml.Mapping, path+"."+key, "a mapping")
		for _, p := range child.Pairs {
			r.mustBe(p.Value, pyyaml.Mapping, join(path+"."+key, shorten(p.Key.Text)), "a mapping")
		}
	}
	r.texts(n.Get("required"), path+".required", "a list of parameter names")
	return r.value(n).(yaml.MapSlice)
}
