#!/bin/sh
# Prints the admin key as a line for `curl --config`, so that the key stands in no argument and no log. For the scripts beside it.
set -eu

key=$(az keyvault secret show --vault-name "$AZURE_KEY_VAULT_NAME" ${AZURE_SUBSCRIPTION_ID:+--subscription "$AZURE_SUBSCRIPTION_ID"} \
  --name router-admin-key --query value --output tsv)
printf 'header = "authorization: Bearer %s"\n' "$key"
