package ignore

import (
	"slices"
	"strings"
)

// A glob is a git pattern taken apart: the elements that a path has to match
// one after the other, in bytes, because git compares bytes and not letters
// (`caf?` doesn't match `café`).
type glob []element

type kind uint8

const (
	oneByte kind = iota // one byte of a set
	segment             // `*`: any bytes but a slash, or none
	anyPath             // `**` at the end: any bytes, or none
	folders             // `**/`: any number of folders with their slashes, or none
)

type element struct {
	kind kind
	set  byteSet // for oneByte
}

// byteSet is a set of bytes, one bit each.
type byteSet [4]uint64

func (s *byteSet) add(c byte)     { s[c>>6] |= 1 << (c & 63) }
func (s *byteSet) remove(c byte)  { s[c>>6] &^= 1 << (c & 63) }
func (s byteSet) has(c byte) bool { return s[c>>6]&(1<<(c&63)) != 0 }

func (s *byteSet) addRange(low, high byte) {
	for c := int(low); c <= int(high); c++ {
		s.add(byte(c))
	}
}

func (s byteSet) complement() byteSet {
	return byteSet{^s[0], ^s[1], ^s[2], ^s[3]}
}

// single returns the only byte of the set, if there is just one.
func (s byteSet) single() (c byte, ok bool) {
	for i := range 256 {
		if s.has(byte(i)) {
			if ok {
				return 0, false
			}
			c, ok = byte(i), true
		}
	}
	return c, ok
}

func literal(c byte) element {
	var s byteSet
	s.add(c)
	return element{kind: oneByte, set: s}
}

// parseGlob takes a pattern apart that has lost its `!`, its leading slash and
// its trailing slash. wholePath says that it is matched against the path from
// the root, where `**` can cross folders, and not against the last name only.
// ok is false for a pattern that can match nothing: an unclosed bracket, an
// unknown character class, a backslash at the end.
func parseGlob(pattern string, wholePath bool) (g glob, ok bool) {
	// Git compares the literal head of a pattern on its own and starts the
	// wildcards afresh behind it; so there, too, `**` stands at a beginning:
	// `foo**/bar` matches foobar. (Git 2.52 changed this one case.)
	head := strings.IndexAny(pattern, `*?[\`)
	for i := 0; i < len(pattern); {
		switch c := pattern[i]; c {
		case '*':
			stars := len(pattern[i:]) - len(strings.TrimLeft(pattern[i:], "*"))
			rest := pattern[i+stars:]
			starts := i == head || pattern[i-1] == '/'
			i += stars
			switch {
			case !wholePath || stars == 1 || !starts:
				g = append(g, element{kind: segment})
			case rest == "" || strings.HasPrefix(rest, `\/`):
				g = append(g, element{kind: anyPath})
			case rest[0] == '/':
				i++
				// Twice `**/` says no more than once, and a pattern of a
				// thousand of them stays as cheap as one.
				if n := len(g); n == 0 || g[n-1].kind != folders {
					g = append(g, element{kind: folders})
				}
			default:
				g = append(g, element{kind: segment})
			}
		case '?':
			i++
			var none byteSet
			any := none.complement()
			any.remove('/')
			g = append(g, element{kind: oneByte, set: any})
		case '[':
			set, n := parseBracket(pattern[i:])
			if n == 0 {
				return nil, false
			}
			i += n
			set.remove('/')
			g = append(g, element{kind: oneByte, set: set})
		case '\\':
			if i+1 == len(pattern) {
				return nil, false
			}
			g = append(g, literal(pattern[i+1]))
			i += 2
		default:
			g = append(g, literal(c))
			i++
		}
	}
	return slices.Clip(g), true
}

// parseBracket reads the bracket expression at the start of p and returns its
// set and its length in bytes, 0 if it is unclosed or names an unknown class.
func parseBracket(p string) (set byteSet, length int) {
	i := 1
	negated := i < len(p) && (p[i] == '!' || p[i] == '^')
	if negated {
		i++
	}
	// A `]` that comes first is a member; low is the byte before a `-`, -1
	// where a range can't begin: at the start, after a range, after a class.
	low := -1
	for first := true; ; first = false {
		if i >= len(p) {
			return set, 0
		}
		c := p[i]
		if c == ']' && !first {
			break
		}
		if class, n := parseClass(p[i:]); n > 0 {
			if !addClass(&set, class) {
				return set, 0
			}
			i += n
			low = -1
			continue
		}
		isRange := c == '-' && low >= 0 && i+1 < len(p) && p[i+1] != ']'
		if isRange {
			i++
		}
		if p[i] == '\\' {
			i++
			if i >= len(p) {
				return set, 0
			}
		}
		if c = p[i]; isRange {
			set.addRange(byte(low), c)
			low = -1
		} else {
			set.add(c)
			low = int(c)
		}
		i++
	}
	if negated {
		set = set.complement()
	}
	return set, i + 1
}

// parseClass reads `[:name:]` at the start of p. What only begins like a class
// (`[:a]`) has length 0: its characters stand for themselves.
func parseClass(p string) (name string, length int) {
	if !strings.HasPrefix(p, "[:") {
		return "", 0
	}
	end := strings.IndexByte(p[2:], ']')
	if end < 1 || p[2+end-1] != ':' {
		return "", 0
	}
	return p[2 : 2+end-1], 2 + end + 1
}

// addClass adds a POSIX class as git has it: ASCII only in every locale, and
// without vertical tab and form feed among the spaces.
func addClass(set *byteSet, name string) bool {
	switch name {
	case "alnum":
		set.addRange('0', '9')
		set.addRange('A', 'Z')
		set.addRange('a', 'z')
	case "alpha":
		set.addRange('A', 'Z')
		set.addRange('a', 'z')
	case "blank":
		set.add(' ')
		set.add('\t')
	case "cntrl":
		set.addRange(0, 0x1f)
		set.add(0x7f)
	case "digit":
		set.addRange('0', '9')
	case "graph":
		set.addRange('!', '~')
	case "lower":
		set.addRange('a', 'z')
	case "print":
		set.addRange(' ', '~')
	case "punct":
		set.addRange('!', '/')
		set.addRange(':', '@')
		set.addRange('[', '`')
		set.addRange('{', '~')
	case "space":
		set.add(' ')
		set.add('\t')
		set.add('\n')
		set.add('\r')
	case "upper":
		set.addRange('A', 'Z')
	case "xdigit":
		set.addRange('0', '9')
		set.addRange('A', 'F')
		set.addRange('a', 'f')
	default:
		return false
	}
	return true
}
