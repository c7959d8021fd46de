# shellcheck shell=sh disable=SC2034
# What the scripts beside this one share; each reads it first.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

fail() {
  printf '%s: %s\n' "$(basename "$0" .sh)" "$1" >&2
  exit 1
}

# Values come from azd's environment.
need() {
  for name in "$@"; do
    eval "value=\${$name:-}"
    [ -n "$value" ] || fail "$name is not set; run this as a hook of azd, or after: eval \"\$(azd env get-values | sed 's/^/export /')\""
  done
}

# A folder for what must not stay: $scratch.
make_scratch() {
  umask 077
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  trap 'exit 130' INT TERM
}
