package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fasthttp"
)

// programs are the two binaries, built with the flags of `make build`.
type programs struct {
	echelon, minimal string
	content, demo    string // database files with the shipped content, without and with the demo company
}

// started is a program that answers.
type started struct {
	url   string
	took  time.Duration // from start to the first 200
	pid   int
	close func() error
}

// quiet is how long a started program is left alone before its memory is read.
const quiet = 1500 * time.Millisecond

// against is what the rows about the program compare with.
const against = "a minimal Fiber + bun + SQLite program"

// program measures the rows about the binary.
func (b *bench) program() ([]row, error) {
	p, err := b.programs()
	if err != nil {
		return nil, err
	}
	// One start gives two numbers, so memory is kept beside while the starts are interleaved.
	var memory [2][]float64
	start := func(side int, launch func() (*started, error)) probe {
		return func() (float64, error) {
			s, err := launch()
			if err != nil {
				return 0, err
			}
			time.Sleep(quiet)
			mb, err := residentMB(s.pid)
			memory[side] = append(memory[side], mb)
			return inMilliseconds(s.took), errors.Join(err, s.close())
		}
	}
	echelon := start(0, func() (*started, error) { return b.startEchelon(p, "/readyz") })
	minimal := start(1, func() (*started, error) { return b.startMinimal(p) })
	m, err := interleave(b.reps, echelon, minimal)
	if err != nil {
		return nil, err
	}
	ours, theirs := memory[0][1:], memory[1][1:] // the first start is thrown away
	size, err := sizesMB(p.echelon, p.minimal)
	if err != nil {
		return nil, err
	}
	pages, err := b.firstPages(p)
	if err != nil {
		return nil, err
	}
	return append(pages, []row{{
		measured: "start to first 200", against: against, ours: m[0], theirs: m[1], unit: milliseconds, limit: atMost(4),
		how: "from the start of the process on an existing SQLite file, ours with the shipped content, to the first 200 of " +
			"/readyz, which reads the database in both; asked every millisecond.",
	}, {
		measured: "idle memory", against: against, ours: median(ours),
		theirs: median(theirs), unit: megabytes, limit: atMost(3),
		how: fmt.Sprintf("resident memory of the same processes %.1f s after their first 200.", quiet.Seconds()),
	}, {
		measured: "stripped binary", against: against, ours: size[0], theirs: size[1], unit: megabytes, limit: noLimit,
		how: "bytes of the two binaries, both built with -trimpath -ldflags '-s -w'; ours holds the front-end files, " +
			"fonts, messages and content. The parts the product is bound to hold more: Fiber, bun with both drivers and its " +
			"migrations, validator and gofpdf, in a program that calls each once and has nothing of ours, came to 23.2 MB, " +
			"1.97 times the minimal program. validator and bun/migrate call methods by name, for which the linker keeps every " +
			"exported method of every type. The rest is OpenAPI, metrics, YAML, all pages, fonts, content and front-end files.",
	}}...), nil
}

// firstPages measures how long after its start the product shows a first page, with and without the demo company, whose
// content is compared with what the database holds before.
func (b *bench) firstPages(p *programs) ([]row, error) {
	start := func(launch func() (*started, error)) probe {
		return func() (float64, error) {
			s, err := launch()
			if err != nil {
				return 0, err
			}
			return inMilliseconds(s.took), s.close()
		}
	}
	m, err := interleave(b.reps,
		start(func() (*started, error) { return b.startEchelon(p, "/") }),
		start(func() (*started, error) { return b.startDemo(p) }),
		start(func() (*started, error) { return b.startMinimal(p) }))
	if err != nil {
		return nil, err
	}
	const how = "from the start of the process on an SQLite file that holds its content already to the first 200 of the " +
		"home page; theirs to its first 200 of /readyz."
	return []row{
		{
			measured: "start to first page", against: against, ours: m[0],
			theirs: m[2], unit: milliseconds, limit: noLimit, how: how,
		},
		{
			measured: "start to first page of the demo", against: against, ours: m[1],
			theirs: m[2], unit: milliseconds, limit: noLimit,
			how: "as the row before, with --demo, which compares the shipped content and the demo company with what is there.",
		},
	}, nil
}

