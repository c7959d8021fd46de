# Runs after `azd provision`: makes the first keys and the starting configuration, each once. A second run changes nothing.
# No key is ever printed; they are in the key vault.
. (Join-Path $PSScriptRoot 'common.ps1')

Assert-Setting 'AZURE_ENV_NAME', 'AZURE_KEY_VAULT_NAME', 'AZURE_SUBSCRIPTION_ID'
if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
    throw 'The Azure CLI (az) is needed to write to the key vault: https://aka.ms/azure-cli, then az login'
}

# A role takes minutes to count, so a refusal is not the last word.
function Test-Secret([string]$Name) {
    $retries = Get-Number 'ROUTER_RETRIES' 20
    for ($try = 1; $try -le $retries; $try++) {
        $count = az keyvault secret list --vault-name $env:AZURE_KEY_VAULT_NAME --subscription $env:AZURE_SUBSCRIPTION_ID --query "length([?name=='$Name'])" --output tsv
        if ($LASTEXITCODE -eq 0) { return $count -ne '0' }
        if ($try -eq 1) { Write-Host 'Waiting for the right to read the key vault ...' }
        Start-Sleep -Seconds (Get-Number 'ROUTER_RETRY_SECONDS' 15)
    }
    throw "The key vault $env:AZURE_KEY_VAULT_NAME could not be read. You need the role Key Vault Secrets Officer on it (azd gives it to who provisions) and, with private endpoints, a machine inside the network."
}

function Confirm-Key([string]$Name) {
    if (Test-Secret $Name) {
        Write-Host "The secret $Name is there."
        return
    }
    # By file, because arguments of a process can be read by others on the machine.
    $file = New-TemporaryFile
    try {
        $key = [Convert]::ToHexString([Security.Cryptography.RandomNumberGenerator]::GetBytes(32)).ToLowerInvariant()
        Set-Content -Path $file -NoNewline -Value $key
        az keyvault secret set --vault-name $env:AZURE_KEY_VAULT_NAME --subscription $env:AZURE_SUBSCRIPTION_ID --name $Name --file $file --encoding utf-8 --output none
        if ($LASTEXITCODE -ne 0) { throw "The secret $Name could not be written to $env:AZURE_KEY_VAULT_NAME." }
    }
    finally {
        Remove-Item $file
    }
    Write-Host "Made the secret $Name."
}

Confirm-Key 'router-admin-key'
Confirm-Key 'router-caller-key'
Confirm-Key 'router-key-pepper'

$configuration = Join-Path $Root ".azure/$env:AZURE_ENV_NAME/router.json"
if (Test-Path $configuration) {
    Write-Host "Keeping $configuration."
}
elseif (-not $env:AZURE_OPENAI_ENDPOINT) {
    Write-Host "There is no Azure OpenAI account of its own. Write $configuration for your own models (docs/configuration.md) before azd deploy."
    exit 0
}
else {
    $text = Get-Content (Join-Path $Root 'infra/router.template.json') -Raw
    foreach ($name in 'AZURE_OPENAI_ENDPOINT', 'AZURE_OPENAI_LOCATION') { $text = $text.Replace("@$name@", [Environment]::GetEnvironmentVariable($name)) }
    foreach ($name in 'CHEAP_MODEL', 'CHEAP_CAPACITY', 'STRONG_MODEL', 'STRONG_CAPACITY') { $text = $text.Replace("@$name@", [Environment]::GetEnvironmentVariable("AZURE_OPENAI_$name")) }
    New-Item -ItemType Directory -Force (Split-Path $configuration) | Out-Null
    Set-Content -Path $configuration -NoNewline -Value $text
    Write-Host "Wrote $configuration."
    if ("$env:AZURE_OPENAI_CHEAP_MODEL $env:AZURE_OPENAI_STRONG_MODEL" -ne 'gpt-5.4-mini gpt-5.4') {
        Write-Host "Its prices, windows, qualities and parameters are those of gpt-5.4-mini and gpt-5.4: put in those of $env:AZURE_OPENAI_CHEAP_MODEL and $env:AZURE_OPENAI_STRONG_MODEL."
    }
}

# The command line has no key vault: for checking, a stand-in takes the place of its secrets.
$standIn = New-TemporaryFile
try {
    Set-Content -Path $standIn -NoNewline -Value ((Get-Content $configuration -Raw) -replace '"keyvault:[^"]*"', '"env:ROUTER_STANDIN"')
    $env:ROUTER_STANDIN = 'stands-in-for-a-secret'
    dotnet run --project (Join-Path $Root 'src/ServerlessRouter.LocalHost') -- validate $standIn
    if ($LASTEXITCODE -ne 0) { throw "$configuration is not valid; mend it and run azd provision again." }
}
finally {
    Remove-Item $standIn
}
