# make demo: sets up, builds, and starts the portal with a local tenant; prints one URL.
# make test: sets up and runs every test.   make lint: formats, clippy, dependency and style checks.
# make fuzz: mutated files and answers into every parser, ten minutes each (SECONDS_EACH=600).
# make histories: the push against 1,000,000 random histories and against every one of three deviations; docs/ARCHITECTURE.md.
# make repeat: the built tests again and again beside a busy core; see .ci/repeat.sh.
# make bad-days: disk full, database locked or started anew, tenant frozen, clock off, SIGKILL …, each in a push of 200 apps.
# make soak: 500 people beside a push of 1,000 apps and beside strangers who want the portal to stop; docs/PERFORMANCE.md.
# make notices COUNT=10000: due notices to receivers that are well, slow, busy and down, with SIGKILL in the middle.
# make mornings APPS=100000 PEOPLE=50 SECONDS_EACH=120: how long pages take over a directory of that size, on both databases.
# make first-load: what a first page costs on the wire, when it answers on a slow line, and how soon a dropped file is read.
# make lighthouse: Lighthouse's scores, the middle of three runs, on desktop and mobile.
# make other-browsers: the main path in Firefox and WebKit, which it installs where apt-get can.
# make pictures: the pictures in docs/pictures anew, out of the demo company. Look at them before you commit them.
# make sbom: what is linked into what is shipped, as CycloneDX, in target/sbom.
# make reproducible: builds the release twice, in two folders, and compares the bytes of what is shipped.
# make bench: parsers against hostile input of 1 KB to 1 MB; the credential search, the inventory's questions and a pass over 100,000;
# how soon the local tenant has 100,000 objects; how fast a push to 1,000 apps is, beside azure-cli and msgraph-sdk.
SHELL := bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
.PHONY: demo test lint fuzz histories repeat bad-days soak notices mornings bench first-load lighthouse other-browsers pictures sbom reproducible clean
STEP := .ci/step.sh
# Of make's -j, Cargo would take what is left of it for its own.
unexport MAKEFLAGS MFLAGS
# `make lint test` compiles what it tests, the browser's half as well, with clippy's driver, which finds what `cargo clippy` finds:
# one compilation of it all instead of two. As cargo clippy does it; CLIPPY_ARGS are separated by that word.
ifneq (,$(and $(filter lint,$(MAKECMDGOALS)),$(filter test,$(MAKECMDGOALS))))
LINTED := RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__
endif

demo:
	.ci/setup.sh wasm
	.ci/build.sh --debug
	exec target/debug/thumbprint demo $(DEMO)

# The order matters: each step uses what the ones before it have compiled. The tests' build makes the executable as well,
# which Playwright starts.
test:
	.ci/setup.sh wasm
	. .tools/env.sh
	trap 'kill $$(jobs -p) 2>/dev/null || true; $(CURDIR)/.ci/postgres.sh stop' EXIT
	# Downloads, for the most part.
	$(STEP) "tools to test with, while all is compiled" .ci/setup.sh wasm test & tools=$$!
	# The server takes these folders' real paths when it is compiled.
	mkdir -p target/site/pkg target/site/packed
	$(STEP) "the browser's half, while the tests are compiled" env $(LINTED) .ci/build.sh compiled & browser=$$!
	# With the libraries' features of all of it, so that what it needs is not compiled a second time for the tests.
	$(STEP) "what packs the site" env $(LINTED) cargo build --quiet --workspace --bin pack
	# First what has an executable of the same name, without the demo.
	[ -z "$(LINTED)" ] || $(STEP) "clippy of the benches and without the demo, compiled" env $(LINTED) .ci/clippy.sh
	wait $$browser
	PACKER=target/debug/pack $(STEP) "the site, packed" .ci/build.sh packed & site=$$!
	$(STEP) "the tests, compiled" env $(LINTED) cargo test --workspace --no-run --quiet
	wait $$site; wait $$tools; . .tools/env.sh
	THUMBPRINT_TEST_POSTGRES=$$(.ci/postgres.sh start); export THUMBPRINT_TEST_POSTGRES
	# More than there are cores: many tests wait for something most of the time.
	export NEXTEST_TEST_THREADS=$$(($$(nproc) + 2))
	$(STEP) "tests" env $(LINTED) cargo nextest run --workspace
	THUMBPRINT_TEST_ON=postgres $(STEP) "tests of the desk on PostgreSQL" \
	  env $(LINTED) cargo nextest run --workspace -E 'package(thumbprint) & binary(desk)'
	$(STEP) "tests in documentation" env $(LINTED) cargo test --workspace --doc
	$(STEP) "tests in Chromium" .ci/chromium.sh

lint:
	.ci/setup.sh wasm lint
	. .tools/env.sh
	$(STEP) "rustfmt" cargo fmt --all --check
	[ -n "$(LINTED)" ] || $(STEP) "clippy" .ci/clippy.sh
	[ -n "$(LINTED)" ] || $(STEP) "clippy of the browser's half" .ci/clippy.sh browser
	$(STEP) "what the server is made of" .ci/without-keys.sh
	$(STEP) "cargo-deny" cargo deny check licenses bans sources
	# The advisory database is on GitHub. Where it cannot be fetched, that check is not made, and said so.
	if cargo deny fetch db; then cargo deny check advisories
	else echo "NOT CHECKED: security advisories; their database could not be fetched from here." >&2; fi
	cd end2end && ../$(STEP) "TypeScript and styles" npm run --silent lint

