package main

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"
)

const pods = "/api/v1/namespaces/bench/pods"

// A client with a connection of its own, as a program with client-go has one: HTTP/2 over TLS.
func client() *http.Client {
	pair, err := tls.LoadX509KeyPair(*certificate, *key)
	check(err)
	authority, err := os.ReadFile(*ca)
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	return &http.Client{Transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}},
		ForceAttemptHTTP2: true,
	}}
}

func clients(count int) []*http.Client {
	made := make([]*http.Client, count)
	for at := range made {
		made[at] = client()
	}
	return made
}

func ask(client *http.Client, method, path string, headers map[string]string, sent []byte) (int, http.Header, []byte) {
	request, err := http.NewRequest(method, *server+path, bytes.NewReader(sent))
	check(err)
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := client.Do(request)
	check(err)
	defer response.Body.Close()
	if response.ProtoMajor != 2 {
		check(fmt.Errorf("the server speaks %s", response.Proto))
	}
	answer := bytes.NewBuffer(make([]byte, 0, 4096))
	_, err = io.Copy(answer, response.Body)
	check(err)
	return response.StatusCode, response.Header, answer.Bytes()
}

func must(wanted, status int, answer []byte) {
	if status != wanted {
		check(fmt.Errorf("HTTP %d: %.300s", status, answer))
	}
}

func create() any {
	template, err := os.ReadFile(*body)
	check(err)
	each := clients(*connections)
	// The handshakes are no part of it.
	for _, client := range each {
		status, _, answer := ask(client, "GET", "/version", nil, nil)
		must(200, status, answer)
	}
	headers := map[string]string{"Content-Type": "application/json", "Accept": "application/json"}
	return share(*count, *connections, func(worker, piece int) {
		sent := bytes.ReplaceAll(template, []byte("@name"), fmt.Appendf(nil, "%s-%06d", *prefix, piece))
		status, _, answer := ask(each[worker], "POST", pods, headers, sent)
		must(201, status, answer)
	})
}

// Times each list right after a write to one of its objects, and holds it to that write.
func list() any {
	one := client()
	times := []float64{}
	size := 0
	for run := 0; run < *runs; run++ {
		name := fmt.Sprintf("%s-%06d", *prefix, run)
		patch := fmt.Appendf(nil, `{"metadata":{"labels":{"turn":"%d"}}}`, time.Now().UnixNano())
		status, _, changed := ask(one, "PATCH", pods+"/"+name, map[string]string{"Content-Type": "application/merge-patch+json"}, patch)
		must(200, status, changed)
		begun := time.Now()
		status, _, answer := ask(one, "GET", pods, map[string]string{"Accept": *accept}, nil)
		times = append(times, ms(begun))
		must(200, status, answer)
		size = len(answer)
		type object struct {
			Metadata struct {
				Name            string `json:"name"`
				ResourceVersion string `json:"resourceVersion"`
			} `json:"metadata"`
		}
		var written object
		check(json.Unmarshal(changed, &written))
		var listed struct {
			Items []object `json:"items"`
			Rows  []struct {
				Object object `json:"object"`
			} `json:"rows"`
		}
		check(json.Unmarshal(answer, &listed))
		found := listed.Items
		for _, row := range listed.Rows {
			found = append(found, row.Object)
		}
		isThere := false
		for _, each := range found {
			isThere = isThere || each == written
		}
		if len(found) != *count || !isThere {
			check(fmt.Errorf("a list of %d, with the write before it: %v", len(found), isThere))
		}
	}
	return map[string]any{"ms": times, "bytes": size}
}

var versionMark = []byte(`"resourceVersion":"`)

func watch() any {
	status, _, answer := ask(client(), "GET", pods+"?limit=1", nil, nil)
	must(200, status, answer)
	from := versionIn(answer)
	return together(*connections, func(_ int, ready func(), see func(int64) bool) int64 {
		request, err := http.NewRequest("GET", fmt.Sprintf("%s%s?watch=true&resourceVersion=%d", *server, pods, from), nil)
		check(err)
		response, err := client().Do(request)
		check(err)
		defer response.Body.Close()
		if response.StatusCode != 200 || response.ProtoMajor != 2 {
			check(fmt.Errorf("a watch began with %s %s", response.Proto, response.Status))
		}
		ready()
		lines := bufio.NewReaderSize(response.Body, 256*1024)
		size := int64(0)
		for {
			line, err := lines.ReadSlice('\n')
			check(err)
			size += int64(len(line))
			if !bytes.HasPrefix(line, []byte(`{"type":"ADDED"`)) {
				check(fmt.Errorf("an event that was not expected: %.300s", line))
			}
			if see(versionIn(line)) {
				return size
			}
		}
	})
}

// The first version in a document: a list's own, or that of an event's object.
func versionIn(document []byte) int64 {
	at := bytes.Index(document, versionMark)
	if at < 0 {
		check(fmt.Errorf("no version in %.300s", document))
	}
	rest := document[at+len(versionMark):]
	version, err := strconv.ParseInt(string(rest[:bytes.IndexByte(rest, '"')]), 10, 64)
	check(err)
	return version
}

// Lists on all connections at once, again and again.
func flood() any {
	each := clients(*connections)
	ends := time.Now().Add(time.Duration(*seconds) * time.Second)
	var lists, refused atomic.Int64
	done := make(chan bool)
	for _, one := range each {
		go func() {
			for time.Now().Before(ends) {
				status, headers, answer := ask(one, "GET", pods, map[string]string{"Accept": *accept}, nil)
				if status != 429 {
					must(200, status, answer)
					lists.Add(1)
					continue
				}
				refused.Add(1)
				after, _ := strconv.Atoi(headers.Get("Retry-After"))
				if *patient {
					time.Sleep(time.Duration(after) * time.Second)
				}
			}
			done <- true
		}()
	}
	for range each {
		<-done
	}
	return map[string]any{"lists": lists.Load(), "refused": refused.Load()}
}

// Renews a Lease on each connection five times a second, as a host does each ten seconds, and says how long each renewal took.
func renew() any {
	const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases"
	const every = 200 * time.Millisecond
	each := clients(*connections)
	ends := time.Now().Add(time.Duration(*seconds) * time.Second)
	times := make(chan float64, 1_000_000)
	done := make(chan bool)
	for at, one := range each {
		name := fmt.Sprintf("%s-%d", *prefix, at)
		made := fmt.Appendf(nil, `{"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"%s"},"spec":{"holderIdentity":"%s"}}`, name, name)
		status, _, answer := ask(one, "POST", leases, map[string]string{"Content-Type": "application/json"}, made)
		must(201, status, answer)
		go func() {
			for time.Now().Before(ends) {
				begun := time.Now()
				patch := fmt.Appendf(nil, `{"spec":{"renewTime":"%s"}}`, begun.UTC().Format("2006-01-02T15:04:05.000000Z"))
				status, _, answer := ask(one, "PATCH", leases+"/"+name, map[string]string{"Content-Type": "application/merge-patch+json"}, patch)
				must(200, status, answer)
				times <- ms(begun)
				time.Sleep(every - time.Since(begun))
			}
			done <- true
		}()
	}
	for range each {
		<-done
	}
	close(times)
	all := []float64{}
	for one := range times {
		all = append(all, one)
	}
	return map[string]any{"ms": all}
}
