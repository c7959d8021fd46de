param name string
param location string
param tags object

@description('Copies in three zones instead of one.')
param zoneRedundant bool

@description('False: only by private endpoints.')
param publicAccess bool
param fileRetentionDays int

var packageContainer = 'app-package'
var fileContainers = [
  'batch-input'
  'batch-output'
]
var queueNames = [
  'batches'
  'batches-poison'
]

resource account 'Microsoft.Storage/storageAccounts@2024-01-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: zoneRedundant ? 'Standard_ZRS' : 'Standard_LRS'
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowSharedKeyAccess: false
    allowCrossTenantReplication: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      bypass: publicAccess ? 'AzureServices' : 'None'
      defaultAction: publicAccess ? 'Allow' : 'Deny'
    }
  }

  resource blobs 'blobServices' = {
    name: 'default'
    properties: {
      deleteRetentionPolicy: {
        enabled: true
        days: 7
      }
    }

    resource package 'containers' = {
      name: packageContainer
    }

    resource files 'containers' = [
      for container in fileContainers: {
        name: container
      }
    ]
  }

  resource queues 'queueServices' = {
    name: 'default'

    // The poison queue would be made on demand; made here, alerts and people find it before there is a first bad message.
    resource queue 'queues' = [
      for queueName in queueNames: {
        name: queueName
      }
    ]
  }

  resource retention 'managementPolicies' = {
    name: 'default'
    dependsOn: [
      blobs
    ]
    properties: {
      policy: {
        rules: [
          {
            name: 'delete-old-files'
            type: 'Lifecycle'
            enabled: true
            definition: {
              filters: {
                blobTypes: [
                  'blockBlob'
                  'appendBlob'
                ]
                prefixMatch: [for container in fileContainers: '${container}/']
              }
              actions: {
                baseBlob: {
                  delete: {
                    daysAfterModificationGreaterThan: fileRetentionDays
                  }
                }
              }
            }
          }
        ]
      }
    }
  }
}

output id string = account.id
output name string = account.name
output packageContainerName string = packageContainer
