package seeds

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// source is a tree of seed files that remembers which it read, so that those it did not can be named.
type source struct {
	fs.FS
	read map[string]bool
}

// folders hold a file for each item, or, of demo, for each list.
var folders = []string{"competencies", "profiles", "ladders", "demo"}

// isYAML tells a file by its ending, in whatever case.
func isYAML(name string) bool {
	ext := strings.ToLower(path.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

// isHidden tells what programs leave beside files: "._name" of macOS, ".DS_Store", swap files of editors.
func isHidden(name string) bool { return strings.HasPrefix(path.Base(name), ".") }

// find returns the name under which a file is there: its own, else with its other ending or in another case.
func (s *source) find(name string) string {
	entries, err := fs.ReadDir(s, path.Dir(name))
	if err != nil {
		return name
	}
	found := name
	for _, e := range entries {
		switch other := path.Join(path.Dir(name), e.Name()); {
		case other == name:
			return name
		case isYAML(other) && strings.EqualFold(stem(other), stem(name)):
			found = other
		}
	}
	return found
}

func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// items lists the files of a folder, by name; a folder that is not there has none.
func (s *source) items(dir string) ([]string, error) {
	entries, err := fs.ReadDir(s, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() && isYAML(e.Name()) && !isHidden(e.Name()) {
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	slices.Sort(names)
	return names, err
}

// unread lists the files that were passed over: those of the folders, and what looks like YAML beside them. Hidden
// files are nobody's, and the demo's are for the demo alone.
func (s *source) unread(demo bool) ([]string, error) {
	entries, err := fs.ReadDir(s, ".")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && isYAML(e.Name()) && !isHidden(e.Name()) && !s.read[e.Name()] {
			out = append(out, e.Name())
		}
	}
	for _, dir := range folders {
		if dir == "demo" && !demo {
			continue
		}
		err := fs.WalkDir(s, dir, func(name string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case isHidden(name) && d.IsDir():
				return fs.SkipDir
			case !d.IsDir() && !isHidden(name) && !s.read[name]:
				out = append(out, name)
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
