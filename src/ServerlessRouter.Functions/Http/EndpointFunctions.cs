using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using ServerlessRouter.Functions.Jobs;
using ServerlessRouter.Functions.Telemetry;
using ServerlessRouter.Http;

namespace ServerlessRouter.Functions.Http;

/// <summary>A function for each row of <see cref="RouterEndpoints"/>, with its name, methods and path; a test compares the two.</summary>
/// <remarks>The host asks functions in the order of their names and knows no precedence: what also matches another's paths must come after it.</remarks>
public sealed class EndpointFunctions(RouterEndpoints endpoints, DurableLauncher launcher)
{
    [Function(nameof(ChatCompletions))]
    public Task ChatCompletions([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/chat/completions")] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    [Function(nameof(AzureChatCompletions))]
    public Task AzureChatCompletions([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "openai/v1/chat/completions")] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    [Function(nameof(AzureDeploymentChatCompletions))]
    public Task AzureDeploymentChatCompletions([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "openai/deployments/{name}/chat/completions")] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    [Function(nameof(Messages))]
    public Task Messages([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/messages")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(MessagesTokenCount))]
    public Task MessagesTokenCount([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/messages/count_tokens")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(Responses))]
    public Task Responses([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/responses")] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    [Function(nameof(Embeddings))]
    public Task Embeddings([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/embeddings")] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    [Function(nameof(AzureEmbeddings))]
    public Task AzureEmbeddings([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "openai/v1/embeddings")] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    [Function(nameof(AzureDeploymentEmbeddings))]
    public Task AzureDeploymentEmbeddings([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "openai/deployments/{name}/embeddings")] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    [Function(nameof(ResponseDescription))]
    public Task ResponseDescription([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/responses/{id}")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(ResponseDeletion))]
    public Task ResponseDeletion([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/responses/{id}")] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    [Function(nameof(ResponseCancellation))]
    public Task ResponseCancellation([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/responses/{id}/cancel")] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    [Function(nameof(ResponseInput))]
    public Task ResponseInput([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/responses/{id}/input_items")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(Route))]
    public Task Route([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/route")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(Feedback))]
    public Task Feedback([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/feedback")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(Models))]
    public Task Models([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/models")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(ModelsByName))]
    public Task ModelsByName([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/models/{**id}")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AzureModels))]
    public Task AzureModels([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "openai/v1/models")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(FileUpload))]
    public Task FileUpload([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/files")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(FileList))]
    public Task FileList([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/files")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(FileDescription))]
    public Task FileDescription([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/files/{id}")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(FileDeletion))]
    public Task FileDeletion([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/files/{id}")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(FileContent))]
    public Task FileContent([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/files/{id}/content")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(BatchCreation))]
    public Task BatchCreation([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/batches")] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    [Function(nameof(BatchList))]
    public Task BatchList([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/batches")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(BatchDescription))]
    public Task BatchDescription([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/batches/{id}")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(BatchCancellation))]
    public Task BatchCancellation([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/batches/{id}/cancel")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(JobDescription))]
    public Task JobDescription([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/jobs/{id}")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(JobDeletion))]
    public Task JobDeletion([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/jobs/{id}")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(Key))]
    public Task Key([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/key")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(Usage))]
    public Task Usage([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/usage")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(Requests))]
    public Task Requests([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/requests")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(RequestRetrial))]
    public Task RequestRetrial([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/requests/{id}/route")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(RequestsById))]
    public Task RequestsById([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/requests/{**id}")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(Healthz))]
    public Task Healthz([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "healthz")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(Readyz))]
    public Task Readyz([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "readyz")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(OpenApi))]
    public Task OpenApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "openapi.json")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(Reference))]
    public Task Reference([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "docs")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(Dashboard))]
    public Task Dashboard([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "dashboard")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(DashboardLogin))]
    public Task DashboardLogin([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "dashboard/login")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(DashboardLogout))]
    public Task DashboardLogout([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "dashboard/logout")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(DashboardSession))]
    public Task DashboardSession([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "dashboard/session")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(DashboardWebFile))]
    public Task DashboardWebFile([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "dashboard/{**file}")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminGetConfiguration))]
    public Task AdminGetConfiguration([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/admin/configuration")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminReplaceConfiguration))]
    public Task AdminReplaceConfiguration([HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/admin/configuration")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminListConfigurations))]
    public Task AdminListConfigurations([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/admin/configuration/versions")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminGetConfigurationVersion))]
    public Task AdminGetConfigurationVersion([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/admin/configuration/versions/{version}")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminListBudgets))]
    public Task AdminListBudgets([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/admin/budgets")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminHealth))]
    public Task AdminHealth([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/admin/health")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminActivateConfiguration))]
    public Task AdminActivateConfiguration([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/configuration/versions/{version}/activate")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminDiffConfiguration))]
    public Task AdminDiffConfiguration([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/admin/configuration/versions/{version}/diff")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminCreateKey))]
    public Task AdminCreateKey([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/keys")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminListKeys))]
    public Task AdminListKeys([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/admin/keys")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminGetKey))]
    public Task AdminGetKey([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/admin/keys/{id}")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminChangeKey))]
    public Task AdminChangeKey([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "v1/admin/keys/{id}")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminDeleteKey))]
    public Task AdminDeleteKey([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/admin/keys/{id}")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminRotateKey))]
    public Task AdminRotateKey([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/keys/{id}/rotate")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminDisableKey))]
    public Task AdminDisableKey([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/keys/{id}/disable")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminEnableKey))]
    public Task AdminEnableKey([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/keys/{id}/enable")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminListAudit))]
    public Task AdminListAudit([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/admin/audit")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminListTiers))]
    public Task AdminListTiers([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/admin/tiers")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminListAlerts))]
    public Task AdminListAlerts([HttpTrigger(AuthorizationLevel.Anonymous, "get", "head", Route = "v1/admin/alerts")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(AdminAcknowledgeAlert))]
    public Task AdminAcknowledgeAlert([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/admin/alerts/{id}/acknowledge")] HttpRequest request) => AnswerAsync(request);

    [Function(nameof(ZzUnlisted))]
    public Task ZzUnlisted([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{**path}")] HttpRequest request, [DurableClient] DurableTaskClient client) => AnswerAsync(request, client);

    private Task AnswerAsync(HttpRequest request, [CallerMemberName] string endpoint = "") => HttpSpans.WithinAsync(request.HttpContext, endpoints.Named(endpoint));

    /// <summary>For requests that may start a job, for which the client is needed.</summary>
    private Task AnswerAsync(HttpRequest request, DurableTaskClient client, [CallerMemberName] string endpoint = "")
    {
        launcher.Use(client);
        return HttpSpans.WithinAsync(request.HttpContext, endpoints.Named(endpoint));
    }
}
