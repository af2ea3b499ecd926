// Command load asks an API server, or etcd, for what bench/api.ts measures: the same loops over both, in one language, so that what is
// compared is the servers. It speaks to kith as client-go does (Go's own HTTP/2 over TLS, with a client certificate) and to etcd by
// etcd's own client. It prints lines of JSON: {"event":"ready"} where it first has to settle, then what it measured.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"
)

var (
	server      = flag.String("server", "", "https://127.0.0.1:5484 of kith, or host:port of etcd")
	ca          = flag.String("ca", "", "file with the certificate of the server's authority (kith)")
	certificate = flag.String("cert", "", "file with the client's certificate (kith)")
	key         = flag.String("key", "", "file with the client's key (kith)")
	connections = flag.Int("connections", 16, "how many clients, each with a connection of its own")
	count       = flag.Int("count", 5000, "how many objects, or events for each watcher")
	body        = flag.String("body", "", "file with a Pod as JSON, in which @name stands for its name (kith)")
	bytesEach   = flag.Int("bytes", 2048, "the size of a value (etcd)")
	prefix      = flag.String("prefix", "pod", "what names and keys begin with")
	runs        = flag.Int("runs", 5, "how often a list is asked for")
	seconds     = flag.Int("seconds", 10, "how long lists are asked for")
	accept      = flag.String("accept", "application/json", "how a list is to be written (kith)")
	patient     = flag.Bool("patient", true, "waits as long as a 429 says, as client-go does")
)

// Each verb, of both servers.
var verbs = map[string]func() any{
	"create": create, "list": list, "watch": watch, "flood": flood, "renew": renew,
	"etcd-create": etcdCreate, "etcd-list": etcdList, "etcd-watch": etcdWatch,
}

func main() {
	if len(os.Args) < 2 || verbs[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: load create|list|watch|flood|renew|etcd-create|etcd-list|etcd-watch FLAGS")
		os.Exit(2)
	}
	flag.CommandLine.Parse(os.Args[2:])
	say(verbs[os.Args[1]]())
}

func say(value any) {
	line, err := json.Marshal(value)
	check(err)
	fmt.Println(string(line))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func ms(since time.Time) float64 { return float64(time.Since(since).Microseconds()) / 1000 }

type rate struct {
	Count int     `json:"count"`
	Ms    float64 `json:"ms"`
}

// Shares out count pieces of work among so many workers, and says how long all of it took.
func share(count, workers int, work func(worker, piece int)) rate {
	pieces := make(chan int, count)
	for at := 0; at < count; at++ {
		pieces <- at
	}
	close(pieces)
	var all sync.WaitGroup
	begun := time.Now()
	for worker := 0; worker < workers; worker++ {
		all.Add(1)
		go func() {
			defer all.Done()
			for piece := range pieces {
				work(worker, piece)
			}
		}()
	}
	all.Wait()
	return rate{count, ms(begun)}
}

// What each watcher has seen: how many events, a sum over their order, and whether one came out of order.
type seen struct {
	events  int
	last    int64
	sum     uint64
	isMixed bool
}

func (s *seen) add(revision int64) {
	if revision <= s.last {
		s.isMixed = true
	}
	s.last = revision
	s.sum = s.sum*1099511628211 + uint64(revision)
	s.events++
}

type watched struct {
	Events  int     `json:"events"`
	Watcher int     `json:"watchers"`
	Bytes   int64   `json:"bytes"`
	Ms      float64 `json:"ms"`
}

// Runs the watchers until each has all its events; dies where one missed an event, saw one twice, or another order than the rest.
func together(watchers int, follow func(watcher int, ready func(), see func(revision int64) (isLast bool)) int64) watched {
	var all, settled sync.WaitGroup
	var once sync.Once
	var begun time.Time
	views := make([]seen, watchers)
	sizes := make([]int64, watchers)
	settled.Add(watchers)
	all.Add(watchers)
	for watcher := 0; watcher < watchers; watcher++ {
		go func() {
			defer all.Done()
			view := &views[watcher]
			sizes[watcher] = follow(watcher, settled.Done, func(revision int64) bool {
				once.Do(func() { begun = time.Now() })
				view.add(revision)
				return view.events == *count
			})
		}()
	}
	settled.Wait()
	say(map[string]string{"event": "ready"})
	all.Wait()
	result := watched{*count * watchers, watchers, 0, ms(begun)}
	for at, view := range views {
		result.Bytes += sizes[at]
		if view.isMixed || view.events != *count || view.sum != views[0].sum {
			check(fmt.Errorf("watcher %d saw %d events, out of order: %v, as the first: %v", at, view.events, view.isMixed, view.sum == views[0].sum))
		}
	}
	return result
}
