using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Doors;
using ServerlessRouter.Doors.Messages;
using ServerlessRouter.Doors.Responses;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Http.Browsers;
using ServerlessRouter.Http.Dashboard;
using ServerlessRouter.Http.Health;
using ServerlessRouter.Http.Jobs;
using ServerlessRouter.Http.Limits;
using ServerlessRouter.Http.Logins;
using ServerlessRouter.Http.Records;
using ServerlessRouter.Http.Reference;
using ServerlessRouter.Http.Responses;
using ServerlessRouter.Http.Tokens;
using ServerlessRouter.Http.Usage;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http;

/// <summary>The table of everything the router serves, one row each; every host serves this one.</summary>
public sealed class RouterEndpoints
{
    /// <summary>The names of the endpoints that nearly every request is for.</summary>
    public const string Chat = "ChatCompletions";

    /// <inheritdoc cref="Chat"/>
    public const string Messages = "Messages";

    /// <inheritdoc cref="Chat"/>
    public const string Responses = "Responses";

    private static readonly ImmutableArray<string> Get = [HttpMethods.Get, HttpMethods.Head];
    private static readonly ImmutableArray<string> Post = [HttpMethods.Post];
    private static readonly ImmutableArray<string> Delete = [HttpMethods.Delete];
    private static readonly ImmutableArray<string> Patch = [HttpMethods.Patch];
    private static readonly ImmutableArray<string> Put = [HttpMethods.Put];

    private readonly GuardServices _guard;
    private readonly CallerKeyWatch _callerKeys;
    private readonly AdminDoor _adminDoor;
    private readonly RouterModelSource _models;
    private readonly ILogger<RouterEndpoints> _logger;

