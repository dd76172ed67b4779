//! The log of readings and what could not be taken.
