using System.Collections.Immutable;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using ServerlessRouter.Configuration;
using ServerlessRouter.Http.Admin;
using ServerlessRouter.Http.Bodies;
using ServerlessRouter.Http.Browsers;
using ServerlessRouter.Http.Jobs;
using ServerlessRouter.Http.Records;
using ServerlessRouter.Http.Usage;
using ServerlessRouter.Jobs;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Recording;

namespace ServerlessRouter.Http;

/// <summary>The table of everything the router serves; every host maps this one.</summary>
public sealed class RouterEndpoints
{
    private static readonly ImmutableArray<string> Get = [HttpMethods.Get, HttpMethods.Head];
    private static readonly ImmutableArray<string> Post = [HttpMethods.Post];
    private static readonly ImmutableArray<string> Delete = [HttpMethods.Delete];
    private static readonly ImmutableArray<string> Put = [HttpMethods.Put];

    private readonly RequestIdSource _requestIds;
    private readonly RouterModelSource _models;
    private readonly ILogger<RouterEndpoints> _logger;

    public RouterEndpoints(
        IRouterPipeline pipeline,
        RouterModelSource models,
        IDeploymentVitals vitals,
        IFeedback feedback,
        JobServices jobs,
        AdminServices admin,
        RouterBooks books,
        TimeProvider time,
        IRandomSource random,
        ILogger<RouterEndpoints> logger)
    {
        _requestIds = new RequestIdSource(time, random);
        _models = models;
        _logger = logger;

        var room = new BodyRoom(models, time);
        var bodies = new RequestBodyReader(room);
        var requests = new ChatContextReader(models, bodies, time);
        ChatCompletions = Guard(new ChatCompletionsHandler(requests, pipeline, new LaterAnswer(jobs.Desk, pipeline), time));
        Route = Guard(new RouteHandler(requests, pipeline, time));
        Feedback = Guard(new FeedbackHandler(models, bodies, feedback));
        Models = Guard(new ModelsHandler(models));
        Model = Guard(new ModelHandler(models));
        UploadFile = GuardOffSockets(new FileUploadHandler(models, room, jobs.Files));
        ListFiles = GuardOffSockets(new FileListHandler(models, jobs.Files));
        GetFile = GuardOffSockets(new FileHandler(models, jobs.Files));
        DeleteFile = GuardOffSockets(new FileDeletionHandler(models, jobs.Files));
        FileContent = GuardOffSockets(new FileContentHandler(models, jobs.Files));
        CreateBatch = GuardOffSockets(new BatchCreationHandler(models, bodies, jobs.Desk));
        ListBatches = GuardOffSockets(new BatchListHandler(models, jobs.Desk));
        GetBatch = GuardOffSockets(new BatchHandler(models, jobs.Desk));
        CancelBatch = GuardOffSockets(new BatchCancellationHandler(models, jobs.Desk));
        GetJob = GuardOffSockets(new JobHandler(models, jobs.Desk));
        DeleteJob = GuardOffSockets(new JobDeletionHandler(models, jobs.Desk));
        var door = new AdminDoor(admin.Gate, models, time, logger);
        var gate = new BooksGate(door, models);
        Usage = GuardOffSockets(new UsageHandler(gate, books.Usage));
        ListRequests = GuardOffSockets(new RecordListHandler(gate, books.Records, time));
        GetRequest = GuardOffSockets(new RecordHandler(gate, books.Records));
        Healthz = Guard(new HealthHandler(), PageAccess.Anyone);
        Readyz = Guard(new ReadinessHandler(models, vitals));
        GetConfiguration = GuardOffSockets(new AdminHandler(door, admin.Configurations, ConfigurationRequests.GetActiveAsync), PageAccess.Admin);
        ReplaceConfiguration = GuardOffSockets(new AdminHandler(door, admin.Configurations, new ConfigurationRequests(bodies).ReplaceAsync), PageAccess.Admin);
        ListConfigurations = GuardOffSockets(new AdminHandler(door, admin.Configurations, ConfigurationRequests.ListAsync), PageAccess.Admin);
        GetConfigurationVersion = GuardOffSockets(new AdminHandler(door, admin.Configurations, ConfigurationRequests.GetVersionAsync), PageAccess.Admin);
        ActivateConfiguration = GuardOffSockets(new AdminHandler(door, admin.Configurations, ConfigurationRequests.ActivateAsync), PageAccess.Admin);
        All =
        [
            new(Post, EndpointPatterns.ChatCompletions, ChatCompletions),
            new(Post, EndpointPatterns.AzureChatCompletions, ChatCompletions),
            new(Post, EndpointPatterns.AzureDeploymentChatCompletions, ChatCompletions),
            new(Get, EndpointPatterns.Models, Models),
            new(Get, EndpointPatterns.Model, Model),
            new(Get, EndpointPatterns.AzureModels, Models),
            new(Post, EndpointPatterns.Route, Route),
            new(Post, EndpointPatterns.Feedback, Feedback),
            new(Post, EndpointPatterns.Files, UploadFile),
            new(Get, EndpointPatterns.Files, ListFiles),
            new(Get, EndpointPatterns.File, GetFile),
            new(Delete, EndpointPatterns.File, DeleteFile),
            new(Get, EndpointPatterns.FileContent, FileContent),
            new(Post, EndpointPatterns.Batches, CreateBatch),
            new(Get, EndpointPatterns.Batches, ListBatches),
            new(Get, EndpointPatterns.Batch, GetBatch),
            new(Post, EndpointPatterns.BatchCancellation, CancelBatch),
            new(Get, EndpointPatterns.Job, GetJob),
            new(Delete, EndpointPatterns.Job, DeleteJob),
            new(Get, EndpointPatterns.Usage, Usage),
            new(Get, EndpointPatterns.Requests, ListRequests),
            new(Get, EndpointPatterns.Request, GetRequest),
            new(Get, EndpointPatterns.Healthz, Healthz),
            new(Get, EndpointPatterns.Readyz, Readyz),
            new(Get, EndpointPatterns.AdminConfiguration, GetConfiguration),
            new(Put, EndpointPatterns.AdminConfiguration, ReplaceConfiguration),
            new(Get, EndpointPatterns.AdminConfigurationVersions, ListConfigurations),
            new(Get, EndpointPatterns.AdminConfigurationVersion, GetConfigurationVersion),
            new(Post, EndpointPatterns.AdminConfigurationActivation, ActivateConfiguration),
        ];
        Unlisted = Guard(new UnlistedRequestHandler(All), access: null);
    }

