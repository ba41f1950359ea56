# make demo: sets up, builds, and starts the portal with a local tenant; prints one URL.
# make test: sets up and runs every test.   make lint: formats, clippy, dependency and style checks.
# make bench: how fast a push to 1,000 apps is, beside azure-cli and msgraph-sdk, and the credential search over 100,000.
SHELL := bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.PHONY: demo test lint bench clean

demo:
	.ci/setup.sh wasm
	.ci/build.sh
	exec target/release/thumbprint demo $(DEMO)

test:
	.ci/setup.sh wasm test
	. .tools/env.sh
	.ci/build.sh site
	THUMBPRINT_TEST_POSTGRES=$$(.ci/postgres.sh start); export THUMBPRINT_TEST_POSTGRES
	trap '$(CURDIR)/.ci/postgres.sh stop' EXIT
	cargo nextest run --workspace
	THUMBPRINT_TEST_ON=postgres cargo nextest run -p server -E 'binary(desk)'
	cargo nextest run -p domain --features pkcs12 -E 'test(pfx)'
	cargo test --workspace --doc
	CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner cargo test -p domain --features pkcs12 --target wasm32-unknown-unknown --test wasm
	cargo build -p server
	cd end2end && npx playwright test

lint:
	.ci/setup.sh wasm lint
	. .tools/env.sh
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo clippy -p domain --features pkcs12 --target wasm32-unknown-unknown --lib --test wasm -- -D warnings
	cargo clippy -p app --lib --target wasm32-unknown-unknown --no-default-features --features hydrate -- -D warnings
	cargo deny check licenses bans sources
	# The advisory database is on GitHub. Where it cannot be fetched, that check is not made, and said so.
	if cargo deny fetch db; then cargo deny check advisories
	else echo "NOT CHECKED: security advisories; their database could not be fetched from here." >&2; fi
	cd end2end && npm run --silent lint

bench:
	.ci/setup.sh bench
	. .tools/env.sh
	cargo bench -p server --bench search --bench push

clean:
	rm -rf target .tools end2end/node_modules end2end/test-results
