@description('A model and what its deployment is called.')
type modelDeployment = {
  deployment: string
  name: string
  version: string

  @description('Thousands of tokens a minute.')
  capacity: int
}

@description('Also the subdomain, which sign-in by Entra needs.')
param name string
param location string
param tags object

@description('False: only by private endpoints.')
param publicAccess bool
param skuName string
param models modelDeployment[]

resource account 'Microsoft.CognitiveServices/accounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'OpenAI'
  sku: {
    name: 'S0'
  }
  properties: {
    customSubDomainName: name
    disableLocalAuth: true
    publicNetworkAccess: publicAccess ? 'Enabled' : 'Disabled'
    networkAcls: {
      defaultAction: publicAccess ? 'Allow' : 'Deny'
    }
  }
}

// One at a time: the service refuses two changes of one account at once.
@batchSize(1)
resource deployments 'Microsoft.CognitiveServices/accounts/deployments@2025-06-01' = [
  for model in models: {
    parent: account
    name: model.deployment
    sku: {
      name: skuName
      capacity: model.capacity
    }
    properties: {
      model: {
        format: 'OpenAI'
        name: model.name
        version: model.version
      }
      // Qualities in router.json are those of a version: it changes when it must, not when it can.
      versionUpgradeOption: 'OnceCurrentVersionExpired'
    }
  }
]

output id string = account.id
output name string = account.name
output endpoint string = account.properties.endpoint
