package lab

import (
	"context"

	"wsbench/benches/host"
	"wsbench/benches/internal/wsclient"
)

// Serve runs a server, unless it runs already, while use is called with its address
// and what clients say to it.
func Serve(ctx context.Context, s Server, use func(url string, offer wsclient.Offer) error) error {
	stage := NewStage(Plan{Servers: []Server{s}}, host.Placement{})
	defer stage.Close()
	if err := stage.Start(ctx, 0); err != nil {
		return err
	}
	p := stage.process(0)
	p.resume()
	return use(p.URL(), p.Offer())
}
