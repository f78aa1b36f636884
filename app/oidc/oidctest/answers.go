package oidctest

import (
	"io"
	"net/http"
	"strings"
)

// Marker stands in all that the ready answers say, so that tests can look for it where nothing of it may appear.
const Marker = "words-of-the-provider"

// HTML answers with a page, as a proxy or a portal in between would.
func HTML(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = io.WriteString(w, "<!doctype html><title>"+Marker+"</title><p>Hello")
}

// Status answers with a status and an error that belongs to no specification.
func Status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, code, map[string]any{"error": Marker, "error_description": Marker})
	}
}

// Refuse answers with an OAuth error.
func Refuse(code string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		writeJSON(w, http.StatusBadRequest, map[string]any{"error": code, "error_description": Marker})
	}
}

// JSON answers with an object.
func JSON(v map[string]any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, v) }
}

// Redirect sends the question elsewhere, with its method and body.
func Redirect(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, to, http.StatusTemporaryRedirect)
	}
}

// Huge answers with valid JSON of more than a mebibyte.
func Huge(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, `{"`+Marker+`":"`+strings.Repeat("x", 2<<20)+`"}`)
}

// Slow begins an answer and never ends it: it waits until whoever asks gives up, or the test ends.
func (p *Provider) Slow(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // else the server does not notice that they have
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, "{")
	_ = http.NewResponseController(w).Flush()
	select {
	case <-r.Context().Done():
	case <-p.ended:
	}
}
