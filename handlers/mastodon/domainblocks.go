package mastodon

import (
	"net/http"

	"praxis/models"
)

func domainBlockRoutes() []route {
	return []route{
		member(http.MethodGet, "/api/v1/domain_blocks", getDomainBlocks, "read:blocks"),
		member(http.MethodPost, "/api/v1/domain_blocks", blockDomain, "write:blocks"),
		member(http.MethodDelete, "/api/v1/domain_blocks", unblockDomain, "write:blocks"),
		member(http.MethodGet, "/api/v1/domain_blocks/preview", previewDomainBlock, "read:blocks"),
	}
}

func getDomainBlocks(c *call) (any, error) {
	page, err := c.page(100, 200)
	if err != nil {
		return nil, err
	}
	rows, err := c.tx.MemberDomainBlocksPage(c.viewer(), more(page))
	if err != nil {
		return nil, err
	}
	hosts := []string{}
	for _, row := range window(c, page, rows, func(b *models.MemberDomainBlock) int64 { return b.ID }) {
		hosts = append(hosts, row.Host)
	}
	return hosts, nil
}

func blockDomain(c *call) (any, error) {
	host, err := c.s.service.HostOf(c.params.text("domain"))
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.BlockHost(c.ctx(), c.me(), host)
}

func unblockDomain(c *call) (any, error) {
	host, err := c.s.service.HostOf(c.params.text("domain"))
	if err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.UnblockHost(c.ctx(), c.me(), host)
}

// blockPreview is Mastodon's DomainBlockPreview: which follows a block would end.
type blockPreview struct {
	FollowingCount int `json:"following_count"`
	FollowersCount int `json:"followers_count"`
}

func previewDomainBlock(c *call) (any, error) {
	host, err := c.s.service.HostOf(c.params.text("domain"))
	if err != nil {
		return nil, err
	}
	following, err := c.tx.FollowedOn(c.viewer(), host)
	if err != nil {
		return nil, err
	}
	followers, err := c.tx.FollowersOn(c.viewer(), host)
	return blockPreview{len(following), len(followers)}, err
}
