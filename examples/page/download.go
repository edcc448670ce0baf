package main

import (
	"mime"
	"net/http"
)

// download sets the headers of a file that a browser keeps, and does not open: what people have uploaded is no page of ours.
func download(w http.ResponseWriter, name, mediaType string) {
	disposition := mime.FormatMediaType("attachment", map[string]string{"filename": fileName(name)})
	if disposition == "" {
		disposition = "attachment"
	}
	w.Header().Set("Content-Disposition", disposition)
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Cache-Control", "no-store")
}