# One after the other, so that each has a core to itself.
fuzz:
	.ci/setup.sh test
	. .tools/env.sh
	export FUZZ_SECONDS=$${SECONDS_EACH:-600}
	cargo test --profile long -p domain --test fuzz -- --test-threads 1 --nocapture
	cargo test --profile long -p keys --test keys fuzz -- --test-threads 1 --nocapture
	cargo test -p server --lib graph::fuzz -- --test-threads 1 --nocapture

# Every history of DEVIATIONS deviations, and CASES random ones; in the suite it is 2, and 2,500.
histories:
	. .tools/env.sh
	DEVIATIONS=$${DEVIATIONS:-3} PROPTEST_CASES=$${CASES:-1000000} \
	  cargo test --profile long -p domain --test histories -- --nocapture

# make repeat RUNS=10 TIMES=200
repeat:
	.ci/repeat.sh $(RUNS) $(TIMES)

# make bad-days APPS=200 SECONDS_EACH=20 SEED=1: the seed is of the order of troubles and of their moments, and is printed.
bad-days:
	.ci/setup.sh wasm test
	. .tools/env.sh
	.ci/build.sh site
	export BAD_DAY_APPS=$${APPS:-200} BAD_DAY_SECONDS=$${SECONDS_EACH:-20} BAD_DAY_SEED=$${SEED:-$$RANDOM}
	cargo test -p thumbprint --test endurance bad_day -- --test-threads 1 --nocapture

# make soak PEOPLE=500 SECONDS_EACH=300: with strangers elsewhere, which people must not notice, and then at people's own address.
soak:
	.ci/setup.sh wasm test
	. .tools/env.sh
	.ci/build.sh site
	ulimit -n 20000
	export SOAK_PEOPLE=$${PEOPLE:-500} SOAK_SECONDS=$${SECONDS_EACH:-300} SOAK_APPS=$${APPS:-1000} SOAK_THOUGHT_MS=2000
	export SOAK_UNREAD=6 SOAK_HALF_OPEN=500 SOAK_UPLOADS=4 SOAK_P99_MS=500 SOAK_MIB=250 SOAK_MIB_LEFT=20
	cargo test --release -p thumbprint --test endurance soak -- --test-threads 1 --nocapture --include-ignored

# By the machine's own clock: what is down is left alone for five minutes.
notices:
	.ci/setup.sh wasm test
	. .tools/env.sh
	.ci/build.sh site
	export NOTICES_COUNT=$${COUNT:-10000} NOTICES_SLOW_MS=1000 NOTICES_SECONDS=60 NOTICES_MIB=150
	cargo test -p thumbprint --test endurance many_due_notices -- --test-threads 1 --nocapture

# By the portal's own log. With the dev profile a page takes several times as long.
mornings:
	.ci/setup.sh wasm test
	. .tools/env.sh
	.ci/build.sh site
	ulimit -n 20000
	export MORNING_APPS=$${APPS:-100000} MORNING_PEOPLE=$${PEOPLE:-50} MORNING_SECONDS=$${SECONDS_EACH:-120} MORNING_THOUGHT_MS=2000
	export MORNING_P99_MS=30 MORNING_MIB=200
	cargo test --release -p thumbprint --test endurance morning -- --test-threads 1 --nocapture

first-load:
	.ci/setup.sh wasm test
	. .tools/env.sh
	.ci/build.sh site
	.ci/build.sh --debug server
	cd end2end && npx playwright test --config bench.config.ts first-load drop

lighthouse:
	.ci/setup.sh wasm test
	. .tools/env.sh
	.ci/build.sh site
	.ci/build.sh --debug server
	cd end2end && npx playwright test --config bench.config.ts lighthouse

other-browsers:
	.ci/setup.sh wasm test browsers
	. .tools/env.sh
	.ci/build.sh site
	.ci/build.sh --debug server
	# WebKit's browser has no way to run without a screen.
	cd end2end && xvfb-run --auto-servernum npx playwright test --config other-browsers.config.ts

bench:
	.ci/setup.sh test bench
	. .tools/env.sh
	THUMBPRINT_TEST_POSTGRES=$$(.ci/postgres.sh start); export THUMBPRINT_TEST_POSTGRES
	trap '$(CURDIR)/.ci/postgres.sh stop' EXIT
	cargo bench -p keys --bench linear
	cargo bench -p thumbprint --bench search --bench inventory --bench sync --bench tenant --bench push

pictures:
	.ci/setup.sh wasm test
	. .tools/env.sh
	.ci/build.sh --debug site
	.ci/build.sh --debug server
	cd end2end && PICTURES=../docs/pictures npx playwright test --project pictures

sbom:
	.ci/setup.sh wasm sbom
	.ci/sbom.sh

reproducible:
	.ci/setup.sh wasm
	.ci/reproducible.sh

clean:
	rm -rf target .tools end2end/node_modules end2end/test-results
