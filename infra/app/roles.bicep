// Who may do what, each on one resource and no more than the work needs.
param storageAccountName string
param vaultName string
param componentName string

@description('Empty when there is no account of our own.')
param openAiName string

@description('The identity that the router runs as.')
param appPrincipalId string

@description('Who deploys; empty for none.')
param deployerPrincipalId string
param deployerPrincipalType string

var roleIds = {
  // The host keeps leases and keys of its own in blobs and asks for the owner role.
  blobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  blobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  queueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  tableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  secretsUser: '4633458b-17de-408a-b874-0445c86b69e6'
  secretsOfficer: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7'
  metricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  openAiUser: '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd'
}
var app = {
  id: appPrincipalId
  type: 'ServicePrincipal'
}
var deployers = empty(deployerPrincipalId)
  ? []
  : [
      {
        id: deployerPrincipalId
        type: deployerPrincipalType
      }
    ]
var storageRoles = concat(
  map(['blobDataOwner', 'queueDataContributor', 'tableDataContributor'], role => {
    role: role
    principal: app
  }),
  flatten(map(
    deployers,
    deployer =>
      map(['blobDataContributor', 'queueDataContributor', 'tableDataContributor'], role => {
        role: role
        principal: deployer
      })
  ))
)
// The app reads secrets; only who deploys writes them.
var vaultRoles = concat(
  [
    {
      role: 'secretsUser'
      principal: app
    }
  ],
  map(deployers, deployer => {
    role: 'secretsOfficer'
    principal: deployer
  })
)
var everyone = concat([app], deployers)

resource storage 'Microsoft.Storage/storageAccounts@2024-01-01' existing = {
  name: storageAccountName
}

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' existing = {
  name: vaultName
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource openAi 'Microsoft.CognitiveServices/accounts@2025-06-01' existing = {
  // A name that nothing has stands in, because ARM reads names of what it leaves out too.
  name: empty(openAiName) ? 'none' : openAiName
}

resource storageAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for assignment in storageRoles: {
    name: guid(storage.id, assignment.principal.id, roleIds[assignment.role])
    scope: storage
    properties: {
      principalId: assignment.principal.id
      principalType: assignment.principal.type
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[assignment.role])
    }
  }
]

resource vaultAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for assignment in vaultRoles: {
    name: guid(vault.id, assignment.principal.id, roleIds[assignment.role])
    scope: vault
    properties: {
      principalId: assignment.principal.id
      principalType: assignment.principal.type
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds[assignment.role])
    }
  }
]

resource componentAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in everyone: {
    name: guid(component.id, principal.id, roleIds.metricsPublisher)
    scope: component
    properties: {
      principalId: principal.id
      principalType: principal.type
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.metricsPublisher)
    }
  }
]

resource openAiAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in everyone: if (!empty(openAiName)) {
    name: guid(openAi.id, principal.id, roleIds.openAiUser)
    scope: openAi
    properties: {
      principalId: principal.id
      principalType: principal.type
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roleIds.openAiUser)
    }
  }
]
