package chart

import (
	"math"
	"slices"
)

// Measures of the ladder in pixels.
const (
	boxWidth   = 164.0
	boxHeight  = 76.0
	boxGap     = 34.0 // between the boxes of a floor: lines pass there
	floorPad   = 12.0
	labelWidth = 118.0
	laneStep   = 9.0  // between lines that run side by side
	laneMargin = 14.0 // between the first line and a floor
)

// ladderLayout is where everything of a ladder stands.
type ladderLayout struct {
	floors        []LadderFloor
	floor         map[string]int
	x             map[string]float64 // left edge of a box
	width, height float64
	lanes         []lanes // lines above each floor
	tops          []float64
	routes        []route
}

// route is a line from a rung to another.
type route struct {
	from, to string
	kind     string
	both     bool // moves go both ways
	path     []Point
	legs     []leg
}

// leg is a horizontal stretch of a route in the lanes above a floor.
type leg struct {
	floor, lane int
	from, to    float64
}

// lanes are the lines above one floor: for each lane the stretches taken.
type lanes [][][2]float64

// layLadder places boxes and routes the moves: every horizontal stretch has a lane of its own between two
// floors, every vertical one passes between boxes.
func layLadder(floors []LadderFloor, edges []LadderEdge) *ladderLayout {
	l := &ladderLayout{
		floors: slices.Clone(floors), floor: map[string]int{}, x: map[string]float64{}, lanes: make([]lanes, len(floors)),
	}
	for i, f := range l.floors {
		l.floors[i].Boxes = slices.Clone(f.Boxes)
		for _, b := range f.Boxes {
			l.floor[b.ID] = i
		}
	}
	l.routes = l.merge(edges)
	l.place()
	l.plan()
	l.stackFloors()
	l.draw()
	return l
}

// merge keeps the moves between known rungs and joins the ones that go to and fro.
func (l *ladderLayout) merge(edges []LadderEdge) []route {
	var out []route
	for _, e := range edges {
		_, ok := l.floor[e.From]
		_, ok2 := l.floor[e.To]
		if !ok || !ok2 || e.From == e.To {
			continue
		}
		back := slices.IndexFunc(out, func(r route) bool { return r.from == e.To && r.to == e.From && r.kind == e.Kind })
		if back >= 0 {
			out[back].both = true
			continue
		}
		r := route{from: e.From, to: e.To, kind: e.Kind}
		if slices.ContainsFunc(out, func(o route) bool { return o.from == r.from && o.to == r.to && o.kind == r.kind }) {
			continue
		}
		out = append(out, r)
	}
	return out
}

// place orders the boxes of each floor by where their neighbours stand and spreads them.
func (l *ladderLayout) place() {
	widest := 0
	for _, f := range l.floors {
		widest = max(widest, len(f.Boxes))
	}
	room := float64(max(widest, 1))*(boxWidth+boxGap) + boxGap
	l.width = labelWidth + room
	for _, f := range l.floors {
		step := room / float64(max(len(f.Boxes), 1))
		for i, b := range f.Boxes {
			l.x[b.ID] = labelWidth + step*(float64(i)+0.5) - boxWidth/2
		}
	}
	for pass := range 6 {
		for i := range l.floors {
			if pass%2 == 1 {
				i = len(l.floors) - 1 - i
			}
			if len(l.floors[i].Boxes) == widest && pass > 3 {
				continue
			}
			l.settle(i)
		}
	}
}

// settle moves the boxes of a floor towards the middle of their neighbours, keeping gaps.
func (l *ladderLayout) settle(i int) {
	boxes := l.floors[i].Boxes
	want := map[string]float64{}
	for _, b := range boxes {
		want[b.ID] = l.wish(b.ID)
	}
	slices.SortStableFunc(boxes, func(a, b LadderBox) int {
		switch {
		case want[a.ID] < want[b.ID]:
			return -1
		case want[a.ID] > want[b.ID]:
			return 1
		default:
			return 0
		}
	})
	const pitch = boxWidth + boxGap
	at := labelWidth + boxGap
	for _, b := range boxes { // pushed to the right where the wishes are too close …
		at = max(at, want[b.ID])
		l.x[b.ID] = at
		at += pitch
	}
	at = l.width - boxGap - boxWidth
	for k := len(boxes) - 1; k >= 0; k-- { // … and back from the edge
		l.x[boxes[k].ID] = min(l.x[boxes[k].ID], at)
		at = l.x[boxes[k].ID] - pitch
	}
}

