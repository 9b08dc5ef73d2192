package config

import "strings"

// prefix is what the environment variables of settings begin with.
const prefix = "PRAXIS_"

// FileVariable names the environment variable that holds the path of the file.
const FileVariable = prefix + "CONFIG"

// testPrefix is what variables of the tests begin with. They are no settings.
const testPrefix = prefix + "TEST_"

// Setting documents one setting.
type Setting struct {
	Name    string // in the file
	Env     string // the environment variable
	Default string // as one would write it; "" for none
	Meaning string // one line for people
}

// Table documents all settings, in the order in which people should read them.
func Table() []Setting {
	all := settings()
	table := make([]Setting, len(all))
	for i, s := range all {
		table[i] = s.Setting
	}
	return table
}

// setting is a Setting with the code that reads and shows it.
type setting struct {
	Setting
	kind
}

// kind reads a value of a file or a variable into a Config, and shows it again without secrets.
type kind struct {
	read func(c *Config, value any) error // the error says what is wrong and what would be right
	show func(c *Config) string
}

func settings() []setting {
	var all []setting
	for _, group := range [][]setting{addresses(), bucket(), people(), waysIn(), letters(), peers(), certificates(), logs()} {
		all = append(all, group...)
	}
	return all
}

func add(name, standard, meaning string, k kind) setting {
	return setting{Setting{name, prefix + strings.ToUpper(name), standard, meaning}, k}
}

func addresses() []setting {
	return []setting{
		add("host", "", "Public host name of the instance, such as `hospital.example`. All ids carry it: it cannot be changed "+
			"once the database is in use. Required by `serve`.",
			kind{readHost, func(c *Config) string { return c.Host }}),
		add("listen", "127.0.0.1:8080", "Address and port of the web server. `:8080` listens on all addresses.",
			listenKind(func(c *Config) *string { return &c.Listen }, false)),
		add("database", "sqlite:praxis.db", "`sqlite:PATH`, or `postgres://USER:PASSWORD@HOST/NAME`.",
			kind{readDatabase, func(c *Config) string { return redact(c.Database) }}),
		add("media_dir", "media", "Folder in which uploaded files are kept, and made. With `s3_endpoint`, only what is being made is there.",
			folderKind(func(c *Config) *string { return &c.MediaDir })),
		add("ffmpeg", "auto", "What makes videos and sounds: `auto`, the `ffmpeg` and `ffprobe` that are installed; the path of `ffmpeg`, "+
			"with `ffprobe` beside it; or `off`. Without them, only pictures are taken.",
			textKind(func(c *Config) *string { return &c.FFmpeg })),
		add("trusted_proxies", "", "Whose `X-Forwarded-For` is believed: addresses and prefixes such as `10.0.0.2` or "+
			"`172.16.0.0/12`, or the word `loopback`; several with commas, in the file also as an array.",
			kind{readProxies, showProxies}),
		add("metrics_listen", "", "Address and port at which Prometheus metrics are served, at `/metrics`. Empty or `off`: none.",
			listenKind(func(c *Config) *string { return &c.MetricsListen }, true)),
		add("profiles", "false", "Whether `metrics_listen` serves profiles as well, at `/debug/pprof/`. They cost time and show what the process does.",
			flagKind(func(c *Config) *bool { return &c.Profiles })),
		add("shutdown_timeout", "20s", "How long requests that are being answered may go on after a stop, between 1s and 10m.",
			durationKind(func(c *Config) *duration { return &c.ShutdownTimeout })),
	}
}

func bucket() []setting {
	return []setting{
		add("s3_endpoint", "", "Address of an S3-compatible store that files are kept in instead of `media_dir`, such as `https://s3.example.org`. "+
			"With it, `s3_bucket`, `s3_access_key` and `s3_secret_key` are required.",
			kind{readEndpoint, func(c *Config) string { return c.S3Endpoint }}),
		add("s3_bucket", "", "Name of the bucket. It must be there.",
			textKind(func(c *Config) *string { return &c.S3Bucket })),
		add("s3_region", "us-east-1", "Region of the store, as its operator says.",
			textKind(func(c *Config) *string { return &c.S3Region })),
		add("s3_access_key", "", "Name of the key that may read, write, delete and list objects of the bucket.",
			textKind(func(c *Config) *string { return &c.S3AccessKey })),
		add("s3_secret_key", "", "Secret of the key. It is never logged.",
			secretKind(func(c *Config) *string { return &c.S3SecretKey })),
		add("s3_prefix", "", "What the names of all objects begin with, such as `praxis/`, in a bucket that holds other things, too.",
			textKind(func(c *Config) *string { return &c.S3Prefix })),
		add("s3_path_style", "false", "Whether the bucket is named in the path instead of in the host name, as MinIO and others of one's own want.",
			flagKind(func(c *Config) *bool { return &c.S3PathStyle })),
	}
}

