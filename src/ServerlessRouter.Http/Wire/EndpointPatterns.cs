namespace ServerlessRouter.Http.Wire;

/// <summary>Paths of endpoints that sentences name or that more than one endpoint has, and the names of what varies in them.</summary>
internal static class EndpointPatterns
{
    public const string ChatCompletions = "v1/chat/completions";
    public const string Embeddings = "v1/embeddings";
    public const string Messages = "v1/messages";
    public const string Responses = "v1/responses";
    public const string Models = "v1/models";
    public const string Files = "v1/files";
    public const string Batches = "v1/batches";

    /// <summary>Where a request that is answered later is asked for; batches too.</summary>
    public const string Jobs = "v1/jobs";

    public const string Usage = "v1/usage";
    public const string Requests = "v1/requests";
    public const string Key = "v1/key";
    public const string AdminHealth = "v1/admin/health";
    public const string AdminBudgets = "v1/admin/budgets";
    public const string AdminConfiguration = "v1/admin/configuration";
    public const string AdminConfigurationVersions = "v1/admin/configuration/versions";

    public const string AdminKeys = "v1/admin/keys";
    public const string AdminAudit = "v1/admin/audit";
    public const string AdminTiers = "v1/admin/tiers";
    public const string AdminAlerts = "v1/admin/alerts";

    public const string Dashboard = "dashboard";
    public const string DashboardLogin = "dashboard/login";
    public const string DashboardLogout = "dashboard/logout";
    public const string DashboardSession = "dashboard/session";
    public const string DashboardFiles = "dashboard/{**file}";
    public const string File = "file";

    public const string Admin = "/v1/admin";
    public const string AzureDeployments = "/openai/deployments";
    public const string AzureDeploymentName = "name";
    public const string Id = "id";
    public const string ConfigurationVersion = "version";
}
