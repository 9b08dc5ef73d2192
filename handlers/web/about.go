package web

type aboutPage struct {
	Head        head
	Name        string
	Host        string
	Description string
	Contact     string
	Version     string
	Repository  string
	Members     int64
	Communities int64
	Peers       int64
}

// about shows what the instance says of itself. How many posts there are is not told: the number counts private ones.
func (s *Server) about(v *visit) error {
	figures, err := v.tx.Statistics()
	if err != nil {
		return err
	}
	return s.show(v, "about.html", aboutPage{
		Head: head{
			Title: "About", Description: shorten(s.cfg.Description, descriptionLength), Address: s.links.Base + "/about",
			Kind: "website", Social: true,
		},
		Name: s.cfg.Name, Host: asciiHost(s.links.Host), Description: s.cfg.Description, Contact: s.cfg.ContactEmail,
		Version: s.cfg.Version, Repository: webURL(s.cfg.Repository),
		Members: figures.Members, Communities: figures.Communities, Peers: figures.Peers,
	})
}
