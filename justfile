# Recipes for working on GreenGrid. `just` lists them.

_default:
    @just --list --unsorted

# Start the demo from the present sources
dev *options:
    cargo run -- demo {{ options }}

# Bring the database in DATABASE_URL to the present schema
migrate *options:
    cargo run -- migrate {{ options }}

# Check every statement against the schema anew; run after touching a query or migration
prepare:
    .ci/sqlx-metadata write

# Run every test; further words select some
test *words:
    cargo test --workspace {{ words }}

# Everything that finds fault without running anything
lint:
    cargo fmt --all --check
    .ci/sqlx-metadata check

# Mend what can be mended by machine
fix:
    cargo clippy --workspace --all-targets --fix --allow-dirty --allow-staged
    cargo fmt --all

# Measure; docs/benchmarks.md tells what and why
bench *options:
    cargo bench -p greengrid-http --bench load -- {{ options }}

# What dependencies bring along: licences, advisories, second versions (needs cargo-deny)
deny:
    cargo deny --config .deny.toml check

# Everything that CI runs
ci:
    .ci/run
