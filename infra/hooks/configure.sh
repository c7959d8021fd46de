#!/bin/sh
# Makes a router.json the active configuration of the deployed router: configure.sh FILE. Also the way back to an older file.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

retry_seconds=${ROUTER_RETRY_SECONDS:-10}
retries=${ROUTER_RETRIES:-30}
[ "$#" = 1 ] || fail "which configuration? configure.sh FILE"
[ -f "$1" ] || fail "there is no $1"
need ROUTER_URL AZURE_KEY_VAULT_NAME
make_scratch
"$here/admin-header.sh" >"$scratch/header"

# A new app needs a moment to start and to read its secrets; what is wrong with the file does not mend itself.
tries=0
while :; do
  status=$(curl --silent --show-error --max-time 60 --config "$scratch/header" --header 'content-type: application/json' \
    --upload-file "$1" --request PUT --output "$scratch/answer" --write-out '%{http_code}' "$ROUTER_URL/v1/admin/configuration" 2>"$scratch/error") || status=000
  case "$status" in
    2*)
      printf 'The router runs on %s.\n' "$1"
      exit 0
      ;;
    400 | 409 | 412 | 413 | 422)
      cat "$scratch/answer" >&2
      printf '\n' >&2
      fail "the router refused $1 ($status)"
      ;;
  esac
  tries=$((tries + 1))
  if [ "$tries" -ge "$retries" ]; then
    cat "$scratch/error" >&2
    [ ! -f "$scratch/answer" ] || cat "$scratch/answer" >&2
    fail "no answer but $status from $ROUTER_URL/v1/admin/configuration after $tries tries; see \"The router does not start\" in docs/operations.md, then run this again"
  fi
  [ "$tries" -gt 1 ] || printf 'Waiting for the router to start ...\n'
  sleep "$retry_seconds"
done
