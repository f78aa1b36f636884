package app

import (
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// measure registers the process's metrics and returns what counts a finished request.
func measure(r *prometheus.Registry) func(method, route string, status int, took time.Duration) {
	requests := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "echelon_http_requests_total", Help: "Finished requests.",
	}, []string{"method", "route", "status"})
	durations := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "echelon_http_request_seconds", Help: "Time to answer a request.", Buckets: prometheus.DefBuckets,
	}, []string{"route"})
	r.MustRegister(requests, durations, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return func(method, route string, status int, took time.Duration) {
		requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
		durations.WithLabelValues(route).Observe(took.Seconds())
	}
}
