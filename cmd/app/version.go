package app

// Version is the version of this software (semantic versioning), as peers and clients are told.
const Version = "0.1.0"

// Repository is where the source is; "" while it is nowhere public.
const Repository = ""