func people() []setting {
	return []setting{
		add("name", "", "Name of the instance, as people see it. Empty: the host name.",
			textKind(func(c *Config) *string { return &c.Name })),
		add("description", "", "One or two sentences on what the instance is for.",
			textKind(func(c *Config) *string { return &c.Description })),
		add("contact_email", "", "E-mail address of the administration, shown to everybody.",
			emailKind(func(c *Config) *string { return &c.ContactEmail })),
		add("extended_description_file", "", "File with a longer text on the instance: plain text, a blank line between paragraphs.",
			textKind(func(c *Config) *string { return &c.ExtendedDescriptionFile })),
		add("privacy_policy_file", "", "File with the privacy policy, in the same form.",
			textKind(func(c *Config) *string { return &c.PrivacyPolicyFile })),
		add("terms_file", "", "File with the terms of service, in the same form.",
			textKind(func(c *Config) *string { return &c.TermsFile })),
		add("show_domain_blocks", "nobody", "Who may see which hosts are blocked: `nobody`, `members` or `everybody`.",
			wordKind(func(c *Config) *string { return &c.ShowDomainBlocks }, "nobody", "members", "everybody")),
		add("registrations", "closed", "Who may sign up: `closed`, nobody, accounts are made with `praxis user create`; "+
			"`approval`, everybody whom a moderator lets in; `open`, everybody with an e-mail address, which needs `smtp_host`.",
			wordKind(func(c *Config) *string { return &c.Registrations }, "closed", "approval", "open")),
		add("post_chars", "5000", "Characters that a post may have, between 100 and 20000.",
			numberKind(func(c *Config) *int { return &c.PostChars }, minPostChars, maxPostChars)),
		add("grace_days", "90", "Days for which somebody who left the organization may still move, export and delete what is theirs, "+
			"between 0 and 365.",
			numberKind(func(c *Config) *int { return &c.GraceDays }, 0, maxGraceDays)),
		add("keep_addresses_days", "365", "Days for which it is kept from which address somebody signed up. 0: for ever.",
			numberKind(func(c *Config) *int { return &c.KeepAddressesDays }, 0, maxKeepDays)),
		add("keep_held_days", "30", "Days for which is held what hosts in quarantine sent. 0: for ever.",
			numberKind(func(c *Config) *int { return &c.KeepHeldDays }, 0, maxKeepDays)),
		add("keep_imports_days", "30", "Days for which the results of imported lists are kept. 0: for ever.",
			numberKind(func(c *Config) *int { return &c.KeepImportsDays }, 0, maxKeepDays)),
		add("keep_remote_days", "0", "Days for which copies of threads of other servers are kept in which nobody here wrote, was named, or "+
			"liked, shared, quoted or kept anything. 0: for ever.",
			numberKind(func(c *Config) *int { return &c.KeepRemoteDays }, 0, maxKeepDays)),
		add("client_requests", "300", "Requests to the client API that one token, or one address without a token, may make in five minutes. "+
			"0: any number.",
			numberKind(func(c *Config) *int { return &c.ClientRequests }, 0, maxRequests)),
		add("password_grant", "false", "Whether command-line clients may exchange a user name and a password for a token "+
			"(OAuth password grant).",
			flagKind(func(c *Config) *bool { return &c.PasswordGrant })),
	}
}

func waysIn() []setting {
	return []setting{
		add("oidc_providers", "", "Sign-ins of organizations (OpenID Connect): sections `[[oidc_providers]]` in the file, or a JSON array in the variable. "+
			"See \"Sign-in by your organization\".",
			kind{readProviders, showProviders}),
		add("local_sign_in", "all", "Whose passwords count: `all`, or `break-glass`, those of admins that `praxis user break-glass` marked; the others use a provider.",
			wordKind(func(c *Config) *string { return &c.LocalSignIn }, "all", "break-glass")),
		add("oidc_absent_days", "0", "After how many days without a word of the provider somebody counts as having left, up to 3650. 0: never.",
			numberKind(func(c *Config) *int { return &c.OIDCAbsentDays }, 0, 3650)),
		add("invitations", "nobody", "Who may make links by which people sign up, whatever `registrations` says: `nobody`, `admins`, `moderators` or `members`.",
			wordKind(func(c *Config) *string { return &c.Invitations }, "nobody", "admins", "moderators", "members")),
		add("invited_need_word", "false", "Whether somebody has to let invited people in, too, where `registrations` is `approval`.",
			flagKind(func(c *Config) *bool { return &c.InvitedNeedWord })),
	}
}

