package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"go.etcd.io/etcd/client/v3"
)

func etcdClients(count int) []*clientv3.Client {
	made := make([]*clientv3.Client, count)
	for at := range made {
		client, err := clientv3.New(clientv3.Config{Endpoints: []string{*server}, DialTimeout: 5 * time.Second, MaxCallRecvMsgSize: 1 << 30})
		check(err)
		_, err = client.Get(context.Background(), "nothing")
		check(err)
		made[at] = client
	}
	return made
}

func keyOf(piece int) string { return fmt.Sprintf("/pods/bench/%s-%06d", *prefix, piece) }

func valueOf(piece int) string {
	return string(append(bytes.Repeat([]byte("x"), *bytesEach-8), fmt.Sprintf("%08d", piece)...))
}

// As Kubernetes creates an object in etcd: a transaction that holds only where the key is not there yet.
func etcdCreate() any {
	each := etcdClients(*connections)
	return share(*count, *connections, func(worker, piece int) {
		key := keyOf(piece)
		answer, err := each[worker].Txn(context.Background()).
			If(clientv3.Compare(clientv3.ModRevision(key), "=", 0)).
			Then(clientv3.OpPut(key, valueOf(piece))).Commit()
		check(err)
		if !answer.Succeeded {
			check(fmt.Errorf("%s was there", key))
		}
	})
}

func etcdList() any {
	one := etcdClients(1)[0]
	times := []float64{}
	for run := 0; run < *runs; run++ {
		_, err := one.Put(context.Background(), keyOf(run), valueOf(*count+run))
		check(err)
		begun := time.Now()
		answer, err := one.Get(context.Background(), "/pods/bench/"+*prefix, clientv3.WithPrefix())
		check(err)
		times = append(times, ms(begun))
		if len(answer.Kvs) != *count || string(answer.Kvs[run].Value) != valueOf(*count+run) {
			check(fmt.Errorf("a range of %d", len(answer.Kvs)))
		}
	}
	return map[string]any{"ms": times}
}

func etcdWatch() any {
	each := etcdClients(*connections)
	return together(*connections, func(watcher int, ready func(), see func(int64) bool) int64 {
		events := each[watcher].Watch(context.Background(), "/pods/bench/", clientv3.WithPrefix(), clientv3.WithCreatedNotify())
		size := int64(0)
		for answer := range events {
			check(answer.Err())
			if answer.Created {
				ready()
			}
			for _, event := range answer.Events {
				size += int64(len(event.Kv.Value))
				if see(event.Kv.ModRevision) {
					return size
				}
			}
		}
		check(fmt.Errorf("a watch ended"))
		return size
	})
}
