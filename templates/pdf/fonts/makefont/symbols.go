package main

// point is a corner of an outline in units of 2048 to the em, y upwards.
type point struct{ x, y int }

// symbol is a character Open Sans does not have, drawn as straight outlines: outer ones clockwise, holes the
// other way round.
type symbol struct {
	code     uint16
	advance  int
	outlines [][]point
}

// symbols draws the arrows, the boxes and the check mark that texts of a ladder are likely to hold.
func symbols() []symbol {
	right := []point{
		{150, 530}, {150, 690}, {1280, 690}, {900, 1040}, {1010, 1150}, {1620, 610}, {1010, 70}, {900, 180}, {1280, 530},
	}
	upRight := []point{
		{250, 230}, {1140, 1120}, {560, 1120}, {560, 1270}, {1400, 1270}, {1400, 430}, {1250, 430}, {1250, 1010}, {360, 120},
	}
	frame := []point{{200, 100}, {200, 1200}, {1300, 1200}, {1300, 100}}
	hole := []point{{330, 230}, {1170, 230}, {1170, 1070}, {330, 1070}}
	check := []point{{180, 620}, {300, 730}, {640, 390}, {1330, 1250}, {1470, 1140}, {655, 120}}
	return []symbol{
		{0x2190, 1770, [][]point{turn(right, 2)}},
		{0x2191, 1220, [][]point{narrow(turn(right, 1))}},
		{0x2192, 1770, [][]point{right}},
		{0x2193, 1220, [][]point{narrow(turn(right, 3))}},
		{0x2197, 1650, [][]point{upRight}},
		{0x25a0, 1500, [][]point{frame}},
		{0x25a1, 1500, [][]point{frame, hole}},
		{0x2610, 1500, [][]point{frame, hole}},
		{0x2713, 1650, [][]point{check}},
	}
}

// turn rotates an outline by quarter turns around the middle of the arrow.
func turn(p []point, quarters int) []point {
	const cx, cy = 885, 610
	out := make([]point, len(p))
	for i, q := range p {
		x, y := q.x-cx, q.y-cy
		for range quarters {
			x, y = -y, x
		}
		out[i] = point{x + cx, y + cy}
	}
	return out
}

// narrow moves an upright arrow to the left side of its narrower cell.
func narrow(p []point) []point {
	out := make([]point, len(p))
	for i, q := range p {
		out[i] = point{q.x - 275, q.y}
	}
	return out
}
