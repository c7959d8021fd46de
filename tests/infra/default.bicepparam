using '../../infra/main.bicep'

param environmentName = 'test'
param location = 'swedencentral'
param principalId = '33333333-3333-3333-3333-333333333333'
param currentMonth = '2026-01-01'
