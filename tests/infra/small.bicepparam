using '../../infra/main.bicep'

param environmentName = 'test'
param location = 'swedencentral'
param principalId = '33333333-3333-3333-3333-333333333333'
param currentMonth = '2026-01-01'

param instanceMemoryMB = 512
param monthlyBudget = 0
param alertEmail = 'team@example.com'
param openAiLocation = 'eastus2'
param principalType = 'ServicePrincipal'
param vaultPurgeProtection = true
