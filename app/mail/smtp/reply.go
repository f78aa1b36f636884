package smtp

import "net"

// replies reads a mail server's answers and puts a space behind a code that stands alone on its line: the words after
// it are optional (RFC 5321 4.2), which the library does not know. What is no longer an answer
// in clear text is TLS, and passes as it is.
type replies struct {
	net.Conn
	ready  []byte // mended, to be read
	err    error  // that came with it
	column int
	sealed bool
}

// Read implements net.Conn.
func (r *replies) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(r.ready) == 0 && r.err == nil {
		n, err := r.Conn.Read(p)
		r.ready, r.err = r.mend(p[:n]), err
	}
	if len(r.ready) == 0 {
		err := r.err
		r.err = nil
		return 0, err
	}
	n := copy(p, r.ready)
	r.ready = r.ready[n:]
	return n, nil
}

func (r *replies) mend(b []byte) []byte {
	out := make([]byte, 0, len(b)+1)
	for _, c := range b {
		switch {
		case r.column == 0 && (c < '0' || c > '9'):
			r.sealed = true
		case r.column == len("220") && (c == '\r' || c == '\n') && !r.sealed:
			out = append(out, ' ')
		}
		out = append(out, c)
		r.column++
		if c == '\n' && !r.sealed {
			r.column = 0
		}
	}
	return out
}
