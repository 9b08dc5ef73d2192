package bench

import (
	"context"
	"net/http"
	"strconv"
	"time"
)

// publish posts marks through the client API, one after the other.
func (w *World) publish(ctx context.Context, t *Target, phase string) error {
	for i := range w.cfg.Posts {
		body := map[string]string{"status": w.mark(phase, i) + " " + prose, "visibility": "public"}
		if err := w.call(ctx, t, http.MethodPost, "/api/v1/statuses", body, nil); err != nil {
			return err
		}
	}
	return nil
}

// phaseName makes the phases of several targets differ.
func (s *sheet) phaseName() string {
	for i, name := range s.report.Targets {
		if name == s.Target.Name {
			return s.scenario[:1] + strconv.Itoa(i)
		}
	}
	return s.scenario[:1]
}

func (w *World) numbers() []int {
	all := make([]int, len(w.peers.all))
	for i := range all {
		all[i] = i
	}
	return all
}

// fanout posts to one follower on each host.
func (w *World) fanout(ctx context.Context, s *sheet) error {
	if err := w.gather(ctx, s.Target); err != nil {
		return err
	}
	_, err := w.spread(ctx, s, w.numbers())
	return err
}

// spread posts and waits until some of the peers have everything; it gives how long that took.
func (w *World) spread(ctx context.Context, s *sheet, to []int) (time.Duration, error) {
	phase := s.phaseName()
	arrived := w.phase(phase, w.cfg.Posts)
	opened := w.peers.connections.Load()
	stint := s.begin()
	if err := w.publish(ctx, s.Target, phase); err != nil {
		return 0, err
	}
	posted := time.Since(stint.begun)
	t := arrived.await(ctx, to, w.cfg.Patience)
	took := t.last.Sub(stint.begun)
	s.add("deliveries", "/s", more, perSecond(t.got, took))
	s.add("until all had it", "s", less, took.Seconds())
	s.add("posting took", "s", less, posted.Seconds())
	stint.cost(ctx, "a delivery", t.got)
	t = arrived.of(to) // duplicates may have come since
	s.add("wanted", "", neither, float64(t.wanted))
	s.add("arrived", "", neither, float64(t.got))
	s.add("lost", "", neither, float64(t.lost))
	s.add("duplicates", "", neither, float64(t.duplicates))
	s.add("out of order", "", neither, float64(t.disorder))
	s.add("connections", "", less, float64(w.peers.connections.Load()-opened))
	return took, nil
}

// faulty is fanout while 15 of 100 hosts hang, 10 refuse connections and 5 answer 500.
func (w *World) faulty(ctx context.Context, s *sheet) error {
	clean, ok := s.report.Value(s.Target.Name, "fanout", "until all had it")
	if !ok {
		fanout := &sheet{Target: s.Target, scenario: "fanout", report: s.report}
		if err := w.fanout(ctx, fanout); err != nil {
			return err
		}
		clean, _ = s.report.Value(s.Target.Name, "fanout", "until all had it")
	}
	well := w.spoil()
	took, err := w.spread(ctx, s, well)
	if clean > 0 && err == nil {
		s.add("times the clean time", "", less, took.Seconds()/clean)
	}
	return firstOf(err, w.mend())
}

// mend makes all peers well again.
func (w *World) mend() error {
	for _, p := range w.peers.all {
		p.mood.Store(int32(healthy))
		if !p.down {
			continue
		}
		if err := w.peers.raise(p); err != nil {
			return err
		}
	}
	return nil
}

// spoil makes some peers faulty, spread among the others, and gives the numbers of those that are well.
func (w *World) spoil() []int {
	var well []int
	for i, p := range w.peers.all {
		switch i % 20 {
		case 1, 8, 15:
			p.mood.Store(int32(hanging))
		case 4, 11:
			p.fell()
		case 18:
			p.mood.Store(int32(failing))
		default:
			well = append(well, i)
		}
	}
	return well
}

// catchup lets a host miss posts and come back.
func (w *World) catchup(ctx context.Context, s *sheet) error {
	if err := w.gather(ctx, s.Target); err != nil {
		return err
	}
	p := w.peers.all[0]
	others := w.numbers()[1:]
	phase := s.phaseName()
	arrived := w.phase(phase, w.cfg.Posts)
	p.fell()
	err := w.publish(ctx, s.Target, phase)
	arrived.await(ctx, others, w.cfg.Patience)
	if again := w.peers.raise(p); again != nil || err != nil {
		return firstOf(err, again)
	}
	begun := time.Now()
	if err := w.follow(ctx, s.Target, p, "c"+w.run); err != nil {
		return err
	}
	t := arrived.await(ctx, []int{0}, w.cfg.Patience)
	if t.lost == 0 {
		s.add("until it had all", "s", less, t.last.Sub(begun).Seconds())
	}
	s.add("lost", "", neither, float64(t.lost))
	s.add("out of order", "", neither, float64(t.disorder))
	return nil
}

func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
