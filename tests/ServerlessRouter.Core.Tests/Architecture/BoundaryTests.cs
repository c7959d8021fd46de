using System.Reflection;
using ServerlessRouter.Configuration;
using ServerlessRouter.Http;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.State;
using ServerlessRouter.Testing.Architecture;
using ServerlessRouter.Training;
using Xunit;

namespace ServerlessRouter.Core.Tests.Architecture;

/// <summary>
/// Who may know whom, asked of the compiled code. Each row names a folder, which is a namespace, and the folders it may refer to. A folder refers only to folders above it, so there are no
/// circles, and the stages never know each other: they meet in the request's context.
/// </summary>
public sealed class BoundaryTests
{
    private static readonly string[] Foreign = ["Microsoft.AspNetCore", "Microsoft.Azure.Functions", "Microsoft.Extensions.Hosting", "Azure.Data.Tables"];

    private static readonly string[] Core =
    [
        "Background: ",
        "Checks.Schema: ",
        "Configuration.Files: ",
        "Domain: ",
        "Json: ",
        "Classification.Features: Domain",
        "Errors: Domain",
        "Chat: Domain Errors Json",
        "Classification.Answers: Classification.Features",
        "Doors: Chat Domain Errors Json",
        "Doors.Responses: Chat Doors Domain Errors Json",
        "Classification.Models: Classification.Features Domain",
        "Configuration: Classification.Models Domain",
        "Governance: Configuration",
        "Audit: Configuration",
        "Identity: Background Configuration",
        "Configuration.Written: Configuration Domain",
        "Configuration.Catalogue: Configuration.Written Domain",
        "Pipeline: Chat Configuration Domain Errors Json",
        "Governance.Enforcement: Chat Configuration Domain Errors Governance Json Pipeline",
        "Balancing: Chat Configuration Domain Errors Pipeline",
        "Classification: Chat Classification.Features Classification.Models Configuration Domain Errors Json Pipeline",
        "Doors.Messages: Chat Classification Doors Domain Errors Json",
        "Configuration.Secrets: Configuration.Written",
        "Keys: Audit Background Configuration Configuration.Secrets Domain Errors Governance",
        "Dispatch: Chat Configuration Domain Errors Json Pipeline",
        "Health: Configuration Domain Errors Pipeline",
        "Lessons: Chat Configuration Domain Errors Pipeline",
        "Providers.Failures: Chat Errors Pipeline",
        "Recording.Records: Background Chat Configuration Domain Errors Pipeline",
        "Recording.Usage: Background Chat Configuration Domain Errors Json Pipeline",
        "Routing.Objectives: Configuration Domain Pipeline",
        "Routing.Preferences: Chat Configuration Domain Errors Json Pipeline",
        "Routing.Rules: Chat Configuration Domain Json Pipeline",
        "Telemetry: Chat Configuration Domain Errors Pipeline",
        "Alerts: Audit Background Configuration Domain Telemetry",
        "Queueing: Configuration Domain Errors Governance Pipeline Telemetry",
        "Admission: Chat Configuration Configuration.Secrets Errors Pipeline",
        "Checks.Healing: Json",
        "Checks: Chat Checks.Healing Checks.Schema Classification Classification.Answers Configuration Domain Json Pipeline",
        "Configuration.Schema: Configuration Configuration.Secrets Configuration.Written",
        "Configuration.Validation: Classification.Models Configuration Configuration.Files Configuration.Secrets Configuration.Written Domain Json",
        "Webhooks: Configuration Errors",
        "Alerts.Delivery: Alerts Background Configuration Webhooks",
        "Governance.Leases: Background Configuration Domain Governance",
        "Health.Shared: Background Domain Health",
        "Logins: Background Domain Errors",
        "Probes: Background Chat Configuration Dispatch Domain Errors Health Pipeline",
        "Providers.Upstream: Chat Configuration Domain Errors Json Pipeline Providers.Failures",
        "Providers.Translation: Chat Domain Errors Json Providers.Failures Providers.Upstream",
        "Recording: Background Chat Configuration Domain Errors Json Pipeline Recording.Records Recording.Usage Telemetry",
        "Routing.Downgrades: Configuration Routing.Objectives",
        "Configuration.Loading: Classification.Models Configuration Configuration.Catalogue Configuration.Files Configuration.Secrets Configuration.Validation Configuration.Written Domain",
        "Providers.OpenAI: Chat Configuration Domain Errors Json Pipeline Providers.Failures Providers.Upstream",
        "Resuming: Admission Chat Configuration Dispatch Errors Pipeline",
        "Routing: Chat Configuration Domain Errors Pipeline Routing.Downgrades Routing.Objectives Routing.Preferences Routing.Rules",
        "Configuration.Stored: Audit Background Configuration Configuration.Loading Configuration.Validation Domain",
        "Alerts.Sources: Alerts Chat Configuration Configuration.Stored Domain Errors Governance Governance.Enforcement Health Pipeline",
        "Providers.Anthropic: Chat Configuration Domain Errors Json Pipeline Providers.Failures Providers.OpenAI Providers.Translation Providers.Upstream",
        "Caching: Background Chat Configuration Doors Domain Errors Json Pipeline Providers.OpenAI",
        "Providers.AzureOpenAI: Chat Configuration Errors Pipeline Providers.Failures Providers.OpenAI Providers.Upstream",
        "Providers.Responses: Chat Configuration Domain Errors Json Pipeline Providers.Failures Providers.OpenAI Providers.Translation Providers.Upstream",
        "Providers.Simulated: Chat Configuration Domain Errors Json Pipeline Providers.OpenAI Providers.Upstream",
        "Providers: Chat Configuration Domain Errors Pipeline Providers.Anthropic Providers.AzureOpenAI Providers.Failures Providers.OpenAI Providers.Responses Providers.Simulated Providers.Upstream",
        ": Admission Alerts Alerts.Delivery Alerts.Sources Audit Background Balancing Caching Chat Checks Classification Configuration Configuration.Loading Configuration.Stored Dispatch Domain Errors Governance Governance.Enforcement Governance.Leases Health Health.Shared Identity Keys Lessons Logins Pipeline Probes Providers Queueing Recording Recording.Records Recording.Usage Resuming Routing Telemetry Webhooks",
    ];

