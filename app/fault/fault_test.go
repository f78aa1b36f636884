package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/echelon-hr/echelon/app/fault"
)

func TestErrorIsOneLineForTheLog(t *testing.T) {
	fields := fault.New(fault.Invalid, "invalid", "%s is not valid", "content")
	fields.Fields = []fault.Field{{Path: "title", Rule: "required"}, {Path: "areas[0].share", Rule: "lte", Param: "100"}}
	caused := fault.Wrap(fault.Unavailable, "db.unreachable", io.ErrUnexpectedEOF, "read %d rows", 3)
	caused.Fields = fields.Fields[:1]
	tests := []struct {
		name string
		err  *fault.Error
		want string
	}{
		{"a detail", fault.New(fault.NotFound, "not_found", "profile %q", "x"), `profile "x"`},
		{"fields with and without a limit", fields, "content is not valid: title required, areas[0].share lte=100"},
		{"a cause comes last", caused, "read 3 rows: title required: unexpected EOF"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.err.Error(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestACauseCanBeFound(t *testing.T) {
	err := fmt.Errorf("serve: %w", fault.Wrap(fault.Unavailable, "db.unreachable", io.ErrClosedPipe, "ping"))
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Error("the cause is lost")
	}
	if errors.Unwrap(fault.New(fault.Invalid, "invalid", "x")) != nil {
		t.Error("a fault without a cause has one")
	}
}

func TestIsAsksForTheKind(t *testing.T) {
	notFound := fault.New(fault.NotFound, "not_found", "profile")
	tests := []struct {
		name string
		err  error
		kind fault.Kind
		want bool
	}{
		{"its own kind", notFound, fault.NotFound, true},
		{"another kind", notFound, fault.Conflict, false},
		{"wrapped", fmt.Errorf("get: %w", notFound), fault.NotFound, true},
		{"joined with others", errors.Join(io.EOF, notFound), fault.NotFound, true},
		{"another type of error", io.EOF, fault.Internal, false},
		{"no error", nil, fault.NotFound, false},
		{"the outer of two faults decides", fault.Wrap(fault.Internal, "internal", notFound, "load"), fault.NotFound, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := fault.Is(tt.err, tt.kind); got != tt.want {
				t.Errorf("Is(%v, %s) = %v", tt.err, tt.kind, got)
			}
		})
	}
}

func TestOfMakesEveryErrorAFault(t *testing.T) {
	inner := fault.New(fault.Conflict, "conflict", "version 3")
	inner.Fields = []fault.Field{{Path: "version", Rule: "eq", Param: "4"}}
	if got := fault.Of(fmt.Errorf("save: %w", inner)); got != inner {
		t.Errorf("a wrapped fault came back as %v", got)
	}
	got := fault.Of(io.EOF)
	if got.Kind != fault.Internal || got.Code != "internal" || len(got.Fields) != 0 || !errors.Is(got, io.EOF) {
		t.Errorf("any other error came back as %+v", got)
	}
}
