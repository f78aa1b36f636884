package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/valyala/fasthttp"

	"github.com/echelon-hr/echelon/templates/static"
)

// connections is how many clients ask at the same time, and asking how long one repetition goes on.
const (
	connections = 16
	asking      = time.Second
)

// requests measures the two rows about answering over loopback. The servers are processes of their own, started
// as people start them; the client shares the machine with each in turn.
func (b *bench) requests() (rows []row, err error) {
	p, err := b.programs()
	if err != nil {
		return nil, err
	}
	ours, err := b.startEchelon(p, "/readyz")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, ours.close()) }()
	bare, err := b.startMinimal(p)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, bare.close()) }()
	asset := static.Asset("app.css")
	m, err := interleave(b.reps,
		load(ours.url+asset, fasthttp.StatusNotModified, `"`+strings.TrimPrefix(asset, static.Prefix)+`"`),
		load(ours.url+"/healthz", fasthttp.StatusOK, ""),
		load(bare.url+"/hello", fasthttp.StatusOK, ""))
	if err != nil {
		return nil, err
	}
	how := fmt.Sprintf("%d keep-alive connections over loopback for %s, server and client on the same cores, each "+
		"server a process of its own, ours with the settings as they come", connections, asking)
	return []row{{
		measured: "a public cached resource, 304", against: "a bare Fiber \"hello\"",
		ours: m[0], theirs: m[2], unit: perSecond, limit: atLeast(0.65),
		seen: "0.85 in plain Fiber; 0.61 through huma",
		how:  how + "; the stylesheet is asked for with the ETag it has.",
	}, {
		measured: "health JSON through all middleware", against: "a bare Fiber \"hello\"",
		ours: m[1], theirs: m[2], unit: perSecond, limit: atLeast(0.60),
		how: how + "; /healthz is asked for.",
	}}, nil
}

// load is a probe of the requests per second that an address answers. An answer with another status ends it.
func load(url string, status int, tag string) probe {
	return func() (float64, error) {
		return rate(connections, asking, func(
			client *fasthttp.HostClient, req *fasthttp.Request, res *fasthttp.Response,
		) error {
			req.SetRequestURI(url)
			if tag != "" {
				req.Header.Set(fasthttp.HeaderIfNoneMatch, tag)
			}
			if err := client.Do(req, res); err != nil {
				return err
			}
			if res.StatusCode() != status {
				return fmt.Errorf("%s answered %d instead of %d", url, res.StatusCode(), status)
			}
			return nil
		}, url)
	}
}

// asker asks for something once.
type asker func(*fasthttp.HostClient, *fasthttp.Request, *fasthttp.Response) error

// rate is how many times a second several connections to the host of an address get an answer, over a time.
func rate(connections int, period time.Duration, ask asker, url string) (float64, error) {
	client := lightClient(url, connections)
	defer client.CloseIdleConnections()
	var group sync.WaitGroup
	counts, errs := make([]int, connections), make([]error, connections)
	begin := time.Now()
	for i := range connections {
		group.Go(func() { counts[i], errs[i] = askUntil(client, ask, begin.Add(period)) })
	}
	group.Wait()
	took := time.Since(begin)
	total := 0
	for _, n := range counts {
		total += n
	}
	return float64(total) / took.Seconds(), errors.Join(errs...)
}

// lightClient is a client that takes little from the cores it shares with the server.
func lightClient(url string, connections int) *fasthttp.HostClient {
	host, _, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	return &fasthttp.HostClient{
		Addr: host, MaxConns: connections, NoDefaultUserAgentHeader: true,
		DisableHeaderNamesNormalizing: true, DisablePathNormalizing: true,
	}
}

// askUntil asks until a time and counts the answers.
func askUntil(client *fasthttp.HostClient, ask asker, until time.Time) (int, error) {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	n := 0
	for ; time.Now().Before(until); n++ {
		if err := ask(client, req, res); err != nil {
			return n, err
		}
	}
	return n, nil
}
