package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
)

// machine is where a run took place, as far as it matters to the numbers. It names no host and no path.
type machine struct {
	cpu        string
	cores      int
	memory     float64 // GB
	system     string
	golang     string
	sqlite     string
	postgresql string
	chromium   string
}

func (m machine) lines() []string {
	return []string{
		fmt.Sprintf("Processor: %s, %d cores; memory: %.0f GB; %s", m.cpu, m.cores, m.memory, m.system),
		fmt.Sprintf("%s, SQLite %s (modernc.org/sqlite), PostgreSQL %s, %s", m.golang, m.sqlite, m.postgresql, m.chromium),
	}
}

func (b *bench) machine() (machine, error) {
	m := machine{
		cpu: procValue("/proc/cpuinfo", "model name"), cores: runtime.NumCPU(),
		system: runtime.GOOS + "/" + runtime.GOARCH, golang: strings.Replace(runtime.Version(), "go", "Go ", 1),
	}
	kb, _, _ := strings.Cut(procValue("/proc/meminfo", "MemTotal"), " ")
	if n, err := strconv.ParseFloat(kb, 64); err == nil {
		m.memory = n * 1024 / 1e9
	}
	out, err := exec.CommandContext(b.ctx, "chromium", "--version").Output()
	if err != nil {
		return m, fmt.Errorf("ask chromium its version: %w", err)
	}
	m.chromium, _, _ = strings.Cut(strings.TrimSpace(string(out)), " built")
	lite, err := b.site("sqlite")
	if err != nil {
		return m, err
	}
	if err := lite.DB.NewRaw("SELECT sqlite_version()").Scan(b.ctx, &m.sqlite); err != nil {
		return m, err
	}
	pg, err := b.site("postgresql")
	if err != nil {
		return m, err
	}
	if err := pg.DB.NewRaw("SHOW server_version").Scan(b.ctx, &m.postgresql); err != nil {
		return m, err
	}
	m.postgresql, _, _ = strings.Cut(m.postgresql, " ")
	return m, nil
}

// procValue reads the first value of a name in a file of "name : value" lines; "" when there is none.
func procValue(file, name string) string {
	f, err := os.Open(file)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	for s := bufio.NewScanner(f); s.Scan(); {
		if key, value, ok := strings.Cut(s.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
