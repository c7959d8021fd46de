# Runs after `azd deploy`: gives a router that has no configuration its first one, and says how to call it.
# ROUTER_CONFIGURATION names a file to be the active configuration from now on; without it, a router keeps what it has.
. (Join-Path $PSScriptRoot 'common.ps1')

Assert-Setting 'AZURE_ENV_NAME', 'AZURE_KEY_VAULT_NAME', 'AZURE_SUBSCRIPTION_ID', 'ROUTER_URL'
$configure = Join-Path $PSScriptRoot 'configure.ps1'
$first = Join-Path $Root ".azure/$env:AZURE_ENV_NAME/router.json"
if ($env:ROUTER_CONFIGURATION) {
    Push-Location $Root
    try { & $configure $env:ROUTER_CONFIGURATION } finally { Pop-Location }
}
else {
    $answer = New-TemporaryFile
    try { $status = Wait-Admin 'GET' '' $answer @(200, 404) } finally { Remove-Item $answer }
    if ($status -eq 200) { Write-Host 'The router keeps its configuration. To change it: infra/hooks/configure.ps1 FILE' }
    elseif (Test-Path $first) { & $configure $first }
    else { Write-Host "The router has no configuration and there is no $first. Write one (docs/configuration.md), then: infra/hooks/configure.ps1 $first" }
}

Write-Host @"

The router is at $env:ROUTER_URL
Try it (the key stays in the key vault until you ask for it):

  `$key = az keyvault secret show --vault-name $env:AZURE_KEY_VAULT_NAME --name router-caller-key --query value --output tsv
  Invoke-RestMethod $env:ROUTER_URL/v1/chat/completions -Method Post -ContentType application/json -Headers @{ authorization = "Bearer `$key" } ``
    -Body '{"model":"auto","messages":[{"role":"user","content":"Hello"}]}'

"@
