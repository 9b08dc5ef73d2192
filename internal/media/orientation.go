package media

import (
	"bytes"
	"encoding/binary"
)

// orientation reads how the camera was held, by the number that Exif has for that; 1 where the file does not say. Nothing
// else is read of the metadata.
func orientation(kind format, raw []byte) int {
	var exif []byte
	switch kind {
	case jpegFile:
		exif = exifOfJPEG(raw)
	case pngFile:
		exif = exifOfPNG(raw)
	case webpFile:
		exif = exifOfWebP(raw)
	}
	return orientationOf(exif)
}

// exifOfJPEG walks the segments before the pixels.
func exifOfJPEG(raw []byte) []byte {
	const app1, startOfScan = 0xe1, 0xda
	for at := 2; at+4 <= len(raw) && raw[at] == 0xff && raw[at+1] != startOfScan; {
		if raw[at+1] == 0xff { // a fill byte
			at++
			continue
		}
		length := int(binary.BigEndian.Uint16(raw[at+2:]))
		if length < 2 || at+2+length > len(raw) {
			return nil
		}
		body := raw[at+4 : at+2+length]
		if rest, ok := bytes.CutPrefix(body, []byte("Exif\x00\x00")); ok && raw[at+1] == app1 {
			return rest
		}
		at += 2 + length
	}
	return nil
}

func exifOfPNG(raw []byte) []byte {
	for at := 8; at+12 <= len(raw); {
		length := int(binary.BigEndian.Uint32(raw[at:]))
		kind := string(raw[at+4 : at+8])
		if kind == "IDAT" || length < 0 || length > len(raw)-at-12 {
			return nil
		}
		if kind == "eXIf" {
			return raw[at+8 : at+8+length]
		}
		at += 12 + length
	}
	return nil
}

func exifOfWebP(raw []byte) []byte {
	for at := 12; at+8 <= len(raw); {
		length := int(binary.LittleEndian.Uint32(raw[at+4:]))
		if length < 0 || length > len(raw)-at-8 {
			return nil
		}
		if string(raw[at:at+4]) == "EXIF" {
			return bytes.TrimPrefix(raw[at+8:at+8+length], []byte("Exif\x00\x00"))
		}
		at += 8 + length + length&1
	}
	return nil
}

// orientationOf reads tag 0x0112 of the first directory of a TIFF structure.
func orientationOf(tiff []byte) int {
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(tiff[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int(order.Uint32(tiff[4:]))
	if at < 8 || at+2 > len(tiff) {
		return 1
	}
	entries := int(order.Uint16(tiff[at:]))
	for i := range entries {
		entry := at + 2 + i*12
		if entry+12 > len(tiff) {
			return 1
		}
		if order.Uint16(tiff[entry:]) == 0x0112 {
			if how := int(order.Uint16(tiff[entry+8:])); how >= 1 && how <= 8 {
				return how
			}
			return 1
		}
	}
	return 1
}
