param namePrefix string
param actionGroupName string
param location string
param tags object
param workspaceId string

@description('Empty: alerts only show in the portal.')
param email string

@description('Spend on models in 24 hours that is too much, in USD.')
param dailyModelSpendUsd int

@description('Mean seconds of a request, by route, that are too many.')
param slowSeconds int = 30

@description('Percent of failed requests that are too many.')
param failedPercent int = 5

var rules = [
  {
    name: 'errors'
    title: 'Router: requests fail'
    description: 'More requests failed in 15 minutes than vendors\' hiccups explain, after all retries and fallbacks.'
    severity: 1
    query: loadTextContent('queries/errors.kql')
    column: 'FailedPercent'
    threshold: failedPercent
    dimensions: []
    every: 'PT15M'
    over: 'PT15M'
  }
  {
    name: 'latency'
    title: 'Router: requests are slow'
    description: 'The mean time of a route\'s requests in 15 minutes is too long.'
    severity: 2
    query: loadTextContent('queries/latency.kql')
    column: 'MeanSeconds'
    threshold: slowSeconds
    dimensions: ['Route']
    every: 'PT15M'
    over: 'PT15M'
  }
  {
    name: 'no-deployment'
    title: 'Router: no deployment is in order'
    description: 'Requests were refused because every deployment that may answer is left alone, or none is configured.'
    severity: 1
    query: loadTextContent('queries/no-deployment.kql')
    column: 'Refused'
    threshold: 0
    dimensions: ['Route']
    every: 'PT15M'
    over: 'PT15M'
  }
  {
    name: 'deployment-refuses'
    title: 'Router: a deployment needs a person'
    description: 'A vendor refused a deployment\'s key, its quota is used up, or it is gone. Others take its requests meanwhile.'
    severity: 2
    query: loadTextContent('queries/deployment-refuses.kql')
    column: 'Times'
    threshold: 0
    dimensions: ['Deployment', 'Cause']
    every: 'PT15M'
    over: 'PT15M'
  }
  {
    name: 'poison'
    title: 'Router: messages end in the poison queue'
    description: 'A message of the queue batches could not become a batch. It lies in batches-poison, and a failed batch keeps the reason.'
    severity: 2
    query: loadTextContent('queries/poison.kql')
    column: 'Messages'
    threshold: 0
    dimensions: []
    every: 'PT15M'
    over: 'PT15M'
  }
  {
    name: 'model-spend'
    title: 'Router: models cost more than planned'
    description: 'Spend on models in 24 hours, by the prices in router.json. The budget of the resource group does not see vendors outside Azure; this does.'
    severity: 2
    query: loadTextContent('queries/model-spend.kql')
    column: 'SpendUsd'
    threshold: dailyModelSpendUsd
    dimensions: []
    every: 'PT1H'
    over: 'P1D'
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'router'
    enabled: true
    emailReceivers: [
      {
        name: 'email'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [
  for rule in rules: {
    name: '${namePrefix}${rule.name}'
    location: location
    tags: tags
    kind: 'LogAlert'
    properties: {
      displayName: rule.title
      description: rule.description
      severity: rule.severity
      enabled: true
      scopes: [
        workspaceId
      ]
      evaluationFrequency: rule.every
      windowSize: rule.over
      criteria: {
        allOf: [
          {
            query: rule.query
            metricMeasureColumn: rule.column
            timeAggregation: 'Maximum'
            operator: 'GreaterThan'
            threshold: rule.threshold
            dimensions: map(rule.dimensions, dimension => {
              name: dimension
              operator: 'Include'
              values: ['*']
            })
            failingPeriods: {
              numberOfEvaluationPeriods: 1
              minFailingPeriodsToAlert: 1
            }
          }
        ]
      }
      autoMitigate: true
      // A new workspace has no tables before the first telemetry arrives.
      skipQueryValidation: true
      actions: {
        actionGroups: empty(email) ? [] : [people.id]
      }
    }
  }
]

output actionGroupId string = empty(email) ? '' : people.id
