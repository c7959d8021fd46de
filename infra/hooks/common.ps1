# What the hooks for Windows share. They do what the .sh files beside them do, step by step.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false

$Root = (Resolve-Path (Join-Path $PSScriptRoot '../..')).Path

function Assert-Setting([string[]]$Names) {
    foreach ($name in $Names) {
        if (-not [Environment]::GetEnvironmentVariable($name)) {
            throw "$name is not set; this runs as a hook of azd."
        }
    }
}

function Get-Number([string]$Name, [int]$Default) {
    $written = [Environment]::GetEnvironmentVariable($Name)
    if ($written) { [int]$written } else { $Default }
}

# Asks the router as its admin and answers with the status; 0 when there is no answer. The key stands in a file for curl, in no argument and no log.
function Send-Admin([string]$Method, [string]$File, [string]$AnswerFile) {
    $key = az keyvault secret show --vault-name $env:AZURE_KEY_VAULT_NAME --subscription $env:AZURE_SUBSCRIPTION_ID --name router-admin-key --query value --output tsv
    if ($LASTEXITCODE -ne 0) { throw "The admin key could not be read from the key vault $env:AZURE_KEY_VAULT_NAME." }
    $header = New-TemporaryFile
    try {
        Set-Content -Path $header -NoNewline -Value "header = `"authorization: Bearer $key`""
        $arguments = @('--silent', '--max-time', '60', '--config', $header, '--request', $Method, '--output', $AnswerFile, '--write-out', '%{http_code}')
        if ($File) { $arguments += @('--header', 'content-type: application/json', '--data-binary', "@$File") }
        $status = curl @arguments "$env:ROUTER_URL/v1/admin/configuration"
        if ($LASTEXITCODE -eq 0) { [int]$status } else { 0 }
    }
    finally {
        Remove-Item $header
    }
}

# Asks until the router answers with one of the statuses: a new app needs a moment to start and to read its secrets.
function Wait-Admin([string]$Method, [string]$File, [string]$AnswerFile, [int[]]$Statuses) {
    $retries = Get-Number 'ROUTER_RETRIES' 30
    for ($try = 1; $try -le $retries; $try++) {
        $status = Send-Admin $Method $File $AnswerFile
        if ($Statuses -contains $status) { return $status }
        if ($try -eq 1) { Write-Host 'Waiting for the router to start ...' }
        Start-Sleep -Seconds (Get-Number 'ROUTER_RETRY_SECONDS' 10)
    }
    throw "No answer but $status from $env:ROUTER_URL/v1/admin/configuration after $retries tries; see 'The router does not start' in docs/operations.md, then: azd hooks run postdeploy"
}
