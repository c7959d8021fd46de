// Everything the router needs in a subscription of your own. `azd up` runs this and then publishes src/ServerlessRouter.Functions; docs/deploy.md
// says what each parameter costs and changes.
targetScope = 'subscription'

@description('Name of the azd environment; names and tags derive from it.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of everything but, if you say so, the models. The list is where Flex Consumption is offered.')
@allowed([
  'australiaeast'
  'australiasoutheast'
  'brazilsouth'
  'canadacentral'
  'centralindia'
  'centralus'
  'eastasia'
  'eastus'
  'eastus2'
  'francecentral'
  'germanywestcentral'
  'italynorth'
  'japaneast'
  'koreacentral'
  'northcentralus'
  'northeurope'
  'norwayeast'
  'southafricanorth'
  'southcentralus'
  'southeastasia'
  'southindia'
  'spaincentral'
  'swedencentral'
  'uaenorth'
  'uksouth'
  'ukwest'
  'westcentralus'
  'westeurope'
  'westus'
  'westus2'
  'westus3'
])
@metadata({
  azd: {
    type: 'location'
  }
})
param location string

@description('Object id of the person or service that deploys; gets the data roles that local runs and the hooks need. Empty for none.')
param principalId string = deployer().objectId

@description('What the deployer is.')
@allowed([
  'User'
  'ServicePrincipal'
])
param principalType string = 'User'

@description('Memory of an instance. 2048 MB comes with one core, 512 MB with a quarter of one.')
@allowed([
  512
  2048
  4096
])
param instanceMemoryMB int = 2048

@description('Most instances there may be; bounds the bill, and how far limits may be overshot.')
@minValue(1)
@maxValue(1000)
param maximumInstanceCount int = 40

@description('Requests one instance has in flight before another is started. Waiting for a model costs memory, not CPU: one core stays about half busy at 250.')
@minValue(1)
@maxValue(1000)
param httpConcurrency int = 250

@description('HTTP instances that are always there. 0 scales to zero and starts cold; each one is billed while idle.')
@minValue(0)
@maxValue(20)
param httpAlwaysReadyInstances int = 0

@description('Durable instances that are always there, for batches that must start at once.')
@minValue(0)
@maxValue(20)
param durableAlwaysReadyInstances int = 0

@description('Spread instances and storage over zones; only where the region has them.')
param zoneRedundant bool = false

@description('Storage, key vault and models only by private endpoints.')
param networkIsolated bool = false

@description('The router itself only by a private endpoint. Needs networkIsolated, and a deployer inside the network.')
param inboundPrivate bool = false

@description('Create an Azure OpenAI account with a cheap and a strong model. False when you bring your own.')
param openAiEnabled bool = true

@description('Region of the models; empty for that of everything else.')
param openAiLocation string = ''

@description('Where prompts may be processed: anywhere, in the data zone, or in the region alone.')
@allowed([
  'GlobalStandard'
  'DataZoneStandard'
  'Standard'
])
param openAiSku string = 'GlobalStandard'

@description('The cheap model.')
param cheapModelName string = 'gpt-5.4-mini'

@description('Its version.')
param cheapModelVersion string = '2026-03-17'

@description('Its quota in thousands of tokens a minute.')
@minValue(1)
param cheapModelCapacity int = 100

@description('The strong model.')
param strongModelName string = 'gpt-5.4'

@description('Its version.')
param strongModelVersion string = '2026-03-05'

@description('Its quota in thousands of tokens a minute.')
@minValue(1)
param strongModelCapacity int = 50

@description('Days after which files of batches are deleted.')
@minValue(1)
@maxValue(3650)
param fileRetentionDays int = 30

@description('Days that logs are kept; the first 31 cost nothing.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Gigabytes of logs a day after which no more are taken in that day; -1 for no cap.')
param logDailyQuotaGb int = 1

@description('Where alerts and the budget write to. Empty: alerts only show in the portal, the budget writes to the owners.')
param alertEmail string = ''

@description('Budget of the resource group a month, in the currency of the subscription; 0 for none.')
@minValue(0)
param monthlyBudget int = 100

