package main

import (
	"errors"
	"io"
	"log"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// attach keeps an uploaded file as an attachment of the account in the path.
func (s *server) attach(v *visit) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	parts, err := v.r.MultipartReader()
	if err != nil {
		return errRequest
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return errRequest
		}
		if err != nil {
			return formFault(err)
		}
		if part.FormName() != "file" {
			continue
		}
		to := record.Link{Module: account.Module, ID: id}
		if _, err := s.org.From("page").Files.Attach(v.ctx(), to, part.FileName(), part); err != nil {
			return err
		}
		v.to(address("/accounts/"+id.String(), url.Values{"done": {"attached"}}) + "#Attachments")
		return nil
	}
}

// openAttachment gives out a file. A browser keeps it, and never opens it as a page of ours.
func (s *server) openAttachment(v *visit) (err error) {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	a, r, err := s.org.Files.Open(v.ctx(), id)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	download(v.w, a.Name, "application/octet-stream")
	if a.Size != nil {
		v.w.Header().Set("Content-Length", strconv.FormatInt(*a.Size, 10))
	}
	v.w.WriteHeader(http.StatusOK)
	if _, err := io.Copy(v.w, r); err != nil {
		log.Printf("attachment %s: %v", id, err) // the head of the answer has gone out
	}
	return nil
}

// faults says what a *record.ValidationError is about.
func (v *visit) faults(err error) string {
	var refused *record.ValidationError
	if !errors.As(err, &refused) {
		return ""
	}
	var texts []string
	for _, e := range refused.Fields {
		texts = append(texts, e.Message(v.lang))
	}
	return strings.Join(texts, v.say("value.and"))
}
