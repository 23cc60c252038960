package lab

import (
	"context"

	"wsbench/benches/host"
)

// Serve runs a server, unless it runs already, while use is called with its address.
func Serve(ctx context.Context, s Server, use func(url string) error) error {
	stage := NewStage(Plan{Servers: []Server{s}}, host.Placement{})
	defer stage.Close()
	if err := stage.Start(ctx, 0); err != nil {
		return err
	}
	p := stage.process(0)
	p.resume()
	return use(p.URL())
}
