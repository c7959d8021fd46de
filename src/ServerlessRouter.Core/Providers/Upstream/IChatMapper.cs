using System.Diagnostics.CodeAnalysis;
using System.Net.Http.Headers;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Providers.Upstream;

/// <summary>Translates between OpenAI's schema and one vendor's; knows nothing of connections and credentials.</summary>
internal interface IChatMapper
{
    /// <summary>The mapper that calls this deployment: another than this one for a deployment that answers at another of its vendor's APIs alone.</summary>
    IChatMapper For(DeploymentModel deployment) => this;

    /// <summary>Where a deployment is called.</summary>
    Uri AddressOf(DeploymentModel deployment);

    /// <summary>What is changed in a request's own bytes on their way to a deployment.</summary>
    ChatRequestPatch PatchOf(DeploymentModel deployment, LanguageModel model) => new(deployment.Name, deployment.Parameters ?? model.Parameters, model.Streams);

    /// <summary>Headers the vendor demands besides the credential, and those of the caller's that belong to the vendor's schema.</summary>
    void AddHeaders(HttpRequestHeaders headers, IRequestHeaders caller);

    /// <summary>The body that goes up; a failure when the vendor's API cannot express the request. Told of what is changed where <paramref name="adjustments"/> is not null.</summary>
    bool TryWriteRequest(
        ChatRequest request, UpstreamEndpoint endpoint, RequestAdjustments? adjustments,
        [NotNullWhen(true)] out HttpContent? content, [NotNullWhen(false)] out AttemptFailure? failure);

    /// <summary>Reads a whole answer with a 2xx status and takes over <paramref name="pooled"/>, an array of the shared pool.</summary>
    AttemptResult ReadAnswer(byte[] pooled, int length);

    /// <summary>Whether such answers may come in pieces at all.</summary>
    bool MayStream => true;

    /// <summary>Wraps the body of an answer whose headers promise a stream of so many choices.</summary>
    ChatStream OpenStream(UpstreamBody body, int choices = 1);

    /// <summary>What the answers are written in that this mapper reads for callers.</summary>
    WireSchema Schema => WireSchema.Chat;

    /// <summary>
    /// The mapper for callers who speak another schema than chat completions, the deployment's own: their bytes go up and the vendor's come back, read along the way as far as the
    /// router must know them. Null where the deployment has no such schema.
    /// </summary>
    IChatMapper? PassingOn(DeploymentModel deployment) => null;

    /// <summary>Whether a request in this mapper's own schema may go up as it came; one that may not is translated.</summary>
    bool MayPass(DoorRequest request) => true;

    /// <summary>The mapper that makes chat completions of the same vendor's answers, for what cannot be passed on as it came.</summary>
    IChatMapper Translating => this;

    /// <summary>What the vendor's rate-limit headers say; null when it sent none.</summary>
    RemainingQuota? ReadQuota(HttpResponseHeaders headers);
}

/// <summary>What calling one deployment takes, worked out once.</summary>
internal sealed record UpstreamEndpoint
{
    public required IChatMapper Mapper { get; init; }

    public required DeploymentModel Deployment { get; init; }

    public required LanguageModel Model { get; init; }

    public required Uri Address { get; init; }

    public required ChatRequestPatch Patch { get; init; }

    public required IProviderAuthenticator Authenticator { get; init; }

    public required HttpMessageInvoker Invoker { get; init; }
}
