using System.Collections.Frozen;
using System.Collections.Immutable;

namespace ServerlessRouter.Http.Reference;

/// <summary>What is told of each endpoint, by its name in the table of endpoints; a test compares the two.</summary>
internal static class EndpointDescriptions
{
    private static readonly ImmutableArray<string> Choice = ["Preference", "Session", "Metadata"];
    private static readonly ImmutableArray<string> ChoiceOrLater = [.. Choice, "Prefer", "Callback", "IdempotencyKey"];
    private static readonly ImmutableArray<string> Paging = ["After", "Limit", "Order"];
    private static readonly ImmutableArray<string> CallersAndAdmin = ["bearer", "xApiKey", "apiKey", "adminKey"];

    private static readonly EndpointDescription Chat = new("Chat", "Answers a chat.", "ChatCompletion")
    {
        Body = "ChatRequest", Event = "ChatCompletionChunk", Later = "Job", Parameters = ChoiceOrLater,
    };

    private static readonly EndpointDescription Embeddings = new("Embeddings", "Makes vectors of texts.", "EmbeddingList")
    {
        Body = "EmbeddingsRequest", Later = "Job", Parameters = ["Prefer", "Callback", "IdempotencyKey"],
    };

    private static readonly EndpointDescription Models = new("Models", "Lists the routes and models that the key may ask for.", "ModelList");

