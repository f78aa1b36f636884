package pdf

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/klauspost/compress/zlib"

	"github.com/echelon-hr/echelon/app/lang"
)

// deflaters are kept between documents: making one costs more than compressing a page. A pool would give them
// up at every collection, so a few stay for good.
var deflaters = make(chan *zlib.Writer, 4)

func deflater() *zlib.Writer {
	select {
	case w := <-deflaters:
		return w
	default:
		w, err := zlib.NewWriterLevel(nil, zlib.BestSpeed)
		if err != nil {
			panic(err) // the level is a constant
		}
		return w
	}
}

func release(w *zlib.Writer) {
	select {
	case deflaters <- w:
	default:
	}
}

var errUnfinished = errors.New("the file is not laid out as expected")

// finish compresses the streams gofpdf left open and tells the document's language, which gofpdf cannot. It walks
// the objects by their table and writes a new one.
func finish(raw []byte, l lang.Lang) ([]byte, error) {
	table, offsets, err := readTable(raw)
	if err != nil {
		return nil, err
	}
	order := slices.Clone(offsets)
	slices.Sort(order)
	if len(order) == 0 || order[0] <= 0 || order[len(order)-1] >= table {
		return nil, errUnfinished
	}
	out := bytes.NewBuffer(make([]byte, 0, len(raw)/2))
	out.Write(raw[:order[0]])
	packed := &bytes.Buffer{}
	moved := make(map[int]int, len(order))
	for i, at := range order {
		end := table
		if i+1 < len(order) {
			end = order[i+1]
		}
		moved[at] = out.Len()
		if err := writeObject(out, packed, raw[at:end], l); err != nil {
			return nil, err
		}
	}
	return writeTable(out, raw[table:], offsets, moved)
}

// readTable finds the table of objects and where each begins.
func readTable(raw []byte) (table int, offsets []int, err error) {
	at := bytes.LastIndex(raw, []byte("startxref\n"))
	if at < 0 {
		return 0, nil, errUnfinished
	}
	number, _, _ := bytes.Cut(raw[at+len("startxref\n"):], []byte("\n"))
	if table, err = strconv.Atoi(string(number)); err != nil || table <= 0 || table >= len(raw) {
		return 0, nil, errUnfinished
	}
	for _, line := range bytes.Split(raw[table:at], []byte("\n")) {
		if len(line) == 19 && bytes.HasSuffix(line, []byte(" 00000 n ")) {
			o, err := strconv.Atoi(string(line[:10]))
			if err != nil {
				return 0, nil, errUnfinished
			}
			offsets = append(offsets, o)
		}
	}
	return table, offsets, nil
}

var (
	openStream = []byte(" 0 obj\n<</Length ")
	catalog    = []byte("<<\n/Type /Catalog\n")
)

func writeObject(out, packed *bytes.Buffer, object []byte, l lang.Lang) error {
	number, rest, ok := bytes.Cut(object, openStream)
	if ok && len(number) < 10 {
		return writeStream(out, packed, object, number, rest)
	}
	if i := bytes.Index(object[:min(len(object), 60)], catalog); i >= 0 {
		out.Write(object[:i+len(catalog)])
		fmt.Fprintf(out, "/Lang (%s)\n", l)
		object = object[i+len(catalog):]
	}
	out.Write(object)
	return nil
}

// writeStream compresses a stream that says its length and nothing else; packed is room to do it in.
func writeStream(out, packed *bytes.Buffer, object, number, rest []byte) error {
	length, body, ok := bytes.Cut(rest, []byte(">>\nstream\n"))
	n, err := strconv.Atoi(string(length))
	if !ok || err != nil || n > len(body) { // it says more, such as a filter
		out.Write(object)
		return nil
	}
	packed.Reset()
	packed.Grow(n / 3)
	w := deflater()
	defer release(w)
	w.Reset(packed)
	if _, err := w.Write(body[:n]); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s 0 obj\n<</Filter /FlateDecode /Length %d>>\nstream\n", number, packed.Len())
	out.Write(packed.Bytes())
	out.Write(body[n:])
	return nil
}

// writeTable ends the file: the places of the objects, the trailer as it was.
func writeTable(out *bytes.Buffer, tail []byte, offsets []int, moved map[int]int) ([]byte, error) {
	from, to := bytes.Index(tail, []byte("trailer\n")), bytes.LastIndex(tail, []byte("startxref\n"))
	if from < 0 || to < from {
		return nil, errUnfinished
	}
	at := out.Len()
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(out, "%010d 00000 n \n", moved[o])
	}
	out.Write(tail[from:to])
	fmt.Fprintf(out, "startxref\n%d\n%%%%EOF\n", at)
	return out.Bytes(), nil
}