    /// <summary>Every endpoint there is.</summary>
    public ImmutableArray<RouterEndpoint> All { get; }

    /// <summary>Answers a chat request, plain or streamed.</summary>
    public RequestDelegate ChatCompletions { get; }

    /// <summary>Explains what would become of a chat request.</summary>
    public RequestDelegate Route { get; }

    /// <summary>Takes the grade of an answer.</summary>
    public RequestDelegate Feedback { get; }

    /// <summary>Lists what the caller may ask for.</summary>
    public RequestDelegate Models { get; }

    /// <summary>Describes one name the caller may ask for.</summary>
    public RequestDelegate Model { get; }

    /// <summary>Takes in a file.</summary>
    public RequestDelegate UploadFile { get; }

    /// <summary>Lists the caller's files.</summary>
    public RequestDelegate ListFiles { get; }

    /// <summary>Describes a file.</summary>
    public RequestDelegate GetFile { get; }

    /// <summary>Forgets a file.</summary>
    public RequestDelegate DeleteFile { get; }

    /// <summary>Sends a file's bytes.</summary>
    public RequestDelegate FileContent { get; }

    /// <summary>Creates a batch.</summary>
    public RequestDelegate CreateBatch { get; }

    /// <summary>Lists the caller's batches.</summary>
    public RequestDelegate ListBatches { get; }

    /// <summary>Describes a batch.</summary>
    public RequestDelegate GetBatch { get; }

    /// <summary>Has a batch end soon.</summary>
    public RequestDelegate CancelBatch { get; }

    /// <summary>Describes a job, with the answer of a single request.</summary>
    public RequestDelegate GetJob { get; }

    /// <summary>Cancels a job, or forgets one that has ended.</summary>
    public RequestDelegate DeleteJob { get; }

    /// <summary>Tells what was used.</summary>
    public RequestDelegate Usage { get; }

    /// <summary>Lists what became of requests.</summary>
    public RequestDelegate ListRequests { get; }

    /// <summary>Tells what became of a request.</summary>
    public RequestDelegate GetRequest { get; }

    /// <summary>Says that the process lives.</summary>
    public RequestDelegate Healthz { get; }

    /// <summary>Says whether every route has somebody to call.</summary>
    public RequestDelegate Readyz { get; }

    /// <summary>Gives the admin the active configuration.</summary>
    public RequestDelegate GetConfiguration { get; }

    /// <summary>Lets the admin make a configuration the active one of all instances.</summary>
    public RequestDelegate ReplaceConfiguration { get; }

    /// <summary>Lists the saved versions to the admin.</summary>
    public RequestDelegate ListConfigurations { get; }

    /// <summary>Gives the admin a saved version.</summary>
    public RequestDelegate GetConfigurationVersion { get; }

    /// <summary>Lets the admin make a saved version the active one.</summary>
    public RequestDelegate ActivateConfiguration { get; }

    /// <summary>Answers every other request: a URL that is none of the router's, or a method that one of them does not have.</summary>
    public RequestDelegate Unlisted { get; }

    /// <summary>Maps the table, and for everything beside it an error that helps.</summary>
    public void Map(WebApplication app)
    {
        FindChatFirst(app);
        app.UseRouting();
        foreach (var endpoint in All)
            app.MapMethods(endpoint.Pattern, endpoint.Methods, endpoint.Handler);
        app.MapFallback(EndpointPatterns.Any, Unlisted);
    }

    /// <summary>
    /// Tells a chat request, which nearly every request is, by its path alone. Routing passes on what has its endpoint already: it need not match it, nor even make its tables
    /// until something else is asked for.
    /// </summary>
    private void FindChatFirst(WebApplication app)
    {
        const string Path = "/" + EndpointPatterns.ChatCompletions;
        var chat = new RouteEndpointBuilder(ChatCompletions, RoutePatternFactory.Parse(EndpointPatterns.ChatCompletions), order: 0) { DisplayName = Path, Metadata = { new HttpMethodMetadata(Post) } }.Build();
        app.Use(next => context =>
        {
            if (context.Request.Path.Value == Path && HttpMethods.IsPost(context.Request.Method))
                context.SetEndpoint(chat);
            return next(context);
        });
    }

    private RequestDelegate GuardOffSockets(IEndpointHandler handler, PageAccess? access = PageAccess.Callers) => Guard(new YieldingHandler(handler), access);

    private RequestDelegate Guard(IEndpointHandler handler, PageAccess? access = PageAccess.Callers) => new EndpointGuard(handler, _models, access, _requestIds, _logger).InvokeAsync;
}
