package web

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/gofiber/fiber/v2"
	"github.com/klauspost/compress/gzip"
)

// The codings we answer in, by the names that HTTP gives them.
const (
	brotliCoding = "br"
	gzipCoding   = "gzip"
)

// WorthCompressing is the size in bytes from which an answer is compressed: what is smaller fits into a packet anyway.
const WorthCompressing = 1 << 10

// Levels at which an answer is compressed while its reader waits; files are compressed ahead of time, at the highest.
const (
	brotliLevel = 6
	gzipLevel   = 6
)

// Compress sends an answer in the coding that its reader likes best. It comes last, after the error handler and
// after 304, so that nothing is compressed that is not sent.
func Compress(c *fiber.Ctx) {
	coding := negotiate(c)
	if coding == "" {
		return
	}
	w, ok := compressors[coding].Get().(compressor)
	if !ok {
		return // a pool gives what its New makes: this cannot happen
	}
	defer compressors[coding].Put(w)
	var b bytes.Buffer
	w.Reset(&b)
	_, err := w.Write(c.Response().Body())
	if err = errors.Join(err, w.Close()); err != nil {
		return // a buffer takes everything: this cannot happen
	}
	c.Response().SetBodyRaw(b.Bytes())
	c.Set(fiber.HeaderContentEncoding, coding)
}

// compressor is a writer that can be used again, which spares the memory that each needs.
type compressor interface {
	io.WriteCloser
	Reset(to io.Writer)
}

var compressors = map[string]*sync.Pool{
	brotliCoding: {New: func() any { return brotli.NewWriterV2(io.Discard, brotliLevel) }},
	gzipCoding: {New: func() any {
		w, err := gzip.NewWriterLevel(io.Discard, gzipLevel)
		if err != nil {
			panic(err) // the level is one that there is: this cannot happen
		}
		return w
	}},
}

// negotiate finds the coding for an answer, "" for none, and says in the answer that another reader may get another.
func negotiate(c *fiber.Ctx) string {
	res := c.Response()
	if res.IsBodyStream() || len(res.Body()) == 0 || len(res.Header.ContentEncoding()) > 0 ||
		res.StatusCode() == http.StatusPartialContent || !Compressible(string(res.Header.ContentType())) {
		return ""
	}
	VaryByCoding(c)
	if len(res.Body()) < WorthCompressing {
		return ""
	}
	return AcceptedCoding(c.Get(fiber.HeaderAcceptEncoding), brotliCoding, gzipCoding)
}

// VaryByCoding says that an answer depends on the codings its reader takes.
func VaryByCoding(c *fiber.Ctx) {
	h := &c.Response().Header
	switch said := h.PeekBytes(vary); {
	case len(said) == 0:
		h.SetCanonical(vary, acceptEncoding)
	case !bytes.Contains(said, acceptEncoding):
		h.SetCanonical(vary, slices.Concat(said, []byte(", "), acceptEncoding))
	}
}

// The names of headers in the form in which they go out.
var vary, acceptEncoding = []byte(fiber.HeaderVary), []byte(fiber.HeaderAcceptEncoding)

// Compressible reports whether bytes of a media type become fewer by compressing; pictures, fonts, PDF and archives
// are compressed already.
func Compressible(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	switch kind = strings.TrimSpace(kind); kind {
	case "application/json", "application/javascript", "application/xml", "application/x-ndjson", "application/yaml":
		return true
	}
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "+json") || strings.HasSuffix(kind, "+xml")
}

// AcceptedCoding is the offer that an Accept-Encoding likes best; of several that it likes equally it is the first. It
// is "" when the reader prefers an answer that is not compressed, or takes none of the offers (RFC 9110, 12.5.3). A
// reader who refuses everything gets an answer that is not compressed, because one that may be read is worth more than
// none.
func AcceptedCoding(header string, offers ...string) string {
	if header == "" {
		return ""
	}
	best, liked := "", max(weightOf(header, "identity"), 0)
	for _, offer := range offers {
		q := weightOf(header, offer)
		if q < 0 {
			q = weightOf(header, "*")
		}
		if q > liked || best == "" && q > 0 && q == liked {
			best, liked = offer, q
		}
	}
	return best
}

// weightOf is the weight that an Accept-Encoding gives to a coding by its name; -1 when it does not name it.
func weightOf(header, coding string) float64 {
	for one := range strings.SplitSeq(header, ",") {
		name, parameters, _ := strings.Cut(one, ";")
		if strings.EqualFold(strings.TrimSpace(name), coding) {
			return quality(parameters)
		}
	}
	return -1
}

// quality reads the weight among the parameters of a wish: 1 without one, 0 for one that makes no sense.
func quality(parameters string) float64 {
	for one := range strings.SplitSeq(parameters, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(one), "=")
		if !strings.EqualFold(name, "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || !(q >= 0 && q <= 1) { // NaN is neither
			return 0
		}
		return q
	}
	return 1
}