@description('Spend on models in 24 hours, by the prices in router.json, in USD, above which an alert is raised. Counts models outside Azure too.')
@minValue(1)
param dailyModelSpendUsd int = 20

@description('First day of the budget. It cannot change once there is a budget, so azd keeps the first one in its environment.')
param budgetStartDate string = ''

@description('Not to be set: the month of this deployment.')
param currentMonth string = utcNow('yyyy-MM-01')

@description('Keep a deleted vault until its 7 days are over, whatever is asked. Cannot be turned off again, and the names stay taken.')
param vaultPurgeProtection bool = false

var abbreviations = loadJsonContent('abbreviations.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var tags = {
  'azd-env-name': environmentName
}
var modelLocation = empty(openAiLocation) ? location : openAiLocation
var budgetStart = empty(budgetStartDate) ? currentMonth : budgetStartDate

resource group 'Microsoft.Resources/resourceGroups@2024-11-01' = {
  name: '${abbreviations.resourceGroup}${environmentName}'
  location: location
  tags: tags
}

module identity 'shared/identity.bicep' = {
  name: 'identity'
  scope: group
  params: {
    name: '${abbreviations.managedIdentity}${token}'
    location: location
    tags: tags
  }
}

module monitoring 'shared/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: '${abbreviations.logAnalytics}${token}'
    componentName: '${abbreviations.applicationInsights}${token}'
    location: location
    tags: tags
    retentionDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
  }
}

module storage 'shared/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    name: '${abbreviations.storageAccount}${token}'
    location: location
    tags: tags
    zoneRedundant: zoneRedundant
    publicAccess: !networkIsolated
    fileRetentionDays: fileRetentionDays
  }
}

module vault 'shared/key-vault.bicep' = {
  name: 'vault'
  scope: group
  params: {
    name: '${abbreviations.keyVault}${token}'
    location: location
    tags: tags
    publicAccess: !networkIsolated
    purgeProtection: vaultPurgeProtection
    workspaceId: monitoring.outputs.workspaceId
  }
}

module openAi 'shared/openai.bicep' = if (openAiEnabled) {
  name: 'openai'
  scope: group
  params: {
    name: '${abbreviations.openAi}${token}'
    location: modelLocation
    tags: tags
    publicAccess: !networkIsolated
    skuName: openAiSku
    models: [
      {
        deployment: 'cheap'
        name: cheapModelName
        version: cheapModelVersion
        capacity: cheapModelCapacity
      }
      {
        deployment: 'strong'
        name: strongModelName
        version: strongModelVersion
        capacity: strongModelCapacity
      }
    ]
  }
}

module roles 'app/roles.bicep' = {
  name: 'roles'
  scope: group
  params: {
    storageAccountName: storage.outputs.name
    vaultName: vault.outputs.name
    componentName: monitoring.outputs.componentName
    openAiName: openAi.?outputs.name ?? ''
    appPrincipalId: identity.outputs.principalId
    deployerPrincipalId: principalId
    deployerPrincipalType: principalType
  }
}

module network 'app/network.bicep' = if (networkIsolated) {
  name: 'network'
  scope: group
  params: {
    name: '${abbreviations.virtualNetwork}${token}'
    location: location
    tags: tags
  }
}

module dataEndpoints 'app/private-endpoints.bicep' = if (networkIsolated) {
  name: 'data-endpoints'
  scope: group
  params: {
    location: location
    tags: tags
    networkId: network.?outputs.id ?? ''
    subnetId: network.?outputs.endpointSubnetId ?? ''
    namePrefix: abbreviations.privateEndpoint
    targets: concat(
      [
        {
          name: 'blob'
          resourceId: storage.outputs.id
          zone: 'privatelink.blob.${environment().suffixes.storage}'
        }
        {
          name: 'queue'
          resourceId: storage.outputs.id
          zone: 'privatelink.queue.${environment().suffixes.storage}'
        }
        {
          name: 'table'
          resourceId: storage.outputs.id
          zone: 'privatelink.table.${environment().suffixes.storage}'
        }
        {
          name: 'vault'
          resourceId: vault.outputs.id
          zone: 'privatelink.vaultcore.azure.net'
        }
      ],
      openAiEnabled
        ? [
            {
              name: 'account'
              resourceId: openAi.?outputs.id ?? ''
              zone: 'privatelink.openai.azure.com'
            }
          ]
        : []
    )
  }
}