    public RouterEndpoints(EndpointServices services)
    {
        (_models, _logger) = (services.Models, services.Loggers.CreateLogger<RouterEndpoints>());
        _guard = new GuardServices(_models, new RequestIdSource(services.Time, services.Random), _logger) { HasKnownKeys = services.LoginOptions.HasKnownKeys };
        _callerKeys = new CallerKeyWatch(_models, services.Admin.Gate, services.Time, _logger);
        _models.Use(services.Admin.Gate);
        var room = new BodyMemoryQuota(_models, services.Time);
        var bodies = new RequestBodyReader(room);
        var refused = new RefusedRequests(services.Metrics);
        var background = new BackgroundResponses(services.Jobs, services.Pipeline, refused);
        var keeper = new ResponseKeeper(services.Jobs, background, _logger);
        var requests = new ChatContextReader(_models, bodies, keeper, refused, services.Time, ChatRequestScanner.TryScan);
        var later = new LaterAnswer(services.Jobs.Desk, services.Pipeline, refused);
        var answers = new ChatCompletionsHandler(requests, services.Pipeline, later, background, services.Time);
        var chat = OfModels(answers.HandleAsync);
        var texts = new ChatContextReader(_models, bodies, keeper, refused, services.Time, EmbeddingsRequestScanner.TryScan);
        var explained = new ChatContextReader(_models, bodies, keeper, refused: null, services.Time, ExplainedRequestScanner.TryScan);
        var embeddings = OfModels(new EmbeddingsHandler(texts, services.Pipeline, later, services.Time).HandleAsync);
        var models = new ModelEndpoints(_models, services.Admin.Gate);
        var files = new FileEndpoints(room, services.Jobs.Files);
        var batches = new BatchEndpoints(_models, bodies, services.Jobs.Desk);
        var responses = new ResponsesEndpoints(services.Jobs.Responses, background);
        var jobs = new JobStatusEndpoints(services.Jobs.Desk);
        var door = _adminDoor = new AdminDoor(services.Admin.Gate, _models, services.Time, _logger);
        var books = new BooksGate(door, _models);
        var records = new RecordEndpoints(books, services.Books.Records, services.Time);
        var reference = new ReferenceEndpoints(Describe);
        var dashboard = new DashboardPages(_models);
        var identity = new LoginIdentity(services.Admin.Gate, _models);
        var sessions = new LoginDoor(services.Logins, identity, _models, services.LoginOptions);
        var logins = new LoginEndpoints(
            new LoginTerms(services.Logins, sessions, identity, _models, services.LoginOptions), new LoginBody(bodies), new WrongLogins(door, services.Admin.Gate, _callerKeys, _models), _logger);
        var admin = new ConfigurationEndpoints(door, services.Admin.Configurations, bodies);
        var keys = new KeyEndpoints(door, services.Admin.Keys, bodies);
        var audit = new AuditEndpoints(door, services.Admin.Audit, _models);
        var alerts = new AlertEndpoints(door, services.Admin.Alerts);
        ImmutableArray<RouterEndpoint> listed =
        [
            new(Chat, Post, EndpointPatterns.ChatCompletions, chat),
            // Azure's newer path, with the model in the body, and its older one, whose name is what the caller asks for, whatever the body says.
            new("AzureChatCompletions", Post, "openai/v1/chat/completions", chat),
            new("AzureDeploymentChatCompletions", Post, "openai/deployments/{name}/chat/completions", chat),
            new("Embeddings", Post, EndpointPatterns.Embeddings, embeddings),
            new("AzureEmbeddings", Post, "openai/v1/embeddings", embeddings),
            new("AzureDeploymentEmbeddings", Post, "openai/deployments/{name}/embeddings", embeddings),
            new(Messages, Post, EndpointPatterns.Messages, OfModels(answers.HandleAsync, MessagesDoor.Instance)),
            new("MessagesTokenCount", Post, "v1/messages/count_tokens", Inline(new TokenCountHandler(_models, bodies, new ExactTokenizers(services.Time, services.Loggers)).HandleAsync, door: MessagesDoor.Instance)),
            new(Responses, Post, EndpointPatterns.Responses, OfModels(answers.HandleAsync, ResponsesDoor.Instance)),
            new("ResponseDescription", Get, "v1/responses/{id}", ForCaller(responses.GetAsync)),
            new("ResponseDeletion", Delete, "v1/responses/{id}", ForCaller(Erasing("response.delete", responses.DeleteAsync))),
            new("ResponseCancellation", Post, "v1/responses/{id}/cancel", ForCaller(responses.CancelAsync)),
            new("ResponseInput", Get, "v1/responses/{id}/input_items", ForCaller(responses.ListInputAsync)),
            new("Route", Post, "v1/route", Inline(sessions.Around(PlannedCaller.Around(new RouteHandler(explained, services.Pipeline, services.Time).HandleAsync, services.Admin.Gate, _models)))),
            new("Feedback", Post, "v1/feedback", Inline(new FeedbackHandler(_models, bodies, services.Feedback).HandleAsync)),
            // Names may contain slashes, also those that callers give their requests.
            new("Models", Get, EndpointPatterns.Models, Inline(sessions.Around(models.ListAsync))),
            new("ModelsByName", Get, "v1/models/{**id}", Inline(sessions.Around(models.GetAsync))),
            new("AzureModels", Get, "openai/v1/models", Inline(models.ListAsync)),
            new("FileUpload", Post, EndpointPatterns.Files, ForCaller(files.UploadAsync)),
            new("FileList", Get, EndpointPatterns.Files, ForCaller(files.ListAsync)),
            new("FileDescription", Get, "v1/files/{id}", ForCaller(files.GetAsync)),
            new("FileDeletion", Delete, "v1/files/{id}", ForCaller(Erasing("file.delete", files.DeleteAsync))),
            new("FileContent", Get, "v1/files/{id}/content", ForCaller(files.GetContentAsync)),
            new("BatchCreation", Post, EndpointPatterns.Batches, ForCaller(batches.CreateAsync)),
            new("BatchList", Get, EndpointPatterns.Batches, ForCaller(batches.ListAsync)),
            new("BatchDescription", Get, "v1/batches/{id}", ForCaller(batches.GetAsync)),
            new("BatchCancellation", Post, "v1/batches/{id}/cancel", ForCaller(batches.CancelAsync)),
            new("JobDescription", Get, $"{EndpointPatterns.Jobs}/{{id}}", ForCaller(jobs.GetAsync)),
            new("JobDeletion", Delete, $"{EndpointPatterns.Jobs}/{{id}}", ForCaller(Erasing("job.delete", jobs.DeleteAsync))),
            new("Key", Get, EndpointPatterns.Key, OffSockets(sessions.Around(new KeyEndpoint(_models, services.Limits).GetAsync))),
            new("Usage", Get, EndpointPatterns.Usage, OfBooks(new UsageHandler(books, services.Books.Usage, _models).HandleAsync)),
            new("Requests", Get, EndpointPatterns.Requests, OfBooks(records.ListAsync)),
            new("RequestRetrial", Post, $"{EndpointPatterns.Requests}/{{id}}/route", OfBooks(new RecordRetrial(books, services.Books.Records, _models, services.Pipeline, services.Time).HandleAsync)),
            new("RequestsById", Get, "v1/requests/{**id}", OfBooks(records.GetAsync)),
            new("Healthz", Get, "healthz", Inline(HealthEndpoints.GetHealthAsync, PageAccess.Anyone)),
            new("Readyz", Get, "readyz", Inline(new HealthEndpoints(_models, services.Vitals).GetReadinessAsync)),
            new("OpenApi", Get, "openapi.json", Inline(reference.GetDocumentAsync, PageAccess.Anyone)),
            new("Reference", Get, "docs", Inline(reference.GetPageAsync, PageAccess.Anyone)),
            new("Dashboard", Get, EndpointPatterns.Dashboard, Inline(dashboard.GetPageAsync, PageAccess.Anyone)),
            new("DashboardLogin", Post, EndpointPatterns.DashboardLogin, OffSockets(logins.OpenAsync, PageAccess.Admin)),
            new("DashboardLogout", Post, EndpointPatterns.DashboardLogout, OffSockets(logins.EndAsync, PageAccess.Admin)),
            new("DashboardSession", Get, EndpointPatterns.DashboardSession, OffSockets(logins.GetAsync, PageAccess.Admin)),
            new("DashboardWebFile", Get, EndpointPatterns.DashboardFiles, Inline(dashboard.GetFileAsync, PageAccess.Anyone)),
            // Not under admin/ itself, which the Functions host keeps for its own.
            new("AdminGetConfiguration", Get, EndpointPatterns.AdminConfiguration, ForAdmin(admin.GetActiveAsync)),
            new("AdminReplaceConfiguration", Put, EndpointPatterns.AdminConfiguration, ForAdmin(admin.ReplaceAsync)),
            new("AdminListConfigurations", Get, EndpointPatterns.AdminConfigurationVersions, ForAdmin(admin.ListAsync)),
            new("AdminGetConfigurationVersion", Get, $"{EndpointPatterns.AdminConfigurationVersions}/{{version}}", ForAdmin(admin.GetVersionAsync)),
            new("AdminListBudgets", Get, EndpointPatterns.AdminBudgets, ForAdmin(new BudgetEndpoint(door, _models, new BudgetPages(services.Admin.Keys), services.Limits).ListAsync)),
            new("AdminHealth", Get, EndpointPatterns.AdminHealth, ForAdmin(new HealthReportEndpoint(door, _models, services.Vitals, services.Books.Usage, services.Time).ListAsync)),
            new("AdminActivateConfiguration", Post, $"{EndpointPatterns.AdminConfigurationVersions}/{{version}}/activate", ForAdmin(admin.ActivateAsync)),
            new("AdminDiffConfiguration", Get, $"{EndpointPatterns.AdminConfigurationVersions}/{{version}}/diff", ForAdmin(admin.DiffAsync)),
            new("AdminCreateKey", Post, EndpointPatterns.AdminKeys, ForAdmin(keys.CreateAsync)),
            new("AdminListKeys", Get, EndpointPatterns.AdminKeys, ForAdmin(keys.ListAsync)),
            new("AdminGetKey", Get, $"{EndpointPatterns.AdminKeys}/{{id}}", ForAdmin(keys.GetAsync)),
            new("AdminChangeKey", Patch, $"{EndpointPatterns.AdminKeys}/{{id}}", ForAdmin(keys.ChangeAsync)),
            new("AdminDeleteKey", Delete, $"{EndpointPatterns.AdminKeys}/{{id}}", ForAdmin(keys.DeleteAsync)),
            new("AdminRotateKey", Post, $"{EndpointPatterns.AdminKeys}/{{id}}/rotate", ForAdmin(keys.RotateAsync)),
            new("AdminDisableKey", Post, $"{EndpointPatterns.AdminKeys}/{{id}}/disable", ForAdmin(keys.DisableAsync)),
            new("AdminEnableKey", Post, $"{EndpointPatterns.AdminKeys}/{{id}}/enable", ForAdmin(keys.EnableAsync)),
            new("AdminListAudit", Get, EndpointPatterns.AdminAudit, ForAdmin(audit.ListAsync)),
            new("AdminListTiers", Get, EndpointPatterns.AdminTiers, ForAdmin(audit.ListTiersAsync)),
            new("AdminListAlerts", Get, EndpointPatterns.AdminAlerts, ForAdmin(alerts.ListAsync)),
            new("AdminAcknowledgeAlert", Post, $"{EndpointPatterns.AdminAlerts}/{{id}}/acknowledge", ForAdmin(alerts.AcknowledgeAsync)),
        ];
        // The Functions host asks functions in the order of their names, so the name of this one is the last of all.
        Unlisted = new RouterEndpoint("ZzUnlisted", [], "{**path}", Guard(new UnlistedRequestHandler(listed).HandleAsync, access: null));
        All = [.. listed, Unlisted];

        CallerHandler Erasing(string action, CallerHandler handler) => async (http, caller) =>
        {
            var error = await handler(http, caller);
            // Only what was there is told of: a caller who makes up names fills no log.
            if (error is null && services.Admin.Audit is { } log)
                await log.WriteAsync(caller ?? "", action, PathName.IdOf(http), http.TraceIdentifier, CancellationToken.None);
            return error;
        };
        RequestDelegate ForCaller(CallerHandler handler) => OffSockets(http => AnswerCallerAsync(http, handler));
        RequestDelegate ForAdmin(EndpointHandler handler) => OffSockets(sessions.Around(handler), PageAccess.Admin);
        RequestDelegate OfModels(EndpointHandler handler, ApiDoor? door = null) => new EndpointGuard(handler, PageAccess.Callers, door, _callerKeys, refused, _guard).InvokeAsync;
        // A key there may be meant for the admin's door, which counts wrong ones by itself.
        RequestDelegate OfBooks(EndpointHandler handler) => new EndpointGuard(LeavingSockets(sessions.Around(handler)), PageAccess.Callers, door: null, keys: null, refused: null, _guard).InvokeAsync;
    }