// wish is the mean place of a box and its neighbours on the other floors; a box that has none there stays by
// those of its own floor.
func (l *ladderLayout) wish(id string) float64 {
	across, n := l.x[id], 1.0
	along, m := l.x[id], 1.0
	for _, r := range l.routes {
		other := ""
		switch id {
		case r.from:
			other = r.to
		case r.to:
			other = r.from
		}
		switch {
		case other == "":
		case l.floor[other] != l.floor[id]:
			across, n = across+l.x[other], n+1
		default:
			along, m = along+l.x[other]+math.Copysign(boxWidth, l.x[id]-l.x[other]), m+1
		}
	}
	if n == 1 {
		return along / m
	}
	return across / n
}

// plan gives every route its ports and lanes.
func (l *ladderLayout) plan() {
	tops, bottoms := l.ports()
	for i := range l.routes {
		r := &l.routes[i]
		a, b := l.floor[r.from], l.floor[r.to]
		switch {
		case a == b && l.neighbours(r.from, r.to):
			continue // a straight line from side to side
		case a == b:
			l.take(r, a, tops[port{i, r.from}], tops[port{i, r.to}])
		case a < b:
			l.climb(r, a, b, tops[port{i, r.from}], bottoms[port{i, r.to}])
		default:
			l.climb(r, b, a, tops[port{i, r.to}], bottoms[port{i, r.from}])
		}
	}
}

// port is the end of a route at a box.
type port struct {
	route int
	box   string
}

// ports spreads the ends of routes along the upper and lower edges of their boxes, in the order of where the
// other ends stand. The two edges are half a step apart, so that lines of neighbouring floors do not coincide.
func (l *ladderLayout) ports() (tops, bottoms map[port]float64) {
	above, below := map[string][]port{}, map[string][]port{}
	for i, r := range l.routes {
		a, b := l.floor[r.from], l.floor[r.to]
		switch {
		case a == b && l.neighbours(r.from, r.to):
		case a == b:
			above[r.from], above[r.to] = append(above[r.from], port{i, r.from}), append(above[r.to], port{i, r.to})
		case a < b:
			above[r.from], below[r.to] = append(above[r.from], port{i, r.from}), append(below[r.to], port{i, r.to})
		default:
			below[r.from], above[r.to] = append(below[r.from], port{i, r.from}), append(above[r.to], port{i, r.to})
		}
	}
	return l.spread(above, 0), l.spread(below, 5)
}

func (l *ladderLayout) spread(ends map[string][]port, shift float64) map[port]float64 {
	out := map[port]float64{}
	for box, ps := range ends {
		slices.SortStableFunc(ps, func(p, q port) int {
			d := l.x[l.other(p)] - l.x[l.other(q)]
			return int(math.Copysign(min(1, math.Abs(d)), d))
		})
		for i, p := range ps {
			out[p] = l.x[box] + shift + (boxWidth-10)*float64(i+1)/float64(len(ps)+1)
		}
	}
	return out
}

func (l *ladderLayout) other(p port) string {
	if r := l.routes[p.route]; r.from != p.box {
		return r.from
	}
	return l.routes[p.route].to
}

// neighbours tells two boxes of a floor with nothing between them.
func (l *ladderLayout) neighbours(a, b string) bool {
	boxes := l.floors[l.floor[a]].Boxes
	i := slices.IndexFunc(boxes, func(x LadderBox) bool { return x.ID == a })
	j := slices.IndexFunc(boxes, func(x LadderBox) bool { return x.ID == b })
	return i-j == 1 || j-i == 1
}

// climb goes from a floor to a higher one: over each floor between it changes to a gap between boxes.
func (l *ladderLayout) climb(r *route, from, to int, start, end float64) {
	x := start
	for f := from; f < to-1; f++ {
		gap := l.passage(f+1, x, end)
		l.take(r, f, x, gap)
		x = gap
	}
	l.take(r, to-1, x, end)
}

