package pdf

import (
	"context"
	"slices"
)

// pace is how close a part is set, as factors of the usual: lines, gaps between pieces, size of running text.
type pace struct{ lines, gaps, size float64 }

// The paces. The closest keeps running text at 8 points with lines of 1.25 sizes.
const (
	asUsual = iota
	closer
	closest
	looser // for a last page that nothing saves: it gets a little more to carry
)

var paces = [...]pace{asUsual: {1, 1, 1}, closer: {0.95, 0.7, 1}, closest: {0.92, 0.45, 0.955}, looser: {1.03, 1.5, 1}}

// Running text has sizes in this range; the lower end is the least that stays readable.
const (
	leastText = 8.0
	mostText  = 10.0
)

// resize gives the running text of spans the size of the pace.
func (p pace) resize(spans []span) []span {
	out := slices.Clone(spans)
	for i := range out {
		if st := &out[i].style; st.size > leastText && st.size <= mostText {
			st.size = max(leastText, st.size*p.size)
		}
	}
	return out
}

// leastFill is how much of the last page of a part should be filled.
const leastFill = 0.2

// composeWith lays the document out with a pace for each of its parts; nil is the usual pace for all.
func composeWith(ctx context.Context, d Document, set settings, o Options, paces []int) (*composer, error) {
	c := newComposer(ctx, set, o)
	c.paces = paces
	return c, d.compose(c)
}

// settle lays the document out. Parts that exceed their limit or spill a few lines on a last page are set once
// more, closer, where that saves a page; the others stay as they are.
func settle(ctx context.Context, d Document, set settings, o Options) (*composer, error) {
	c, err := composeWith(ctx, d, set, o, nil)
	if err != nil {
		return nil, err
	}
	var open []int
	for i, p := range c.parts {
		if p.spills() || p.exceeds() {
			open = append(open, i)
		}
	}
	if len(open) == 0 {
		return c, nil
	}
	usual, best := c, make([]int, len(c.parts))
	for _, step := range []int{closer, closest, looser} {
		try := slices.Clone(best)
		for _, i := range open {
			try[i] = step
		}
		if c, err = composeWith(ctx, d, set, o, try); err != nil {
			return nil, err
		}
		open = slices.DeleteFunc(open, func(i int) bool {
			if !c.parts[i].improves(usual.parts[i]) {
				return false
			}
			best[i] = step
			return true
		})
		if len(open) == 0 {
			return c, nil
		}
	}
	return composeWith(ctx, d, set, o, best)
}

func (p *part) pages() int { return p.last - p.first + 1 }

// exceeds tells that the part takes more pages than it may.
func (p *part) exceeds() bool { return p.limit > 0 && p.pages() > p.limit }

// spills tells that the last page of the part holds next to nothing.
func (p *part) spills() bool { return p.pages() > 1 && p.fill < leastFill }

// improves tells that the part, set otherwise, is better than it was.
func (p *part) improves(was *part) bool {
	if was.exceeds() {
		return !p.exceeds() && !p.spills() || p.pages() < was.pages() && p.pages() == p.limit
	}
	return p.pages() < was.pages() || p.pages() == was.pages() && !p.spills()
}
