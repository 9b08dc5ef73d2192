package desk

func (s *Server) convenerPages() []place { return nil }

func settingsPath(name string) string { return "/c/" + name + "/settings" }
