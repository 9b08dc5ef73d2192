package main

import (
	"crypto/tls"
	"net"
	"os"
	"sync"
	"time"

	"golang.org/x/crypto/acme/autocert"

	"praxis/internal/config"
)

// secured puts TLS around a listener when the instance has a certificate: one that it obtains itself (RFC 8555,
// RFC 8737), or one from files.
func secured(listener net.Listener, cfg config.Config) (net.Listener, error) {
	switch {
	case cfg.ACME:
		manager := &autocert.Manager{
			Prompt: autocert.AcceptTOS, HostPolicy: autocert.HostWhitelist(cfg.Host),
			Cache: autocert.DirCache(cfg.ACMECache), Email: cfg.ACMEEmail,
		}
		settings := manager.TLSConfig()
		settings.MinVersion = tls.VersionTLS12
		return tls.NewListener(listener, settings), nil
	case cfg.TLSCertificate != "":
		files := &certificateFiles{certificate: cfg.TLSCertificate, key: cfg.TLSKey}
		if _, err := files.load(time.Now()); err != nil {
			return nil, usage("tls_certificate: cannot use %s with the key %s: %w", cfg.TLSCertificate, cfg.TLSKey, err)
		}
		return tls.NewListener(listener, &tls.Config{
			MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
			GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return files.load(time.Now()) },
		}), nil
	}
	return listener, nil
}

// certificateFiles is a certificate that somebody else renews in place.
type certificateFiles struct {
	certificate, key string

	mu      sync.Mutex
	loaded  *tls.Certificate
	stamp   time.Time // of the file that was loaded
	checked time.Time
}

// certificateRecheck is how long a loaded certificate is used before its file is looked at again.
const certificateRecheck = time.Minute

// load gives the certificate. While a renewal is half written, the old one goes on.
func (f *certificateFiles) load(now time.Time) (*tls.Certificate, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.loaded != nil && now.Sub(f.checked) < certificateRecheck {
		return f.loaded, nil
	}
	info, err := os.Stat(f.certificate)
	if err == nil && f.loaded != nil && info.ModTime().Equal(f.stamp) {
		f.checked = now
		return f.loaded, nil
	}
	if err == nil {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(f.certificate, f.key); err == nil {
			f.loaded, f.stamp = &pair, info.ModTime()
		}
	}
	f.checked = now
	if f.loaded != nil {
		return f.loaded, nil
	}
	return nil, err
}
