#!/usr/bin/env bash
# postgres.sh start|stop|restart [NAME]: a PostgreSQL for tests, private to this checkout: it listens on a socket in a folder
# that is its owner's alone, keeps nothing across a power cut, and goes when stopped. `start` prints its URL, and does nothing
# where it runs:  export THUMBPRINT_TEST_POSTGRES=$(.ci/postgres.sh start)
# With a NAME it is another one, which a test has to itself, and whose commits outlive a crash. `restart` ends it at once, as
# a crash does, and starts it again.
set -euo pipefail
cd "$(dirname "$0")/.."
# Sockets' paths are short, and root's checkout may be where the user postgres cannot look.
folder=${TMPDIR:-/tmp}/thumbprint-postgres-$(id -u)-$(pwd | cksum | cut -d' ' -f1)${2:+-$2}
initdb=$(command -v initdb || ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null | sort -V | tail -1)
[ -n "$initdb" ] || { echo "postgres.sh: PostgreSQL is missing; .ci/setup.sh test installs it." >&2; exit 1; }
bin=$(dirname "$(readlink -f "$initdb")")
# PostgreSQL does not run as root.
user=(); [ "$(id -u)" != 0 ] || user=(setpriv --reuid=postgres --regid=postgres --init-groups env -u HOME)
run() { (cd / && "${user[@]}" "$@"); }
running() { [ -d "$folder/data" ] && run "$bin/pg_ctl" --pgdata="$folder/data" status >/dev/null 2>&1; }

case ${1:-} in
start)
  exec 9>"$folder.lock"; flock 9
  if ! running; then
    rm -rf "$folder"
    mkdir -m 700 "$folder"
    [ "$(id -u)" != 0 ] || chown postgres: "$folder"
    run "$bin/initdb" --pgdata="$folder/data" --username=postgres --auth=trust --encoding=UTF8 --no-sync >/dev/null
    run "$bin/pg_ctl" --pgdata="$folder/data" --log="$folder/log" --wait start >&2 9>&- -o "-c listen_addresses='' \
      -c unix_socket_directories='$folder' -c max_connections=400 -c fsync=off -c full_page_writes=off -c synchronous_commit=$([ -n "${2:-}" ] && echo on || echo off)"
  fi
  echo "postgres://postgres@localhost/postgres?host=$folder"
  ;;
stop)
  if running; then run "$bin/pg_ctl" --pgdata="$folder/data" --mode=immediate stop >&2; fi
  rm -rf "$folder" "$folder.lock"
  ;;
restart) run "$bin/pg_ctl" --pgdata="$folder/data" --log="$folder/log" --mode=immediate --wait restart >&2 ;;
*) echo "postgres.sh start|stop|restart [NAME]" >&2; exit 2 ;;
esac
