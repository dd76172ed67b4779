//! Components of pages, one per file.
