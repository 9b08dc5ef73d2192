package config

// Validate reports everything that keeps an instance with these settings from being served. The error is Problems.
func (c Config) Validate() error {
	problems := c.found
	if c.found == nil { // made without Load
		problems = c.check()
	}
	if c.Host == "" && !c.isReported("host") {
		problems = append(problems[:len(problems):len(problems)], &Problem{
			Setting: "host", Wrong: "it is not set", Right: hostRight + ", in the file or in PRAXIS_HOST",
		})
	}
	return problems.orNil()
}

func (c Config) isReported(name string) bool {
	for _, p := range c.found {
		if p.Setting == name {
			return true
		}
	}
	return false
}

// check looks at settings together, once each has been read for itself.
func (c Config) check() Problems {
	var problems Problems
	say := func(name string, err error) {
		if err != nil && !c.isReported(name) {
			problems = append(problems, about(name, c.from[name], err))
		}
	}
	if c.Host != "" {
		say("host", checkHost(c.Host, c.Development))
	}
	if c.ACME {
		say("acme", c.checkACME())
	}
	if c.ACME && c.TLSCertificate != "" {
		say("tls_certificate", wrong("acme is on, too", "one of the two"))
	}
	if (c.TLSCertificate == "") != (c.TLSKey == "") {
		say("tls_key", wrong("only one of tls_certificate and tls_key is set", "both, or none"))
	}
	if c.MetricsListen != "" && collide(c.Listen, c.MetricsListen) {
		say("metrics_listen", wrong(quote(c.MetricsListen)+" is where the web server listens, too", "another port"))
	}
	if c.Registrations == "open" && c.SMTPHost == "" {
		say("registrations", wrong(`"open" needs letters that confirm e-mail addresses, and smtp_host is not set`,
			"approval, where a moderator vouches for the address, or open with smtp_host"))
	}
	if c.SMTPHost != "" && c.MailFrom() == "" {
		say("smtp_from", wrong("letters need an address that they come from", "an e-mail address, or contact_email set"))
	}
	if c.SMTPPassword != "" && c.SMTPUser == "" {
		say("smtp_password", wrong("there is no smtp_user that it belongs to", "both, or none"))
	}
	c.checkBucket(say)
	c.checkSignIn(say)
	return problems
}

func (c Config) checkBucket(say func(name string, err error)) {
	for name, value := range map[string]string{"s3_bucket": c.S3Bucket, "s3_access_key": c.S3AccessKey, "s3_secret_key": c.S3SecretKey} {
		if c.S3Endpoint != "" && value == "" {
			say(name, wrong("it is not set, and s3_endpoint is", "all four of s3_endpoint, s3_bucket, s3_access_key and s3_secret_key, or none"))
		}
		if c.S3Endpoint == "" && value != "" {
			say(name, wrong("there is no s3_endpoint that it belongs to", "all four of s3_endpoint, s3_bucket, s3_access_key and s3_secret_key, or none"))
		}
	}
}

// checkACME: the certificate authority asks on port 443 whether the name is ours (TLS-ALPN-01, RFC 8737).
func (c Config) checkACME() error {
	if c.Development {
		return wrong("no certificate is to be had for a host of development", "false, or without development")
	}
	host, port, err := splitListen(c.Listen)
	switch {
	case err != nil:
		return nil // reported as listen
	case port != 443:
		return wrong("the web server listens on "+quote(c.Listen)+", and certificates are checked on port 443",
			`false, or listen ":443"`)
	case isLoopback(host):
		return wrong("the web server listens on "+quote(c.Listen)+", which nobody outside reaches", `false, or listen ":443"`)
	}
	return nil
}
