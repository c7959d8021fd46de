#!/bin/sh
# Runs after `azd provision`: makes the first keys and the starting configuration, each once. A second run changes nothing.
# No key is ever printed; they are in the key vault.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/common.sh"

retry_seconds=${ROUTER_RETRY_SECONDS:-15}
retries=${ROUTER_RETRIES:-20}
need AZURE_ENV_NAME AZURE_KEY_VAULT_NAME AZURE_SUBSCRIPTION_ID
command -v az >/dev/null 2>&1 || fail "the Azure CLI (az) is needed to write to the key vault: https://aka.ms/azure-cli, then az login"
make_scratch

# How many secrets of the name there are. A role takes minutes to count, so a refusal is not the last word.
count_secret() {
  tries=0
  until az keyvault secret list --vault-name "$AZURE_KEY_VAULT_NAME" --subscription "$AZURE_SUBSCRIPTION_ID" \
    --query "length([?name=='$1'])" --output tsv >"$scratch/count" 2>"$scratch/error"; do
    tries=$((tries + 1))
    if [ "$tries" -ge "$retries" ]; then
      cat "$scratch/error" >&2
      fail "the key vault $AZURE_KEY_VAULT_NAME could not be read. You need the role Key Vault Secrets Officer on it (azd gives it to who provisions) and, with private endpoints, a machine inside the network."
    fi
    [ "$tries" -gt 1 ] || printf 'Waiting for the right to read the key vault ...\n' >&2
    sleep "$retry_seconds"
  done
  cat "$scratch/count"
}

ensure_key() {
  count_secret "$1" >"$scratch/found"
  if [ "$(cat "$scratch/found")" != 0 ]; then
    printf 'The secret %s is there.\n' "$1"
    return
  fi
  # By file, because arguments of a process can be read by others on the machine.
  od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$scratch/key"
  az keyvault secret set --vault-name "$AZURE_KEY_VAULT_NAME" --subscription "$AZURE_SUBSCRIPTION_ID" --name "$1" \
    --file "$scratch/key" --encoding utf-8 --output none || fail "the secret $1 could not be written to $AZURE_KEY_VAULT_NAME"
  rm -f "$scratch/key"
  printf 'Made the secret %s.\n' "$1"
}

ensure_key router-admin-key
ensure_key router-caller-key
ensure_key router-key-pepper

configuration=$root/.azure/$AZURE_ENV_NAME/router.json
if [ -f "$configuration" ]; then
  printf 'Keeping %s.\n' "$configuration"
elif [ -z "${AZURE_OPENAI_ENDPOINT:-}" ]; then
  printf 'There is no Azure OpenAI account of its own. Write %s for your own models (docs/configuration.md) before azd deploy.\n' "$configuration"
  exit 0
else
  mkdir -p "$(dirname "$configuration")"
  sed -e "s|@AZURE_OPENAI_ENDPOINT@|$AZURE_OPENAI_ENDPOINT|g" -e "s|@AZURE_OPENAI_LOCATION@|$AZURE_OPENAI_LOCATION|g" \
    -e "s|@CHEAP_MODEL@|$AZURE_OPENAI_CHEAP_MODEL|g" -e "s|@CHEAP_CAPACITY@|$AZURE_OPENAI_CHEAP_CAPACITY|g" \
    -e "s|@STRONG_MODEL@|$AZURE_OPENAI_STRONG_MODEL|g" -e "s|@STRONG_CAPACITY@|$AZURE_OPENAI_STRONG_CAPACITY|g" \
    "$root/infra/router.template.json" >"$configuration"
  printf 'Wrote %s.\n' "$configuration"
  case "$AZURE_OPENAI_CHEAP_MODEL $AZURE_OPENAI_STRONG_MODEL" in
    "gpt-5.4-mini gpt-5.4") ;;
    *) printf 'Its prices, windows, qualities and parameters are those of gpt-5.4-mini and gpt-5.4: put in those of %s and %s.\n' "$AZURE_OPENAI_CHEAP_MODEL" "$AZURE_OPENAI_STRONG_MODEL" ;;
  esac
fi

# The command line has no key vault: for checking, a stand-in takes the place of its secrets.
sed 's/"keyvault:[^"]*"/"env:ROUTER_STANDIN"/g' "$configuration" >"$scratch/router.json"
ROUTER_STANDIN=stands-in-for-a-secret dotnet run --project "$root/src/ServerlessRouter.LocalHost" -- validate "$scratch/router.json" \
  || fail "$configuration is not valid; mend it and run azd provision again"
