package fetch

import "context"

// Purpose says what a request is for, since not every one of them is federation.
type Purpose string

// The purposes.
const (
	Federation Purpose = "federation"
	Reading    Purpose = "reading" // a page of the web that a post links to
	Service    Purpose = "service" // one that serves members, such as the push service of their client
)

type purposeKey struct{}

func withPurpose(ctx context.Context, p Purpose) context.Context {
	return context.WithValue(ctx, purposeKey{}, p)
}

// PurposeOf tells Config.Allow what a request is for.
func PurposeOf(ctx context.Context) Purpose {
	if p, ok := ctx.Value(purposeKey{}).(Purpose); ok {
		return p
	}
	return Federation
}
