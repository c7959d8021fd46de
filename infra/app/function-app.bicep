param name string
param planName string
param location string
param tags object

@description('Name of the service in azure.yaml, by which azd finds where to deploy to.')
param serviceName string
param identityId string
param identityClientId string
param storageAccountName string
param packageContainerName string
param componentName string
param vaultUri string

@description('Workspace that takes the warnings and errors of the functions host.')
param workspaceId string

@description('Empty when there is no account of our own.')
param openAiEndpoint string

@description('Empty for no network of its own.')
param subnetId string

@description('False: only by a private endpoint.')
param publicAccess bool
param instanceMemoryMB int
param maximumInstanceCount int
param httpConcurrency int
param httpAlwaysReadyInstances int
param durableAlwaysReadyInstances int
param zoneRedundant bool

var alwaysReady = filter(
  [
    {
      name: 'http'
      instanceCount: httpAlwaysReadyInstances
    }
    {
      name: 'durable'
      instanceCount: durableAlwaysReadyInstances
    }
  ],
  group => group.instanceCount > 0
)

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': serviceName })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    keyVaultReferenceIdentity: identityId
    siteConfig: {
      alwaysOn: false
      minTlsVersion: '1.2'
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}${packageContainerName}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: alwaysReady
        triggers: {
          http: {
            perInstanceConcurrency: httpConcurrency
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
    }
  }

  // Flex Consumption sets the runtime and its version itself and refuses the FUNCTIONS_* and WEBSITE_* settings of the other plans.
  resource settings 'config' = {
    name: 'appsettings'
    properties: {
      AzureWebJobsStorage__blobServiceUri: storage.properties.primaryEndpoints.blob
      AzureWebJobsStorage__queueServiceUri: storage.properties.primaryEndpoints.queue
      AzureWebJobsStorage__tableServiceUri: storage.properties.primaryEndpoints.table
      AzureWebJobsStorage__credential: 'managedidentity'
      AzureWebJobsStorage__clientId: identityClientId
      // Under a name that the functions host does not know: its own spans and counters cost more than the router's.
      ROUTER_TELEMETRY_CONNECTION_STRING: component.properties.ConnectionString
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
      // Which of its identities the app's own calls use: models, secrets, tables.
      AZURE_CLIENT_ID: identityClientId
      AZURE_KEY_VAULT_ENDPOINT: vaultUri
      AZURE_OPENAI_ENDPOINT: openAiEndpoint
      ROUTER_REGION: location
      // References that the app itself looks up, and again after a rotation. The hook after provisioning makes the secrets.
      ROUTER_ADMIN_KEY: 'keyvault:router-admin-key'
      ROUTER_KEY_PEPPER: 'keyvault:router-key-pepper'
    }
  }

  // Deployment signs in with Entra; user names and passwords are not needed.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: {
      allow: false
    }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: {
      allow: false
    }
  }
}

resource hostLog 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'host-log'
  scope: app
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'FunctionAppLogs'
        enabled: true
      }
    ]
  }
}

output id string = app.id
output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
