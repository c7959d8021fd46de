#!/bin/sh
# Runs after `azd deploy`: gives a router that has no configuration its first one, and says how to call it.
# ROUTER_CONFIGURATION names a file to be the active configuration from now on; without it, a router keeps what it has.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

retry_seconds=${ROUTER_RETRY_SECONDS:-10}
retries=${ROUTER_RETRIES:-30}
need AZURE_ENV_NAME AZURE_KEY_VAULT_NAME ROUTER_URL
make_scratch

# 200: it has a configuration. 404: it has none. Anything else: it is still starting, or something is wrong.
ask_whether_configured() {
  "$here/admin-header.sh" >"$scratch/header"
  tries=0
  while :; do
    status=$(curl --silent --show-error --max-time 60 --config "$scratch/header" --output "$scratch/answer" --write-out '%{http_code}' \
      "$ROUTER_URL/v1/admin/configuration" 2>"$scratch/error") || status=000
    case "$status" in 200 | 404) return ;; esac
    tries=$((tries + 1))
    if [ "$tries" -ge "$retries" ]; then
      cat "$scratch/error" >&2
      fail "no answer but $status from $ROUTER_URL/v1/admin/configuration after $tries tries; see \"The router does not start\" in docs/operations.md, then: azd hooks run postdeploy"
    fi
    [ "$tries" -gt 1 ] || printf 'Waiting for the router to start ...\n'
    sleep "$retry_seconds"
  done
}

first=$root/.azure/$AZURE_ENV_NAME/router.json
if [ -n "${ROUTER_CONFIGURATION:-}" ]; then
  (cd "$root" && "$here/configure.sh" "$ROUTER_CONFIGURATION")
else
  ask_whether_configured
  if [ "$status" = 200 ]; then
    printf 'The router keeps its configuration. To change it: infra/hooks/configure.sh FILE\n'
  elif [ -f "$first" ]; then
    "$here/configure.sh" "$first"
  else
    printf 'The router has no configuration and there is no %s. Write one (docs/configuration.md), then: infra/hooks/configure.sh %s\n' "$first" "$first"
  fi
fi

cat <<EOF

The router is at $ROUTER_URL
Try it (the key stays in the key vault until you ask for it):

  KEY=\$(az keyvault secret show --vault-name $AZURE_KEY_VAULT_NAME --name router-caller-key --query value --output tsv)
  curl $ROUTER_URL/v1/chat/completions -H "authorization: Bearer \$KEY" -H 'content-type: application/json' \\
    -d '{"model":"auto","messages":[{"role":"user","content":"Hello"}]}'

EOF
