package vocab

// MaxBytes is the size in bytes of the largest document that is read or written.
const MaxBytes = 1 << 20

// MaxDepth is how deep objects and arrays of a document may be nested.
const MaxDepth = 64

// Limits of what is kept of a document. What is beyond is cut off, the document stays valid; the exception is
// maxUsername, beyond which an actor is refused.
const (
	maxID          = 2048        // bytes of an id or address; longer ones are ignored
	maxTypes       = 16          // entries of a type array
	maxRefs        = 1000        // objects of one activity, owners of one object
	maxAddressees  = 1000        // entries of each of to, cc, audience
	maxTags        = 200         // mentions, hashtags, emoji of one object
	maxAttachments = 32          // files and links of one object
	maxFields      = 64          // profile fields of one actor
	maxOptions     = 100         // options of one poll
	maxLinks       = 64          // alternatives of one url
	maxLanguages   = 64          // languages of one actor or of one text
	maxKeys        = 10          // publicKey and, separately, assertionMethod entries of one actor
	maxPEM         = 16 << 10    // bytes of a key; longer ones are ignored
	maxItems       = 5000        // items of one collection page
	maxName        = 2048        // characters of a name, title, tag, field or description
	maxSummary     = 20 << 10    // bytes of a biography or content warning
	maxUsername    = 2048        // characters of a preferredUsername
	maxShort       = 255         // bytes of a media type, language tag, blurhash; longer ones are ignored
	maxCount       = 100_000_000 // any counter
	maxPixels      = 100_000     // width and height
	minYear        = 1900        // dates outside minYear..maxYear count as absent: they
	maxYear        = 2200        // also fit a count of nanoseconds since 1970
)
