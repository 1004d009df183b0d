// A server of net/http whose CORS is nobody's, or that of rs/cors: `server CORS ORIGINS`.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"

	"github.com/rs/cors"
)

func main() {
	count, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	hello := func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("hello")) }
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items/{id}", hello)
	mux.HandleFunc("OPTIONS /items/{id}", hello)
	var handler http.Handler = mux
	switch os.Args[1] {
	case "none":
	case "rs/cors":
		handler = layer(count).Handler(mux)
	default:
		log.Fatalf("nobody's CORS is %s", os.Args[1])
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(http.Serve(listener, handler))
}

func layer(count int) *cors.Cors {
	origins := make([]string, count)
	for i := range origins {
		origins[i] = fmt.Sprintf("https://o%d.example", i)
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{"GET", "PUT", "DELETE"},
		AllowedHeaders: []string{"content-type", "authorization", "x-requested-with"},
		MaxAge:         600,
	})
}
