package mastodon

func adminRoutes() []route { return nil }
