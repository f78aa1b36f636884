package app

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metricsTimeout bounds a request of whoever collects metrics.
const metricsTimeout = 10 * time.Second

// serveMetrics serves the metrics at an address of their own, which no proxy of the site leads to, until the function
// it returns is called.
func (a *App) serveMetrics(ctx context.Context) (stop func(), err error) {
	if a.registry == nil {
		return func() {}, nil
	}
	listener, err := listen(ctx, "ECHELON_METRICS", a.Settings.Metrics)
	if err != nil {
		return nil, err
	}
	routes := http.NewServeMux()
	routes.Handle("GET /metrics", promhttp.HandlerFor(a.registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: routes, ReadTimeout: metricsTimeout, WriteTimeout: metricsTimeout, IdleTimeout: metricsTimeout, MaxHeaderBytes: 16 << 10}
	go func() { _ = server.Serve(listener) }() // it ends by being closed
	a.log.Info("metrics are served", "address", metricsAddress(listener))
	return func() { _ = server.Close() }, nil
}

func metricsAddress(l net.Listener) string { return "http://" + l.Addr().String() + "/metrics" }

// finished tells one kind of finished request from another.
type finished struct {
	method, route string
	status        int
}

// counted is where requests of one kind are counted.
type counted struct {
	requests prometheus.Counter
	seconds  prometheus.Observer
}

// measure registers the process's metrics and returns what counts a finished request. Kinds are few, known
// methods on known routes, and finding a metric by its labels takes longer than to count.
func measure(r *prometheus.Registry) func(method, route string, status int, took time.Duration) {
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "echelon_http_requests_total", Help: "Finished requests.",
	}, []string{"method", "route", "status"})
	durations := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "echelon_http_request_seconds", Help: "Time to answer a request.", Buckets: prometheus.DefBuckets,
	}, []string{"route"})
	r.MustRegister(requests, durations, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	var kinds sync.Map // of counted by finished
	return func(method, route string, status int, took time.Duration) {
		kind := finished{method, route, status}
		found, ok := kinds.Load(kind)
		if !ok {
			found, _ = kinds.LoadOrStore(kind, counted{requests.WithLabelValues(method, route, strconv.Itoa(status)), durations.WithLabelValues(route)})
		}
		c := found.(counted) //nolint:forcetypeassert // nothing else is stored
		c.requests.Inc()
		c.seconds.Observe(took.Seconds())
	}
}
