//! People, sessions and tokens.
