param namePrefix string
param actionGroupName string
param location string
param tags object
param workspaceId string
param componentId string
param appId string
param storageAccountId string

@description('Empty: alerts only show in the portal.')
param email string

@description('Spend on models in 24 hours that is too much, in USD.')
param dailyModelSpendUsd int

@description('Gigabytes of logs a day after which no more are taken, -1 for no cap.')
param dailyQuotaGb int

@description('Answers of the app with a status of 500 or more, in 15 minutes, that are too many.')
param serverErrors int = 20

@description('Percent of calls to the storage account that must succeed.')
param storageAvailability int = 99

@description('Mean seconds of a request, by route, that are too many.')
param slowSeconds int = 30

@description('Percent of failed requests that are too many.')
param failedPercent int = 5

var logRules = [
  {
    name: 'errors'
    title: 'Router: requests fail'
    description: 'More requests failed in 15 minutes than vendors\' hiccups explain, after all retries and fallbacks. See in the workbook which error and which vendor; add a fallback where one vendor is behind it.'
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
    description: 'The mean time of a route\'s requests in 15 minutes is too long. See in the workbook which model; lower its timeouts or move its share.'
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
    description: 'Requests were refused because every deployment that may answer is left alone, or none is configured. The log names why; mend it or add a deployment elsewhere.'
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
    description: 'A vendor refused a deployment\'s key, its quota is used up, or it is gone. Others take its requests meanwhile. Renew the key, raise the quota, or take the deployment out.'
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
    description: 'A message of the queue batches could not become a batch. It lies in batches-poison, and a failed batch keeps the reason. Mend it and send it again.'
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
    description: 'Spend on models in 24 hours, by the prices in router.json. The budget of the resource group does not see vendors outside Azure; this does. GET /v1/usage?group_by=key,model says whose it is; lower that key\'s budget.'
    severity: 2
    query: loadTextContent('queries/model-spend.kql')
    column: 'SpendUsd'
    threshold: dailyModelSpendUsd
    dimensions: []
    every: 'PT1H'
    over: 'P1D'
  }
  {
    name: 'router-alerts'
    title: 'Router: it raised an alert itself'
    description: 'The router\'s own alerts: a budget, a spike, a drift, a breaker, an experiment, a refused configuration. GET /v1/admin/alerts says which, with figures and cause; acknowledge it there.'
    severity: 2
    query: loadTextContent('queries/router-alerts.kql')
    column: 'Open'
    threshold: 0
    dimensions: ['Type', 'Severity']
    every: 'PT15M'
    over: 'PT15M'
  }
]

// Looked at while there is still room: once the cap is used up, no query sees anything new.
var capRule = {
  name: 'log-cap'
  title: 'Router: the log is nearly full for today'
  description: 'More than 80 percent of LOG_DAILY_QUOTA_GB came in within a day, or the cap is reached. Then the alerts on logs are blind until the next day, those on metrics are not. Lower ROUTER_TELEMETRY_SAMPLING, or raise the cap.'
  severity: 2
  query: replace(loadTextContent('queries/log-cap.kql'), '{quotaGb}', string(dailyQuotaGb))
  column: 'UsedPercent'
  threshold: 80
  dimensions: []
  every: 'PT1H'
  over: 'P1D'
}

var rules = concat(logRules, dailyQuotaGb > 0 ? [capRule] : [])

// Azure measures these itself or as they arrive, whatever has become of the log's daily cap.
var metricRules = [
  {
    name: 'server-errors'
    title: 'Router: the app answers with errors of its own'
    description: 'Answers with a status of 500 or more, as Azure counts them. Works also when the log\'s daily cap is used up. Look at /readyz and at the workbook; ask a failing request again and read its body.'
    severity: 1
    scope: appId
    namespace: 'Microsoft.Web/sites'
    metric: 'Http5xx'
    aggregation: 'Total'
    operator: 'GreaterThan'
    threshold: serverErrors
    isKnownLater: false
  }
  {
    name: 'storage'
    title: 'Router: its storage account fails'
    description: 'Calls to the storage account fail, which holds configuration, keys, limits, batches and the functions host\'s own state. Look at the account\'s resource health, its firewall, and the roles of the app\'s identity.'
    severity: 1
    scope: storageAccountId
    namespace: 'Microsoft.Storage/storageAccounts'
    metric: 'Availability'
    aggregation: 'Average'
    operator: 'LessThan'
    threshold: storageAvailability
    isKnownLater: false
  }
  {
    name: 'router-alerts-metric'
    title: 'Router: an alert of its own is open'
    description: 'The router\'s metric router.alerts is above 0. GET /v1/admin/alerts says what is open, with figures and cause; acknowledge it there.'
    severity: 2
    scope: componentId
    namespace: 'azure.applicationinsights'
    metric: 'router.alerts'
    aggregation: 'Maximum'
    operator: 'GreaterThan'
    threshold: 0
    // There is no such metric before the first alert.
    isKnownLater: true
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

resource metricAlerts 'Microsoft.Insights/metricAlerts@2018-03-01' = [
  for rule in metricRules: {
    name: '${namePrefix}${rule.name}'
    location: 'global'
    tags: tags
    properties: {
      description: '${rule.title}. ${rule.description}'
      severity: rule.severity
      enabled: true
      scopes: [
        rule.scope
      ]
      evaluationFrequency: 'PT5M'
      windowSize: 'PT15M'
      criteria: {
        'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
        allOf: [
          {
            criterionType: 'StaticThresholdCriterion'
            name: rule.name
            metricNamespace: rule.namespace
            metricName: rule.metric
            timeAggregation: rule.aggregation
            operator: rule.operator
            threshold: rule.threshold
            skipMetricValidation: rule.isKnownLater
          }
        ]
      }
      autoMitigate: true
      actions: empty(email)
        ? []
        : [
            {
              actionGroupId: people.id
            }
          ]
    }
  }
]

output actionGroupId string = empty(email) ? '' : people.id