module router 'app/function-app.bicep' = {
  name: 'router'
  scope: group
  // The app reads storage and secrets as soon as it starts.
  dependsOn: [
    roles
    dataEndpoints
  ]
  params: {
    name: '${abbreviations.functionApp}${token}'
    planName: '${abbreviations.appServicePlan}${token}'
    location: location
    tags: tags
    serviceName: 'router'
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    storageAccountName: storage.outputs.name
    packageContainerName: storage.outputs.packageContainerName
    componentName: monitoring.outputs.componentName
    vaultUri: vault.outputs.uri
    workspaceId: monitoring.outputs.workspaceId
    openAiEndpoint: openAi.?outputs.endpoint ?? ''
    subnetId: network.?outputs.appSubnetId ?? ''
    publicAccess: !inboundPrivate
    instanceMemoryMB: instanceMemoryMB
    maximumInstanceCount: maximumInstanceCount
    httpConcurrency: httpConcurrency
    httpAlwaysReadyInstances: httpAlwaysReadyInstances
    durableAlwaysReadyInstances: durableAlwaysReadyInstances
    zoneRedundant: zoneRedundant
  }
}

module inboundEndpoint 'app/private-endpoints.bicep' = if (networkIsolated && inboundPrivate) {
  name: 'inbound-endpoint'
  scope: group
  params: {
    location: location
    tags: tags
    networkId: network.?outputs.id ?? ''
    subnetId: network.?outputs.endpointSubnetId ?? ''
    namePrefix: abbreviations.privateEndpoint
    targets: [
      {
        name: 'sites'
        resourceId: router.outputs.id
        zone: 'privatelink.azurewebsites.net'
      }
    ]
  }
}

module alerts 'shared/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    namePrefix: abbreviations.alert
    actionGroupName: '${abbreviations.actionGroup}${token}'
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
    componentId: monitoring.outputs.componentId
    appId: router.outputs.id
    storageAccountId: storage.outputs.id
    email: alertEmail
    dailyModelSpendUsd: dailyModelSpendUsd
    dailyQuotaGb: logDailyQuotaGb
  }
}

module budget 'shared/budget.bicep' = if (monthlyBudget > 0) {
  name: 'budget'
  scope: group
  params: {
    name: '${abbreviations.budget}${environmentName}'
    amount: monthlyBudget
    startDate: budgetStart
    email: alertEmail
    actionGroupId: alerts.outputs.actionGroupId
  }
}

module workbook 'shared/workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: {
    displayName: 'Router ${environmentName}'
    location: location
    tags: tags
    workspaceId: monitoring.outputs.workspaceId
  }
}

output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output SERVICE_ROUTER_NAME string = router.outputs.name
output ROUTER_URL string = router.outputs.url
output AZURE_KEY_VAULT_NAME string = vault.outputs.name
output AZURE_KEY_VAULT_ENDPOINT string = vault.outputs.uri
output AZURE_STORAGE_ACCOUNT_NAME string = storage.outputs.name
output AZURE_OPENAI_ENDPOINT string = openAi.?outputs.endpoint ?? ''
output AZURE_OPENAI_LOCATION string = openAiEnabled ? modelLocation : ''
output AZURE_OPENAI_CHEAP_MODEL string = cheapModelName
output AZURE_OPENAI_CHEAP_CAPACITY int = cheapModelCapacity
output AZURE_OPENAI_STRONG_MODEL string = strongModelName
output AZURE_OPENAI_STRONG_CAPACITY int = strongModelCapacity
output LOG_ANALYTICS_NAME string = monitoring.outputs.workspaceName
output APPLICATION_INSIGHTS_NAME string = monitoring.outputs.componentName
output BUDGET_START_DATE string = budgetStart