    private static readonly string[] State =
    [
        "State: ",
        "State.Memory: State",
        "State.Sqlite: State",
    ];

    private static readonly string[] Jobs =
    [
        "Jobs.Requests: ",
        "Jobs: Jobs.Requests",
        "Jobs.Input: Jobs",
        "Jobs.Queue: Jobs",
        "Jobs.Rows: Jobs Jobs.Requests",
        "Jobs.Webhooks: Jobs",
        "Jobs.Storage: Jobs Jobs.Rows",
        "Jobs.Steps: Jobs Jobs.Input Jobs.Requests Jobs.Rows Jobs.Storage Jobs.Webhooks",
        "Jobs.Services: Jobs Jobs.Queue Jobs.Requests Jobs.Rows Jobs.Steps Jobs.Storage Jobs.Webhooks",
        "Jobs.Local: Jobs Jobs.Services Jobs.Steps",
    ];

    private static readonly string[] Training =
    [
        "Training.Rows: ",
        "Training.Evaluation: Training.Rows",
        "Training.Learning: Training.Rows",
        "Training: Training.Evaluation Training.Learning Training.Rows",
    ];

    private static readonly string[] Http =
    [
        "Http.Bodies: ",
        "Http.Tokens: ",
        "Http.Wire: ",
        "Http.Admin: Http.Bodies Http.Wire",
        "Http.Browsers: Http.Wire",
        "Http.Dashboard: Http.Wire",
        "Http.Logins: Http.Admin Http.Bodies Http.Browsers Http.Dashboard Http.Wire",
        "Http.Health: Http.Admin Http.Wire",
        "Http.Jobs: Http.Bodies Http.Wire",
        "Http.Limits: Http.Admin Http.Wire",
        "Http.Reference: Http.Wire",
        "Http.Responses: Http.Bodies Http.Jobs Http.Wire",
        "Http.Usage: Http.Admin Http.Wire",
        "Http.Records: Http.Usage Http.Wire",
        "Http: Http.Admin Http.Bodies Http.Browsers Http.Dashboard Http.Health Http.Jobs Http.Limits Http.Logins Http.Records Http.Reference Http.Responses Http.Tokens Http.Usage Http.Wire",
        "Http.Hosting: Http Http.Admin Http.Logins",
    ];

    [Fact]
    public void Core_ReferencesStateAlone_AndItsFoldersThoseAboveThem() => Hold(typeof(RouterModel).Assembly, Core, "State");

    [Fact]
    public void CoreAndState_KnowNoServerNoHostAndNoAzureService() => Assert.DoesNotContain(
        typeof(RouterModel).Assembly.GetReferencedAssemblies().Concat(typeof(ITableStore).Assembly.GetReferencedAssemblies()),
        static reference => Foreign.Any(name => reference.Name!.StartsWith(name, StringComparison.Ordinal)));

    [Fact]
    public void State_ReferencesNothing() => Hold(typeof(ITableStore).Assembly, State);

    [Fact]
    public void Jobs_ReferenceCoreAndState() => Hold(typeof(JobServices).Assembly, Jobs, "Core", "State");

    [Fact]
    public void Training_ReferencesCore() => Hold(typeof(TrainCommand).Assembly, Training, "Core");

    [Fact]
    public void Http_ReferencesJobsCoreAndState() => Hold(typeof(RouterEndpoints).Assembly, Http, "Jobs", "Core", "State");

    private static void Hold(Assembly assembly, IReadOnlyList<string> rows, params string[] projects) => new Boundaries(assembly, rows, projects).Hold();
}
