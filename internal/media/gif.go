package media

import "bytes"

// cleanGIF copies a GIF without its comments and other people's extensions, and without what follows its end: an animation
// must keep moving, so that it is not written anew. Errors: Refusal for what is cut off or has too many frames.
func cleanGIF(raw []byte) ([]byte, error) {
	g := &gifCopy{from: raw}
	return g.all()
}

// countFrames errs as cleanGIF.
func countFrames(raw []byte) (int, error) {
	g := &gifCopy{from: raw}
	_, err := g.all()
	return g.frames, err
}

func (g *gifCopy) all() ([]byte, error) {
	raw := g.from
	if !g.copy(13) || !g.copy(tableSize(raw[10])) {
		return nil, errCutOff()
	}
	for {
		if g.at >= len(raw) {
			return nil, errCutOff()
		}
		switch raw[g.at] {
		case 0x3b: // the end
			g.out.WriteByte(0x3b)
			return g.out.Bytes(), nil
		case 0x2c: // a frame
			if g.frames++; g.frames > maxFrames {
				return nil, refuse("the animation has more than %d frames", maxFrames)
			}
			if !g.copyFrame() {
				return nil, errCutOff()
			}
		case 0x21: // an extension
			if !g.copyExtension() {
				return nil, errCutOff()
			}
		default:
			return nil, refuse("the GIF picture is damaged")
		}
	}
}

func errCutOff() error { return refuse("the GIF picture is cut off") }

type gifCopy struct {
	from   []byte
	at     int
	out    bytes.Buffer
	frames int
}

// tableSize gives the bytes of the colour table that a byte of flags announces.
func tableSize(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (1 + flags&7)
}

// copy takes the next n bytes; false when there are fewer.
func (g *gifCopy) copy(n int) bool {
	if g.at+n > len(g.from) {
		return false
	}
	g.out.Write(g.from[g.at : g.at+n])
	g.at += n
	return true
}

// blocks gives the length of a chain of blocks that begins at a place, with the empty one at its end; 0 when it has none.
func (g *gifCopy) blocks(at int) int {
	for length := 0; at+length < len(g.from); {
		n := int(g.from[at+length])
		length += 1 + n
		if n == 0 {
			return length
		}
	}
	return 0
}

func (g *gifCopy) copyFrame() bool {
	if g.at+10 > len(g.from) {
		return false
	}
	head := 10 + tableSize(g.from[g.at+9]) + 1 // with the size of the codes
	length := g.blocks(g.at + head)
	return length > 0 && g.copy(head+length)
}

// copyExtension keeps what tells when a frame shows and how often all of them do.
func (g *gifCopy) copyExtension() bool {
	length := g.blocks(g.at + 2)
	if length == 0 {
		return false
	}
	body := g.from[g.at+2 : g.at+2+length]
	const graphicControl, application = 0xf9, 0xff
	label := g.from[g.at+1]
	loops := label == application && (bytes.HasPrefix(body, []byte("\x0bNETSCAPE2.0")) || bytes.HasPrefix(body, []byte("\x0bANIMEXTS1.0")))
	switch {
	case label == graphicControl && length == 6, loops && length == 17:
		return g.copy(2 + length)
	}
	g.at += 2 + length
	return true
}
