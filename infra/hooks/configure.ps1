# Makes a router.json the active configuration of the deployed router: configure.ps1 FILE. Also the way back to an older file.
param([Parameter(Mandatory)][string]$File)
. (Join-Path $PSScriptRoot 'common.ps1')

if (-not (Test-Path $File)) { throw "There is no $File." }
Assert-Setting 'ROUTER_URL', 'AZURE_KEY_VAULT_NAME', 'AZURE_SUBSCRIPTION_ID'
$answer = New-TemporaryFile
try {
    $status = Wait-Admin 'PUT' $File $answer @(200, 400, 409, 412, 413, 422)
    if ($status -ne 200) {
        Write-Host (Get-Content $answer -Raw)
        throw "The router refused $File ($status)."
    }
    Write-Host "The router runs on $File."
}
finally {
    Remove-Item $answer
}
