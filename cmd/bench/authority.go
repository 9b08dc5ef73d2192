package bench

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// The files of the folder in which a bench keeps its authority.
const (
	authorityFile    = "ca.crt" // servers under test trust it: SSL_CERT_FILE
	authorityKeyFile = "ca.key"
	actorKeyFile     = "actor.key"
)

// authority certifies peers and servers under test, and holds the one key with which all actors of the peers sign.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	actorKey    *rsa.PrivateKey
	pool        *x509.CertPool
}

// loadAuthority reads the authority of a folder, and makes it where there is none.
func loadAuthority(folder string) (*authority, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("make the folder of the bench: %w", err)
	}
	if _, err := os.Stat(filepath.Join(folder, actorKeyFile)); errors.Is(err, fs.ErrNotExist) {
		if err := makeAuthority(folder); err != nil {
			return nil, err
		}
	}
	a := &authority{pool: x509.NewCertPool()}
	key, err := readKey(filepath.Join(folder, authorityKeyFile))
	if err != nil {
		return nil, err
	}
	actorKey, err := readKey(filepath.Join(folder, actorKeyFile))
	if err != nil {
		return nil, err
	}
	var known [2]bool
	a.key, known[0] = key.(*ecdsa.PrivateKey)
	a.actorKey, known[1] = actorKey.(*rsa.PrivateKey)
	if !known[0] || !known[1] {
		return nil, fmt.Errorf("the keys in %s are of another kind: remove the folder", folder)
	}
	block, err := readPEM(filepath.Join(folder, authorityFile))
	if err != nil {
		return nil, err
	}
	if a.certificate, err = x509.ParseCertificate(block); err != nil {
		return nil, fmt.Errorf("read %s: %w", authorityFile, err)
	}
	a.pool.AddCert(a.certificate)
	return a, nil
}

func makeAuthority(folder string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	root := template("praxis bench")
	root.IsCA, root.KeyUsage, root.ExtKeyUsage = true, x509.KeyUsageCertSign, nil
	raw, err := x509.CreateCertificate(rand.Reader, root, root, key.Public(), key)
	if err != nil {
		return fmt.Errorf("make the authority: %w", err)
	}
	actorKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return fmt.Errorf("make a key: %w", err)
	}
	if err := writePEM(filepath.Join(folder, authorityFile), "CERTIFICATE", raw); err != nil {
		return err
	}
	if err := writeKey(filepath.Join(folder, authorityKeyFile), key); err != nil {
		return err
	}
	return writeKey(filepath.Join(folder, actorKeyFile), actorKey)
}

func template(name string) *x509.Certificate {
	serial, _ := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 100)) // crypto/rand does not fail
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(1, 0, 0),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
}

// certify gives a certificate for a host name or an IP address.
func (a *authority) certify(host string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	leaf := template(host)
	if ip := net.ParseIP(host); ip != nil {
		leaf.IPAddresses = []net.IP{ip}
	} else {
		leaf.DNSNames = []string{host}
	}
	raw, err := x509.CreateCertificate(rand.Reader, leaf, a.certificate, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("certify %s: %w", host, err)
	}
	return &tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, nil
}

// Prepare makes the authority of a folder, if need be, and certificates for servers under test: HOST.crt and HOST.key. It
// gives the file that those servers are to trust.
func Prepare(folder string, hosts []string) (string, error) {
	a, err := loadAuthority(folder)
	if err != nil {
		return "", err
	}
	for _, host := range hosts {
		pair, err := a.certify(host)
		if err != nil {
			return "", err
		}
		if err := writePEM(filepath.Join(folder, host+".crt"), "CERTIFICATE", pair.Certificate[0]); err != nil {
			return "", err
		}
		if err := writeKey(filepath.Join(folder, host+".key"), pair.PrivateKey); err != nil {
			return "", err
		}
	}
	return filepath.Join(folder, authorityFile), nil
}

func readPEM(file string) ([]byte, error) {
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the bench's authority: %w", err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("%s is no PEM file: remove the folder, and it is made again", file)
	}
	return block.Bytes, nil
}

func readKey(file string) (crypto.PrivateKey, error) {
	raw, err := readPEM(file)
	if err != nil {
		return nil, err
	}
	key, err := x509.ParsePKCS8PrivateKey(raw)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return key, nil
}

func writePEM(file, kind string, raw []byte) error {
	text := pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return fmt.Errorf("write the bench's authority: %w", err)
	}
	return nil
}

func writeKey(file string, key crypto.PrivateKey) error {
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("encode a key: %w", err)
	}
	return writePEM(file, "PRIVATE KEY", raw)
}
