package desk

import (
	"strings"

	"praxis/models"
)

// storage is what is kept of uploads, and where.
func (s *Server) storage() section {
	const path = root + "/storage"
	return section{group: groupInstance, name: "Media storage", path: path, needs: models.PermitSettings, pages: []place{
		{path: path, show: s.showStorage, forms: map[string]deed{"sweep": s.sweep}},
	}}
}

func (s *Server) showStorage(v *visit) (*screen, error) {
	rows, err := v.tx.MediaFigures()
	if err != nil {
		return nil, err
	}
	where := part{Card: true, Facts: []fact{{Name: "Kept in", Value: orWord(map[string]string{"folder": "a folder", "bucket": "an S3-compatible store"}[s.cfg.Storage.Kind], "–")}, {Name: "Place", Value: orDash(s.cfg.Storage.Place)}}}
	if s.cfg.Storage.Free != nil {
		if free, all, err := s.cfg.Storage.Free(); err == nil && all > 0 {
			mark := badge{"enough", "good"}
			if free*10 < all {
				mark = badge{"less than a tenth is free", "warn"}
			}
			where.Facts = append(where.Facts, fact{Name: "Free", Value: size(free) + " of " + size(all), Badge: mark})
		}
	}
	listed := &table{Caption: "Files", Heads: []string{"Type", "Files", "Bytes", "That no post carries", "Oldest"}, Empty: "Nothing was uploaded yet."}
	for _, r := range rows {
		listed.Rows = append(listed.Rows, row{Cells: []cell{
			{Text: r.Type}, {Text: format(r.Count), Number: true}, {Text: size(uint64(max(r.Bytes, 0))), Number: true}, {Text: format(r.Loose), Number: true}, {Text: v.ago(r.Oldest)},
		}})
	}
	tidy := part{Card: true, Heading: "Clean up", Text: "Uploads that no post has carried for a day are deleted. It happens by itself, too.", Forms: []*form{{Name: "sweep", Inline: true, Button: "Clean up now"}}}
	return &screen{Title: "Media storage", Lead: "What members uploaded. Pictures of other servers' posts are not kept here; browsers load them from where they are.", Parts: []part{where, {Heading: "Files", Table: listed}, tidy}}, nil
}

func (s *Server) sweep(v *visit) (outcome, error) {
	return outcome{root + "/storage", "What no post carries for a day is deleted."}, s.cfg.Service.SweepMedia(v.ctx())
}

// jobs are the works that go on by themselves.
func (s *Server) jobs() section {
	const path = root + "/jobs"
	return section{group: groupInstance, name: "Jobs", path: path, needs: models.PermitSettings, pages: []place{{path: path, show: s.showJobs}}}
}

func (s *Server) showJobs(v *visit) (*screen, error) {
	b, err := v.tx.Backlog()
	if err != nil {
		return nil, err
	}
	listed := &table{Caption: "What waits to be done", Heads: []string{"Job", "Waits", "Oldest", "Given up"}}
	add := func(name, hint string, n int64, oldest models.Timestamp, failed int64) {
		since := "–"
		if oldest != 0 {
			since = v.ago(oldest)
		}
		listed.Rows = append(listed.Rows, row{Cells: []cell{{Text: name, Hint: hint}, {Text: format(n), Number: true}, {Text: since}, {Text: format(failed), Number: true}}})
	}
	add("Receiving", "what other servers sent", b.Inbox, b.OldestInbox, b.InboxParked)
	add("Delivering", "what goes to other servers", b.Deliveries+b.Aside, 0, b.Parked)
	add("Pictures and films", "uploads that are made ready", b.Media, b.OldestMedia, b.MediaFailed)
	add("Letters", "confirmations and links for passwords", b.Letters, 0, 0)
	add("Scheduled posts", "that have their time", b.Scheduled, 0, 0)
	add("Reading what was before", "threads of other communities", b.Backfill, 0, 0)
	parts := []part{{Heading: "What waits to be done", Table: listed, Links: []link{{Label: "See deliveries by server", To: peersPath, Quiet: true}}}}
	who, err := s.whoWorks(v)
	if err != nil {
		return nil, err
	}
	return &screen{Title: "Jobs", Lead: "What goes on by itself, and how far it is.", Parts: append(parts, who...)}, nil
}

// workWords say for people what works are called in short.
var workWords = map[string]string{
	"media": "Pictures and films", "due": "What has its time: scheduled posts, polls, the policy", "letters": "Letters", "previews": "Previews of linked pages",
	"push": "Messages to apps", "backfill": "Reading what was before", "reconcile": "Comparing follows with other servers", "neighbours": "Communities of other servers", "tidy": "Clearing away",
}

// whoWorks tells which works this process does, which other nodes do, and when all was last tidied.
func (s *Server) whoWorks(v *visit) ([]part, error) {
	tidied, err := v.tx.Setting(models.SettingTidied)
	if err != nil {
		return nil, err
	}
	here := part{Heading: "What this process does", Facts: []fact{{Name: "Cleared away last", Value: v.when(models.Timestamp(number(tidied)))}}}
	here.Table = &table{Caption: "What this process does", Heads: []string{"Work", "Since"}, Empty: "It does none of the works that one node does at a time."}
	if s.cfg.Works != nil {
		for _, w := range s.cfg.Works() {
			here.Table.Rows = append(here.Table.Rows, row{Cells: []cell{{Text: orWord(workWords[w.Name], w.Name), Hint: w.Name}, {Text: v.when(w.Since)}}})
		}
	}
	if !s.store.SharesWork() {
		return []part{here}, nil
	}
	leases, err := v.tx.WorkLeases()
	if err != nil {
		return nil, err
	}
	all := part{Heading: "Who does what", Text: "Nodes share the database; each of these works is done by one at a time.", Table: &table{Caption: "Who does what", Heads: []string{"Work", "Node", "State"}, Empty: "No work is held now."}}
	for _, l := range leases {
		name, state := strings.TrimPrefix(l.Name, "work/"), badge{"held", "good"}
		if l.Left < 0 {
			state = badge{"free", "warn"}
		}
		all.Table.Rows = append(all.Table.Rows, row{Cells: []cell{{Text: orWord(workWords[name], name), Hint: name}, {Text: orDash(strings.TrimSuffix(l.Owner, "/"+name))}, {Badge: state}}})
	}
	return []part{here, all}, nil
}
