package models

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// raw is a value that JSON cannot hold as it is: bytes, and the rare text that is no UTF-8.
type raw struct {
	Base64 string `json:"base64"`
}

// rowToJSON gives a row as the databases gave it as one JSON array, the same from both.
func rowToJSON(kinds []string, values []any) ([]byte, error) {
	for i, value := range values {
		values[i] = portable(kinds[i], value)
	}
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(values)
	return line.Bytes(), err
}

func portable(kind string, value any) any {
	switch v := value.(type) {
	case int64:
		if kind == kindBoolean {
			return v != 0
		}
	case []byte:
		if kind == kindText && utf8.Valid(v) {
			return string(v)
		}
		return raw{base64.StdEncoding.EncodeToString(v)}
	case string:
		if kind == kindBytes || !utf8.ValidString(v) {
			return raw{base64.StdEncoding.EncodeToString([]byte(v))}
		}
	}
	return value
}

// rowFromJSON reads what rowToJSON wrote.
func rowFromJSON(kinds []string, line []byte) ([]any, error) {
	var cells []json.RawMessage
	if err := json.Unmarshal(line, &cells); err != nil {
		return nil, err
	}
	if len(cells) != len(kinds) {
		return nil, fmt.Errorf("it has %d values, and the table has %d columns", len(cells), len(kinds))
	}
	values := make([]any, len(cells))
	for i, cell := range cells {
		var err error
		if values[i], err = valueFromJSON(kinds[i], cell); err != nil {
			return nil, fmt.Errorf("value %d: %w", i+1, err)
		}
	}
	return values, nil
}

func valueFromJSON(kind string, cell []byte) (any, error) {
	if string(cell) == "null" {
		return nil, nil
	}
	switch kind {
	case kindInteger:
		return strconv.ParseInt(string(cell), 10, 64)
	case kindReal:
		return decoded[float64](cell)
	case kindBoolean:
		return strconv.ParseBool(string(cell))
	}
	if len(cell) > 0 && cell[0] == '{' {
		return rawFromJSON(kind, cell)
	}
	if kind == kindBytes {
		return nil, errors.New("it is no object with base64")
	}
	return decoded[string](cell)
}

func rawFromJSON(kind string, cell []byte) (any, error) {
	held, err := decoded[raw](cell)
	if err != nil {
		return nil, err
	}
	content, err := base64.StdEncoding.DecodeString(held.Base64)
	if err != nil {
		return nil, err
	}
	if kind == kindText {
		return string(content), nil
	}
	return content, nil
}

func decoded[T any](cell []byte) (T, error) {
	var value T
	err := json.Unmarshal(cell, &value)
	return value, err
}
