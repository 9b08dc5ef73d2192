package config

import (
	"log/slog"
	"net/netip"
	"strings"
	"time"
)

// Config holds the settings of one instance. Load makes one; code that makes its own begins with Defaults.
type Config struct {
	Host                                                             string         // the public name, canonical: lower case, A-labels; with ":port" only in development
	Listen                                                           string         // "address:port" of the web server
	Database                                                         string         // "sqlite:PATH" or "postgres://…"; may hold a password
	Name                                                             string         // of the instance, for people; "" for the host name
	Description                                                      string         // of the instance, for people
	ContactEmail                                                     string         // "" for none
	TrustedProxies                                                   []netip.Prefix // whose X-Forwarded-For is believed
	MetricsListen                                                    string         // "address:port" of the metrics; "" for off
	Profiles                                                         bool           // pprof beside the metrics
	LogLevel                                                         string         // debug, info, warn, error
	LogFormat                                                        string         // text, json
	Registrations                                                    string         // closed, approval or open
	SecureMode                                                       bool           // signed requests only
	InboxPending                                                     int            // activities of one host that may wait to be carried out
	InboxRequests                                                    int            // activities that are being received at once
	Development                                                      bool           // plain http without a certificate, and loopback peers
	PasswordGrant                                                    bool           // the OAuth password grant
	PostChars                                                        int            // characters of a post
	GraceDays                                                        int            // how long whoever left may take along what is theirs
	KeepAddressesDays, KeepHeldDays, KeepImportsDays, KeepRemoteDays int            // how long is kept what is not needed for ever; 0 for ever
	// Deliveries: how many hosts side by side, how many to one host at once, how many of one host are read at once.
	DeliveryHosts, DeliveryPerHost, DeliveryBatch int
	NodeLease                                     time.Duration // for how long a node holds what it works on
	ClientRequests                                int           // of one token or address in five minutes; 0 for no limit
	// Files with longer texts about the instance; "" for none.
	ExtendedDescriptionFile, PrivacyPolicyFile, TermsFile string
	ShowDomainBlocks                                      string // nobody, members, everybody
	// ACME: a certificate of the instance's own, kept in the folder ACMECache.
	ACME                 bool
	ACMEEmail, ACMECache string
	// TLSCertificate and TLSKey are PEM files of a certificate from elsewhere, such as an organization's own authority.
	TLSCertificate, TLSKey string
	MediaDir               string // the folder of uploaded files
	// S3: a bucket in which files are kept instead; none where S3Endpoint is "". S3Endpoint is a URL without a path.
	S3Endpoint, S3Bucket, S3Region, S3AccessKey, S3SecretKey, S3Prefix string
	S3PathStyle                                                        bool
	FFmpeg                                                             string        // auto, off or the path of ffmpeg
	ShutdownTimeout                                                    time.Duration // how long running requests may take at a stop
	// SMTP: the server that letters to members go through; none where SMTPHost is "".
	SMTPHost     string
	SMTPPort     int
	SMTPUser     string
	SMTPPassword string
	SMTPFrom     string
	SMTPSecurity string // starttls, tls or none

	// Ways in: the sign-ins of organizations, for whom passwords count, who invites, and after how many days without a sign of a
	// provider somebody has left (0 for never).
	OIDCProviders      []OIDCProvider
	LocalSignIn        string // all, break-glass
	Invitations        string // nobody, admins, moderators, members
	InvitedNeedWord    bool   // invited people wait for approval where others do
	OIDCAbsentDays     int
	LetterTemplatesDir string // a folder with letters that take the place of ours; "" for none

	// from says where a setting came from, by name; those that are absent have their defaults.
	from map[string]string
	// found are the problems that loading found.
	found Problems
}

// Defaults gives the settings of an instance that was told nothing. It has no host yet, so it does not pass Validate.
func Defaults() Config {
	var c Config
	for _, s := range settings() {
		if s.Default != "" {
			_ = s.read(&c, s.Default) // a test reads them all
		}
	}
	return c
}

// BaseURL is what the addresses of everything here begin with, without a slash at the end: https://host, and in
// development without a certificate http://host.
func (c Config) BaseURL() string {
	if c.Development && c.TLSCertificate == "" {
		return "http://" + c.Host
	}
	return "https://" + c.Host
}

// MailFrom is the address that letters to members come from; "" where none can be sent.
func (c Config) MailFrom() string {
	if c.SMTPHost == "" {
		return ""
	}
	if c.SMTPFrom == "" {
		return c.ContactEmail
	}
	return c.SMTPFrom
}

// Level gives LogLevel for slog; info when it is none of the known words.
func (c Config) Level() slog.Level {
	var level slog.Level
	if level.UnmarshalText([]byte(c.LogLevel)) != nil {
		return slog.LevelInfo
	}
	return level
}

// LogValue gives all settings without secrets.
func (c Config) LogValue() slog.Value {
	all := settings()
	attrs := make([]slog.Attr, 0, len(all))
	for _, s := range all {
		attrs = append(attrs, slog.String(s.Name, s.show(&c)))
	}
	return slog.GroupValue(attrs...)
}

// String gives all settings without secrets, each as name="value".
func (c Config) String() string {
	var parts []string
	for _, s := range settings() {
		parts = append(parts, s.Name+"="+quote(s.show(&c)))
	}
	return strings.Join(parts, " ")
}

// GoString is String, so that no verb of fmt shows secrets.
func (c Config) GoString() string { return "config.Config{" + c.String() + "}" }