    /// <summary>All of them.</summary>
    public static FrozenDictionary<string, EndpointDescription> ByName { get; } = new Dictionary<string, EndpointDescription>(StringComparer.Ordinal)
    {
        ["ChatCompletions"] = Chat,
        ["AzureChatCompletions"] = Chat with { Summary = "Answers a chat, at Azure's path." },
        ["AzureDeploymentChatCompletions"] = Chat with { Summary = "Answers a chat by the route or model in the path, as Azure's deployments are asked.", Later = null, Parameters = Choice },
        ["Embeddings"] = Embeddings,
        ["AzureEmbeddings"] = Embeddings with { Summary = "Makes vectors of texts, at Azure's path." },
        ["AzureDeploymentEmbeddings"] = Embeddings with { Summary = "Makes vectors by the route or model in the path, as Azure's deployments are asked.", Later = null, Parameters = [] },
        ["Messages"] = new("Chat", "Answers a chat in Anthropic's form.", "Message")
        {
            Body = "MessagesRequest", Event = "MessageEvent", Failure = "MessagesError", Parameters = [.. Choice, "AnthropicVersion"],
        },
        ["MessagesTokenCount"] = new("Chat", "Counts the tokens of a prompt in Anthropic's form.", "TokenCount") { Body = "TokenCountRequest", Failure = "MessagesError", Parameters = ["AnthropicVersion"] },
        ["Responses"] = new("Chat", "Answers in the form of OpenAI's responses.", "Response") { Body = "ResponsesRequest", Event = "ResponseEvent", Later = "Response", Parameters = ChoiceOrLater },
        ["ResponseDescription"] = new("Chat", "Tells a response that was kept, or is being made in the background.", "Response"),
        ["ResponseDeletion"] = new("Chat", "Forgets a response.", "Deletion"),
        ["ResponseCancellation"] = new("Chat", "Ends a response that is being made in the background.", "Response"),
        ["ResponseInput"] = new("Chat", "Lists what a response answers.", "ItemList") { Parameters = Paging },
        ["Route"] = new("Routing", "Explains which models would be asked for a chat or for embeddings, and why; asks none.", "RouteExplanation") { Body = "RouteRequest", Parameters = ["Preference", "Session"] },
        ["Feedback"] = new("Routing", "Takes a grade of an answer, from which the choice learns.", "FeedbackResult") { Body = "FeedbackRequest" },
        ["Models"] = Models,
        ["ModelsByName"] = new("Models", "Describes a route or model.", "Model"),
        ["AzureModels"] = Models with { Summary = "Lists the routes and models that the key may ask for, at Azure's path." },
        ["FileUpload"] = new("Files", "Uploads a file.", "File") { Body = "FileUpload" },
        ["FileList"] = new("Files", "Lists the caller's files.", "FileList") { Parameters = [.. Paging, "Purpose"] },
        ["FileDescription"] = new("Files", "Describes a file.", "File"),
        ["FileDeletion"] = new("Files", "Deletes a file.", "Deletion"),
        ["FileContent"] = new("Files", "Downloads a file.", "FileBytes"),
        ["BatchCreation"] = new("Batches", "Starts a batch of the requests in a file.", "Batch") { Body = "BatchRequest", Parameters = ["IdempotencyKey"] },
        ["BatchList"] = new("Batches", "Lists the caller's batches.", "BatchList") { Parameters = Paging },
        ["BatchDescription"] = new("Batches", "Tells how a batch stands.", "Batch"),
        ["BatchCancellation"] = new("Batches", "Ends a batch; what was answered is kept.", "Batch"),
        ["JobDescription"] = new("Jobs", "Tells how a job stands, and its answer.", "Job"),
        ["JobDeletion"] = new("Jobs", "Cancels a job that runs, forgets one that has ended.", "Deletion") { Later = "Job" },
        ["Key"] = new("Usage", "Tells a key its tier, what it may ask for, and how its limits and budgets stand.", "KeyDescription"),
        ["Usage"] = new("Usage", "Tells requests, tokens and cost.", "UsageList")
        {
            Parameters = ["From", "To", "GroupBy", "Key", "Tier", "Route", "Model", "ModelAsked", "Deployment", "Provider", "Task", "Status", "BaselineModel", "Format", "Limit", "Next"], Keys = CallersAndAdmin,
        },
        ["Requests"] = new("Usage", "Lists what became of requests, the newest first.", "RecordList")
        {
            Parameters = ["From", "To", "Key", "Tier", "Route", "Model", "Deployment", "RecordStatus", "MinCost", "RecordFormat", "Limit", "Next"], Keys = CallersAndAdmin,
        },
        ["RequestRetrial"] = new("Usage", "Decides a recorded request again, on today's configuration, and tells both decisions; asks no model.", "RetriedRoute") { Keys = CallersAndAdmin },
        ["RequestsById"] = new("Usage", "Tells what became of a request.", "Record") { Keys = CallersAndAdmin },
        ["Healthz"] = new("Health", "Says that the process lives.", "Health") { Keys = [] },
        ["Readyz"] = new("Health", "Says whether each route has a deployment that can be asked; 503 when one has none.", "Readiness") { Failure = "Readiness", Keys = [] },
        ["OpenApi"] = new("Reference", "This description, for programs.", "OpenApi") { Keys = [] },
        ["Reference"] = new("Reference", "This description, for people.", "Page") { Keys = [] },
        ["Dashboard"] = new("Dashboard", "The dashboard, for people.", "Page") { Keys = [] },
        ["DashboardLogin"] = new("Dashboard", "Opens a session with an admin's key or a caller's: a cookie that counts as the key where the dashboard asks.", "LoginSession") { Keys = [], Body = "LoginRequest" },
        ["DashboardLogout"] = new("Dashboard", "Ends the session, on every instance.", "Nothing") { Keys = [], Status = "204" },
        ["DashboardSession"] = new("Dashboard", "Tells whose session it is, and what to send with what changes something.", "LoginSession") { Keys = [] },
        ["DashboardWebFile"] = new("Dashboard", "What the dashboard's page loads.", "PageFile") { Keys = [] },
        ["AdminGetConfiguration"] = Admin("Reads the configuration that is active; its version is the ETag.", "Configuration"),
        ["AdminReplaceConfiguration"] = Admin("Checks a configuration and makes it the active one.", "Activation") with { Body = "Configuration", Parameters = ["IfMatch", "Reason"] },
        ["AdminListConfigurations"] = Admin("Lists the configurations that are kept.", "ConfigurationList"),
        ["AdminGetConfigurationVersion"] = Admin("Reads a configuration that is kept.", "Configuration"),
        ["AdminListBudgets"] = Admin("Tells how all budgets stand: spent, pending, forecast.", "BudgetList") with { Parameters = ["Key", "Limit", "Next"] },
        ["AdminHealth"] = Admin("Tells how every deployment does: its breaker, how fast it is, what capacity is left.", "DeploymentList"),
        ["AdminActivateConfiguration"] = Admin("Makes a configuration that is kept the active one.", "Activation") with { Parameters = ["IfMatch", "Reason"] },
        ["AdminDiffConfiguration"] = Admin("Lists where a configuration that is kept differs from another, or from the active one.", "ConfigurationDiff") with { Parameters = ["ToVersion"] },
        ["AdminCreateKey"] = Admin("Issues a key and shows it, this once.", "IssuedKey") with { Status = "201", Body = "KeyRequest", Parameters = ["Reason"] },
        ["AdminListKeys"] = Admin("Lists the keys that were issued, the newest first.", "IssuedKeyList") with { Parameters = ["After", "Limit"] },
        ["AdminGetKey"] = Admin("Describes a key.", "IssuedKey"),
        ["AdminChangeKey"] = Admin("Changes what a key may do: null takes a member away.", "IssuedKey") with { Body = "KeyChange", Parameters = ["Reason"] },
        ["AdminDeleteKey"] = Admin("Takes a key away for good.", "Deletion") with { Parameters = ["Reason"] },
        ["AdminRotateKey"] = Admin("Gives a key another secret and shows it, this once.", "IssuedKey") with { Body = "KeyRotation", Parameters = ["Reason"] },
        ["AdminDisableKey"] = Admin("Lets a key be accepted no longer, for now.", "IssuedKey") with { Parameters = ["Reason"] },
        ["AdminEnableKey"] = Admin("Lets a key be accepted again.", "IssuedKey") with { Parameters = ["Reason"] },
        ["AdminListAudit"] = Admin("Lists who changed what, the newest first.", "AuditList") with { Parameters = ["After", "Limit", "Action", "Subject"] },
        ["AdminListTiers"] = Admin("Lists the tiers that keys may have.", "TierList"),
        ["AdminListAlerts"] = Admin("Lists what is wrong, or was, the newest first.", "AlertList") with { Parameters = ["AlertState", "Limit", "Next"] },
        ["AdminAcknowledgeAlert"] = Admin("Takes note of an alert in the admin's name.", "Alert") with { Parameters = ["Reason"] },
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static EndpointDescription Admin(string summary, string answer) => new("Admin", summary, answer) { Keys = ["adminKey"] };
}