func letters() []setting {
	return []setting{
		add("smtp_host", "", "Mail server that letters to members go through. Empty: none are sent, and with `approval` whoever lets "+
			"somebody in vouches for the e-mail address.",
			textKind(func(c *Config) *string { return &c.SMTPHost })),
		add("smtp_port", "587", "Port of the mail server.",
			numberKind(func(c *Config) *int { return &c.SMTPPort }, 1, 65535)),
		add("smtp_user", "", "User name at the mail server, if it asks for one.",
			textKind(func(c *Config) *string { return &c.SMTPUser })),
		add("smtp_password", "", "Password at the mail server. It is never logged.",
			secretKind(func(c *Config) *string { return &c.SMTPPassword })),
		add("smtp_from", "", "E-mail address that letters come from. Empty: `contact_email`.",
			emailKind(func(c *Config) *string { return &c.SMTPFrom })),
		add("smtp_security", "starttls", "How the connection to the mail server is secured: `starttls`, `tls` from the start, or `none`, "+
			"which is for a server on this machine.",
			wordKind(func(c *Config) *string { return &c.SMTPSecurity }, "starttls", "tls", "none")),
		add("letter_templates", "", "Folder with letters in the place of those of the program: `praxis mail preview` shows their names.",
			textKind(func(c *Config) *string { return &c.LetterTemplatesDir })),
	}
}

func peers() []setting {
	return []setting{
		add("secure_mode", "false", "Whether other servers must sign every request for actors and posts. Some software cannot.",
			flagKind(func(c *Config) *bool { return &c.SecureMode })),
		add("delivery_hosts", "256", "How many other servers are served side by side, between 1 and 5000. Each takes a connection.",
			numberKind(func(c *Config) *int { return &c.DeliveryHosts }, 1, 5000)),
		add("delivery_per_host", "1", "How many deliveries to one server may be under way at once, between 1 and 8. With 1 everything "+
			"arrives in its order; with more, only what one actor did.",
			numberKind(func(c *Config) *int { return &c.DeliveryPerHost }, 1, 8)),
		add("delivery_batch", "50", "How many deliveries to one server are read at once, between 1 and 1000. As many may be sent a second "+
			"time after a crash.",
			numberKind(func(c *Config) *int { return &c.DeliveryBatch }, 1, 1000)),
		add("node_lease", "10s", "For how long a node of several on one PostgreSQL holds what it works on unless it says so again, between 1s and 10m: "+
			"what a node that died held is taken over by then.",
			durationKind(func(c *Config) *duration { return &c.NodeLease })),
		add("inbox_pending", "2000", "Activities of one host that may wait to be carried out, between 10 and 1000000. A host that sends more is "+
			"told to try again later (429).",
			numberKind(func(c *Config) *int { return &c.InboxPending }, minInboxPending, maxInboxPending)),
		add("inbox_requests", "256", "Activities that are received at once, between 8 and 10000; at most a quarter of them from one address, "+
			"and half for one host. What is beyond is told to try again later (503, 429).",
			numberKind(func(c *Config) *int { return &c.InboxRequests }, minInboxRequests, maxInboxRequests)),
		add("development", "false", "Plain http where there is no certificate, and peers on loopback addresses. Refused with a public host name.",
			flagKind(func(c *Config) *bool { return &c.Development })),
	}
}

func certificates() []setting {
	return []setting{
		add("acme", "false", "Whether the instance obtains its own certificate and speaks TLS itself. `listen` must be port 443, "+
			"reachable from outside under `host`.",
			flagKind(func(c *Config) *bool { return &c.ACME })),
		add("acme_email", "", "E-mail address that the certificate authority may write to.",
			emailKind(func(c *Config) *string { return &c.ACMEEmail })),
		add("acme_cache", "acme", "Folder in which account key and certificates are kept.",
			textKind(func(c *Config) *string { return &c.ACMECache })),
		add("tls_certificate", "", "PEM file of a certificate with its chain, when the instance speaks TLS itself with a "+
			"certificate from elsewhere. A renewed file is taken up without a restart.",
			textKind(func(c *Config) *string { return &c.TLSCertificate })),
		add("tls_key", "", "PEM file of the certificate's private key.",
			textKind(func(c *Config) *string { return &c.TLSKey })),
	}
}

func logs() []setting {
	return []setting{
		add("log_level", "info", "`debug`, `info`, `warn` or `error`.",
			wordKind(func(c *Config) *string { return &c.LogLevel }, "debug", "info", "warn", "error")),
		add("log_format", "text", "`text` or `json`.",
			wordKind(func(c *Config) *string { return &c.LogFormat }, "text", "json")),
	}
}
