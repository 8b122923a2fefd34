package block

import "slices"

// Type is a block type that is known here. Others come from classes in people's flows, which are
// saved and loaded by Python alone.
type Type struct {
	Slug        string
	Name        string
	Description string
	Storage     bool     // flows can be stored there
	Fields      []string // the keys of its values, in their order
}

var types = []Type{
	{"date-time", "Date Time", "A block that represents a datetime", false, []string{"value"}},
	{"json", "JSON", "A block that represents JSON", false, []string{"value"}},
	{"local-file-system", "Local File System", "Store data as a file on a local file system", true, []string{"basepath"}},
	{"remote-file-system", "Remote File System", "Store data as a file on a remote file system: s3:// or file://", true, []string{"basepath", "settings"}},
	{"s3", "S3", "Store data as a file on AWS S3, or a service that speaks its protocol", true,
		[]string{"bucket_path", "aws_access_key_id", "aws_secret_access_key", "endpoint_url", "region_name"}},
	{"secret", "Secret", "A block that represents a secret value", false, []string{"value"}},
	{"string", "String", "A block that represents a string", false, []string{"value"}},
}

// Types returns the block types that are known here, by name.
func Types() []Type { return slices.Clone(types) }

// FindType returns the type of that slug, and whether it is known here.
func FindType(slug string) (Type, bool) {
	i := slices.IndexFunc(types, func(t Type) bool { return t.Slug == slug })
	if i < 0 {
		return Type{}, false
	}
	return types[i], true
}