// programs builds both binaries once.
func (b *bench) programs() (*programs, error) {
	if b.built != nil {
		return b.built, nil
	}
	p := &programs{
		echelon: filepath.Join(b.dir, "echelon"), minimal: filepath.Join(b.dir, "minimal"),
		content: filepath.Join(b.dir, "content.db"), demo: filepath.Join(b.dir, "demo.db"),
	}
	sources := map[string]string{p.echelon: "./cmd/echelon", p.minimal: "./cmd/echelon/internal/bench/minimal"}
	for out, pkg := range sources {
		build := exec.CommandContext(b.ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", out, pkg)
		build.Stderr = b.out
		if err := build.Run(); err != nil {
			return nil, fmt.Errorf("build %s: %w", pkg, err)
		}
	}
	for file, demo := range map[string]bool{p.content: false, p.demo: true} {
		a, err := b.open("sqlite:"+file, demo)
		if err != nil {
			return nil, err
		}
		if err := a.Close(); err != nil {
			return nil, err
		}
	}
	b.built = p
	return p, nil
}

// startEchelon serves the content as people would, with the settings as they come, until an address answers.
func (b *bench) startEchelon(p *programs, until string) (*started, error) {
	addr, err := b.freeAddress()
	if err != nil {
		return nil, err
	}
	return b.start(
		addr, until, exec.CommandContext(b.ctx, p.echelon, "serve"),
		"ECHELON_ADDR="+addr, "ECHELON_DATABASE_URL=sqlite:"+p.content,
	)
}

// startDemo serves the demo until its home page answers.
func (b *bench) startDemo(p *programs) (*started, error) {
	addr, err := b.freeAddress()
	if err != nil {
		return nil, err
	}
	return b.start(
		addr, "/", exec.CommandContext(b.ctx, p.echelon, "serve", "--demo"),
		"ECHELON_ADDR="+addr, "ECHELON_DATABASE_URL=sqlite:"+p.demo,
	)
}

func (b *bench) startMinimal(p *programs) (*started, error) {
	addr, err := b.freeAddress()
	if err != nil {
		return nil, err
	}
	return b.start(
		addr, "/readyz", exec.CommandContext(b.ctx, p.minimal), "MINIMAL_ADDR="+addr,
		"MINIMAL_DATABASE="+filepath.Join(b.dir, "minimal.db"),
	)
}

// start runs a program until it answers an address of its own with 200. What it writes goes nowhere, but it is written.
func (b *bench) start(addr, until string, c *exec.Cmd, env ...string) (*started, error) {
	c.Env = append(withoutSettings(os.Environ()), env...)
	begin := time.Now()
	if err := c.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	s := &started{url: "http://" + addr, pid: c.Process.Pid, close: func() error {
		if err := c.Process.Signal(os.Interrupt); err != nil {
			return err
		}
		// How the program ends on the signal is its own affair.
		if err := <-ended; err != nil && !errors.As(err, new(*exec.ExitError)) {
			return err
		}
		return nil
	}}
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	for tick := time.NewTicker(time.Millisecond); ; {
		if status, _, err := fasthttp.Get(nil, s.url+until); err == nil && status == fasthttp.StatusOK {
			s.took = time.Since(begin)
			tick.Stop()
			return s, nil
		}
		select {
		case <-tick.C:
		case err := <-ended:
			return nil, fmt.Errorf("%s ended before it answered: %w", filepath.Base(c.Path), err)
		case <-ctx.Done():
			return nil, errors.Join(fmt.Errorf("%s did not answer: %w", filepath.Base(c.Path), ctx.Err()), c.Process.Kill())
		}
	}
}

// withoutSettings drops what the caller's environment would change in the product.
func withoutSettings(env []string) []string {
	var out []string
	for _, v := range env {
		if !strings.HasPrefix(v, "ECHELON_") {
			out = append(out, v)
		}
	}
	return out
}

// freeAddress is a port of loopback that nobody listens on now.
func (b *bench) freeAddress() (string, error) {
	l, err := (&net.ListenConfig{}).Listen(b.ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// residentMB reads how much memory of a process is resident.
func residentMB(pid int) (float64, error) {
	value := procValue(fmt.Sprintf("/proc/%d/status", pid), "VmRSS")
	kb, err := strconv.ParseFloat(strings.TrimSuffix(value, " kB"), 64)
	if err != nil {
		return 0, fmt.Errorf("resident memory is read from /proc, which this system lacks: %w", err)
	}
	return kb * 1024 / 1e6, nil
}

func sizesMB(files ...string) ([]float64, error) {
	var out []float64
	for _, f := range files {
		info, err := os.Stat(f)
		if err != nil {
			return nil, err
		}
		out = append(out, float64(info.Size())/1e6)
	}
	return out, nil
}
