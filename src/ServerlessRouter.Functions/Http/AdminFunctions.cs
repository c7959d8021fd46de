using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>What only the admin may do.</summary>
public sealed class AdminFunctions(RouterEndpoints endpoints)
{
    [Function("AdminGetConfiguration")]
    public Task AdminGetConfiguration([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.AdminConfiguration)] HttpRequest request) => endpoints.GetConfiguration(request.HttpContext);

    [Function("AdminReplaceConfiguration")]
    public Task AdminReplaceConfiguration([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = EndpointPatterns.AdminConfiguration)] HttpRequest request) => endpoints.ReplaceConfiguration(request.HttpContext);

    [Function("AdminListConfigurations")]
    public Task AdminListConfigurations([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.AdminConfigurationVersions)] HttpRequest request) => endpoints.ListConfigurations(request.HttpContext);

    [Function("AdminGetConfigurationVersion")]
    public Task AdminGetConfigurationVersion([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = EndpointPatterns.AdminConfigurationVersion)] HttpRequest request) => endpoints.GetConfigurationVersion(request.HttpContext);

    [Function("AdminActivateConfiguration")]
    public Task AdminActivateConfiguration([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = EndpointPatterns.AdminConfigurationActivation)] HttpRequest request) => endpoints.ActivateConfiguration(request.HttpContext);
}
