package mastodon

import (
	"praxis/internal/media"
	"praxis/practice"
)

// configuration is what clients must know before they write. What this server does not have has the limit 0: clients take
// limits as they are, and an absent part makes some of them fail.
type configuration struct {
	URLs              urls                       `json:"urls"`
	Vapid             vapid                      `json:"vapid"`
	Accounts          accountLimits              `json:"accounts"`
	Statuses          statusLimits               `json:"statuses"`
	MediaAttachments  mediaLimits                `json:"media_attachments"`
	Polls             pollLimits                 `json:"polls"`
	Translation       translation                `json:"translation"`
	TimelinesAccess   map[string]timelinesAccess `json:"timelines_access"`
	LimitedFederation bool                       `json:"limited_federation"`
}

// oldConfiguration is the part that the first version of the instance has.
type oldConfiguration struct {
	Accounts         accountLimits `json:"accounts"`
	Statuses         statusLimits  `json:"statuses"`
	MediaAttachments mediaLimits   `json:"media_attachments"`
	Polls            pollLimits    `json:"polls"`
}

// urls: Streaming is "" where there is no streaming: clients then poll, while they wait for ever on an address that does
// not answer, and fail without the property.
type urls struct {
	Streaming      string  `json:"streaming"`
	Status         *string `json:"status"`
	About          *string `json:"about"`
	PrivacyPolicy  *string `json:"privacy_policy"`
	TermsOfService *string `json:"terms_of_service"`
}

type vapid struct {
	PublicKey string `json:"public_key"`
}

type accountLimits struct {
	MaxFeaturedTags     int `json:"max_featured_tags"`
	MaxPinnedStatuses   int `json:"max_pinned_statuses"`
	MaxDisplayName      int `json:"max_display_name_length"`
	MaxNote             int `json:"max_note_length"`
	MaxProfileFields    int `json:"max_profile_fields"`
	ProfileFieldName    int `json:"profile_field_name_limit"`
	ProfileFieldContent int `json:"profile_field_value_limit"`
}

type statusLimits struct {
	MaxCharacters            int `json:"max_characters"`
	MaxMediaAttachments      int `json:"max_media_attachments"`
	CharactersReservedPerURL int `json:"characters_reserved_per_url"`
}

type mediaLimits struct {
	DescriptionLimit   int      `json:"description_limit"`
	ImageMatrixLimit   int      `json:"image_matrix_limit"`
	ImageSizeLimit     int      `json:"image_size_limit"`
	SupportedMimeTypes []string `json:"supported_mime_types"`
	VideoFrameRate     int      `json:"video_frame_rate_limit"`
	VideoMatrixLimit   int      `json:"video_matrix_limit"`
	VideoSizeLimit     int      `json:"video_size_limit"`
}

type pollLimits struct {
	MaxOptions             int `json:"max_options"`
	MaxCharactersPerOption int `json:"max_characters_per_option"`
	MinExpiration          int `json:"min_expiration"`
	MaxExpiration          int `json:"max_expiration"`
}

type translation struct {
	Enabled bool `json:"enabled"`
}

type timelinesAccess struct {
	Local  string `json:"local"`
	Remote string `json:"remote"`
}

// reservedPerURL is what clients count for a link, however long it is.
const reservedPerURL = 23

func (s *Server) oldConfiguration() oldConfiguration {
	return oldConfiguration{
		Accounts: accountLimits{
			MaxPinnedStatuses: practice.MaxPins, MaxFeaturedTags: practice.MaxFeaturedTags,
			MaxDisplayName: practice.MaxDisplayName, MaxNote: practice.MaxNote, MaxProfileFields: practice.MaxFields,
			ProfileFieldName: practice.MaxFieldText, ProfileFieldContent: practice.MaxFieldText,
		},
		Statuses: statusLimits{
			MaxCharacters: s.service.Limits().PostChars, MaxMediaAttachments: practice.MaxAttachments,
			CharactersReservedPerURL: reservedPerURL,
		},
		MediaAttachments: s.mediaLimits(),
		Polls: pollLimits{
			MaxOptions: practice.MaxPollOptions, MaxCharactersPerOption: practice.MaxPollOption,
			MinExpiration: int(practice.MinPollTime.Seconds()), MaxExpiration: int(practice.MaxPollTime.Seconds()),
		},
	}
}

func (s *Server) mediaLimits() mediaLimits {
	films := s.service.FilmsTaken()
	limits := mediaLimits{
		DescriptionLimit: practice.MaxMediaDescription, ImageMatrixLimit: media.MaxPixels, ImageSizeLimit: media.MaxImageBytes,
		SupportedMimeTypes: media.Accepted(films),
	}
	if films {
		limits.VideoSizeLimit, limits.VideoMatrixLimit, limits.VideoFrameRate = media.MaxFilmBytes, media.MaxFilmPixels, media.MaxFilmRate
	}
	return limits
}

func (s *Server) configuration() configuration {
	shared := s.oldConfiguration()
	everybody := timelinesAccess{Local: "public", Remote: "public"}
	return configuration{
		URLs:     urls{Streaming: s.cfg.Streaming, About: textOrNil(s.links.Base + "/about")},
		Vapid:    vapid{PublicKey: s.vapidKey()},
		Accounts: shared.Accounts, Statuses: shared.Statuses, MediaAttachments: shared.MediaAttachments, Polls: shared.Polls,
		TimelinesAccess: map[string]timelinesAccess{"live_feeds": everybody, "hashtag_feeds": everybody, "trending_link_feeds": everybody},
	}
}