// passage is the place on a floor where a line can pass between boxes, nearest to its aim.
func (l *ladderLayout) passage(floor int, from, aim float64) float64 {
	spots := []float64{labelWidth + boxGap/2, l.width - boxGap/2}
	boxes := l.floors[floor].Boxes
	for i, b := range boxes {
		right := l.width
		if i+1 < len(boxes) {
			right = l.x[boxes[i+1].ID]
		}
		for s := l.x[b.ID] + boxWidth + boxGap/2; s <= right-boxGap/2+0.5; s += boxGap {
			spots = append(spots, s)
		}
		if i == 0 {
			for s := l.x[b.ID] - boxGap/2; s > labelWidth; s -= boxGap {
				spots = append(spots, s)
			}
		}
	}
	best, cost := spots[0], math.Inf(1)
	for _, s := range spots {
		c := math.Abs(s-aim) + 0.4*math.Abs(s-from) + 40*float64(l.crowd(floor, s))
		if c < cost {
			best, cost = s, c
		}
	}
	return best + 4*float64(l.crowd(floor, best))
}

// crowd counts the lines that already pass a floor near a place.
func (l *ladderLayout) crowd(floor int, x float64) int {
	n := 0
	for _, r := range l.routes {
		for _, g := range r.legs {
			if g.floor == floor-1 && math.Abs(g.to-x) < boxGap/2 {
				n++
			}
		}
	}
	return n
}

// take finds the lowest free lane above a floor for a stretch.
func (l *ladderLayout) take(r *route, floor int, from, to float64) {
	lo, hi := min(from, to)-6, max(from, to)+6
	lane := 0
	for ; lane < len(l.lanes[floor]); lane++ {
		if !slices.ContainsFunc(l.lanes[floor][lane], func(s [2]float64) bool { return s[0] < hi && lo < s[1] }) {
			break
		}
	}
	if lane == len(l.lanes[floor]) {
		l.lanes[floor] = append(l.lanes[floor], nil)
	}
	l.lanes[floor][lane] = append(l.lanes[floor][lane], [2]float64{lo, hi})
	r.legs = append(r.legs, leg{floor, lane, from, to})
}

// stackFloors sets the heights once it is known how many lanes each floor has above it.
func (l *ladderLayout) stackFloors() {
	l.tops = make([]float64, len(l.floors))
	y := floorPad
	for i := len(l.floors) - 1; i >= 0; i-- {
		if n := len(l.lanes[i]); n > 0 {
			y += 2*laneMargin + laneStep*float64(n-1)
		} else if i < len(l.floors)-1 {
			y += laneMargin
		}
		l.tops[i] = y
		y += boxHeight + 2*floorPad
	}
	l.height = max(y-floorPad, 1)
}

// top is the upper edge of a floor's boxes.
func (l *ladderLayout) top(floor int) float64 { return l.tops[floor] }

// lane is the height of a line above a floor.
func (l *ladderLayout) lane(g leg) float64 {
	return l.tops[g.floor] - floorPad - laneMargin - laneStep*float64(g.lane)
}

// draw turns legs into paths.
func (l *ladderLayout) draw() {
	for i := range l.routes {
		r := &l.routes[i]
		if len(r.legs) == 0 {
			r.path = l.side(r.from, r.to)
			continue
		}
		low, high := r.from, r.to
		if l.floor[low] > l.floor[high] {
			low, high = high, low
		}
		ps := []Point{{r.legs[0].from, l.top(l.floor[low])}}
		for _, g := range r.legs {
			y := l.lane(g)
			ps = append(ps, Point{g.from, y}, Point{g.to, y})
		}
		end := l.top(l.floor[high])
		if l.floor[low] != l.floor[high] {
			end += boxHeight
		}
		ps = append(ps, Point{r.legs[len(r.legs)-1].to, end})
		if low != r.from {
			ps = reverse(ps)
		}
		r.path = ps
	}
}

// side is the straight line between neighbours of a floor.
func (l *ladderLayout) side(from, to string) []Point {
	y := l.top(l.floor[from]) + boxHeight/2
	if l.x[from] < l.x[to] {
		return []Point{{l.x[from] + boxWidth, y}, {l.x[to], y}}
	}
	return []Point{{l.x[from], y}, {l.x[to] + boxWidth, y}}
}
