package practice

import (
	"context"
	"net/netip"
	"slices"
	"sync"

	"praxis/models"
)

// barriers keeps the IP blocks at hand, since every request asks for them.
type barriers struct {
	mu     sync.Mutex
	known  []models.IPBlock
	loaded bool
}

// read gives the blocks, from the store when they may have changed.
func (b *barriers) read(load func() ([]models.IPBlock, error)) ([]models.IPBlock, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.loaded {
		return b.known, nil
	}
	known, err := load()
	if err != nil {
		return nil, err
	}
	b.known, b.loaded = known, true
	return known, nil
}

func (b *barriers) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known, b.loaded = nil, false
}

// Barred gives the severity of the strictest IP block that holds for an address; "" for none.
func (s *Service) Barred(ctx context.Context, addr netip.Addr) (string, error) {
	known, err := s.barriers.read(func() ([]models.IPBlock, error) { return s.store.Read(ctx).IPBlocks() })
	if err != nil || len(known) == 0 || !addr.IsValid() {
		return "", err
	}
	strict := []string{"", models.BarSignUpApproval, models.BarSignUp, models.BarAccess}
	worst, now := 0, models.At(s.store.Now())
	for i := range known {
		block := &known[i]
		if (block.ExpiresAt == 0 || block.ExpiresAt > now) && block.Range().Contains(addr.Unmap().WithZone("")) {
			worst = max(worst, slices.Index(strict, block.Severity))
		}
	}
	return strict[worst], nil
}
