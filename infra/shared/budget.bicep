param name string

@description('A month, in the currency of the subscription.')
param amount int

@description('First day of a month, yyyy-MM-dd.')
param startDate string

@description('Empty: the owners of the resource group.')
param email string

@description('Empty for none.')
param actionGroupId string

var contacts = {
  contactEmails: empty(email) ? [] : [email]
  contactRoles: empty(email) ? ['Owner'] : []
  contactGroups: empty(actionGroupId) ? [] : [actionGroupId]
}

resource budget 'Microsoft.Consumption/budgets@2023-11-01' = {
  name: name
  properties: {
    category: 'Cost'
    amount: amount
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      halfSpent: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 50
        thresholdType: 'Actual'
        contactEmails: contacts.contactEmails
        contactRoles: contacts.contactRoles
        contactGroups: contacts.contactGroups
      }
      nearlySpent: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 90
        thresholdType: 'Actual'
        contactEmails: contacts.contactEmails
        contactRoles: contacts.contactRoles
        contactGroups: contacts.contactGroups
      }
      willBeOverspent: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: contacts.contactEmails
        contactRoles: contacts.contactRoles
        contactGroups: contacts.contactGroups
      }
    }
  }
}