    /// <summary>Answers a caller that is known, or says what is wrong.</summary>
    private delegate ValueTask<RouterError?> CallerHandler(HttpContext http, string? caller);

    /// <summary>Every endpoint there is.</summary>
    public ImmutableArray<RouterEndpoint> All { get; }

    /// <summary>Answers every request that no other endpoint takes: a URL that is none of the router's, or a method that one of them does not have.</summary>
    public RouterEndpoint Unlisted { get; }

    /// <summary>The endpoint that the host has found for a request.</summary>
    /// <exception cref="ArgumentException">There is no endpoint of this name.</exception>
    public RouterEndpoint Named(string name)
    {
        foreach (var endpoint in All)
        {
            if (endpoint.Name == name)
                return endpoint;
        }

        throw new ArgumentException($"there is no endpoint {name}", nameof(name));
    }

    /// <summary>Maps the table, and for what is beside it below the router's own beginnings an error that helps.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        foreach (var endpoint in All)
        {
            if (endpoint != Unlisted)
                routes.MapMethods(endpoint.Pattern, endpoint.Methods, endpoint.Handler);
        }

        routes.MapFallback("v1/{**path}", Unlisted.Handler);
        routes.MapFallback("openai/{**path}", Unlisted.Handler);
    }

    /// <summary>A page of the host's own beside these, with the same guard before it.</summary>
    /// <param name="name">A name of its own.</param>
    /// <param name="pattern">The path without the leading slash.</param>
    /// <param name="isForAdmin">It asks everyone for the admin key; else those alone who may be elsewhere than on this machine.</param>
    /// <param name="answer">Answers <c>GET</c> and <c>HEAD</c>.</param>
    public RouterEndpoint OwnPage(string name, string pattern, bool isForAdmin, Func<HttpContext, Task> answer)
    {
        return new RouterEndpoint(name, Get, pattern, OffSockets(AnswerAsync, PageAccess.Admin));

        async ValueTask AnswerAsync(HttpContext http)
        {
            if ((isForAdmin || !LocalSender.Is(http)) && (await _adminDoor.AdmitAsync(http, AdminRole.Admin)).Error is { } error)
                await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
            else
                await answer(http);
        }
    }

    private IEnumerable<DescribedEndpoint> Describe() =>
        All.Where(endpoint => endpoint != Unlisted).Select(static endpoint => new DescribedEndpoint(endpoint.Name, endpoint.Methods, endpoint.Pattern));

    /// <summary>Stays on the thread that saw the request, which may be the one that watches a host's sockets: for what is short.</summary>
    private RequestDelegate Inline(EndpointHandler handler, PageAccess access = PageAccess.Callers, ApiDoor? door = null) => Guard(handler, access, door);

    /// <summary>Begins on a thread of the pool: what reads or writes storage computes for many rows, and a store in memory never makes it wait.</summary>
    private RequestDelegate OffSockets(EndpointHandler handler, PageAccess access = PageAccess.Callers) => Guard(LeavingSockets(handler), access);

    private static EndpointHandler LeavingSockets(EndpointHandler handler) => async http =>
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await handler(http);
    };

    private RequestDelegate Guard(EndpointHandler handler, PageAccess? access, ApiDoor? door = null) =>
        new EndpointGuard(handler, access, door, access == PageAccess.Callers ? _callerKeys : null, refused: null, _guard).InvokeAsync;

    private async ValueTask AnswerCallerAsync(HttpContext http, CallerHandler handler)
    {
        if ((JobCaller.Find(_models, http, out var caller) ?? await handler(http, caller)) is { } error)
            await ErrorAnswer.WriteAsync(http.Response, error, http.RequestAborted);
    }
}
