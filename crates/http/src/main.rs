//! The command line of GreenGrid.

fn main() {}
