using System.Buffers;
using System.Runtime.CompilerServices;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;
using ServerlessRouter.Providers.Failures;
using ServerlessRouter.Providers.Upstream;

namespace ServerlessRouter.Providers;

/// <summary>Calls a vendor over HTTP: the mapper translates, the authenticator proves who is calling, and here the call is made and its end is told.</summary>
internal sealed class HttpChatProvider(IChatMapper mapper, UpstreamConnections connections, EntraTokenSource entraTokens, TimeProvider time) : IChatProvider
{
    // Some front doors turn away callers without one.
    private const string UserAgent = "ServerlessRouter";

    /// <summary>How long the words of an error are waited for: its status has said that it is one.</summary>
    private static readonly TimeSpan MaxErrorWait = TimeSpan.FromSeconds(3);

    private readonly ConfigurationTable<DeploymentModel, UpstreamEndpoint> _endpoints = new();

    /// <summary>Those for callers who speak the vendor's own schema; null where it has none.</summary>
    private readonly ConfigurationTable<DeploymentModel, UpstreamEndpoint?> _passing = new();

    /// <inheritdoc/>
    public void Follow(RouterModel router)
    {
        _endpoints.KeepOnly(router.Models.SelectMany(static model => model.Deployments));
        _passing.KeepOnly(router.Models.SelectMany(static model => model.Deployments));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<AttemptResult> SendAsync(AttemptContext attempt, CancellationToken cancellationToken)
    {
        var endpoint = EndpointFor(attempt);
        attempt.Address = endpoint.Address;
        HttpResponseMessage? response = null;
        for (var isOnFresh = false; response is null; isOnFresh = true)
        {
            if (!endpoint.Mapper.TryWriteRequest(attempt.Request.Request, endpoint, isOnFresh ? null : attempt.Adjustments, out var content, out var failure))
                return failure;
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Address) { Content = content };
            AddHeaders(request, attempt, endpoint);
            if (await endpoint.Authenticator.AuthenticateAsync(request, cancellationToken).ConfigureAwait(false) is { } unauthenticated)
                return unauthenticated;
            var invoker = isOnFresh ? connections.FreshFor(endpoint.Address, endpoint.Deployment.Provider.Proxy) : endpoint.Invoker;
            try
            {
                response = await invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (UpstreamFailures.IsBrokenConnection(exception))
            {
                cancellationToken.ThrowIfCancellationRequested();
                // The vendor has not seen the request: no attempt of its own, and nothing for health to learn.
                if (isOnFresh || !StaleConnectionException.IsBehind(exception))
                    return UpstreamFailures.OfConnection(exception, connections.ProxyOf(endpoint.Address, endpoint.Deployment.Provider.Proxy) is not null);
            }
        }

        attempt.RemainingQuota = mapper.ReadQuota(response.Headers);
        var body = UpstreamBody.Of(response, time, attempt.MaxAnswerBytes);
        if (response.IsSuccessStatusCode)
        {
            var asked = attempt.Request.Request;
            return await UpstreamAnswers.ReadAsync(
                endpoint.Mapper, body, MediaTypeOf(response), asked.IsStream, asked.IsStream && endpoint.Model.Streams, asked.Choices, cancellationToken).ConfigureAwait(false);
        }

        using (body)
            return await ReadFailureAsync(response, body, attempt, cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask<AttemptResult> ReadFailureAsync(HttpResponseMessage response, UpstreamBody body, AttemptContext attempt, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(MaxErrorWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            var (pooled, length, end) = await body.ReadWholeAsync(UpstreamFailures.MaxErrorBytes, wantsTail: false, either.Token).ConfigureAwait(false);
            try
            {
                // Of a broken one the status alone says enough.
                var read = end == BodyEnd.Broken && !BareJson.IsDocument(pooled.AsSpan(0, length)) ? default : pooled.AsMemory(0, length);
                return FailureOf(response, read, attempt);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(pooled);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return FailureOf(response, default, attempt);
        }
    }

    private AttemptFailure FailureOf(HttpResponseMessage response, ReadOnlyMemory<byte> body, AttemptContext attempt) =>
        UpstreamFailures.OfStatus((int)response.StatusCode, response.Headers, body, attempt.RemainingQuota, time.GetUtcNow(), attempt.Request.Request);

    /// <summary>All that goes up: what is named here, what the mapper demands, what the owner adds, and the credential. No header of the caller but its trace.</summary>
    private static void AddHeaders(HttpRequestMessage request, AttemptContext attempt, UpstreamEndpoint endpoint)
    {
        var caller = attempt.Request.Headers;
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        // The vendor's spans stand below the router's own; where it makes none, below the caller's.
        var (trace, state) = (attempt.Span ?? attempt.Request.Span) is { } span
            ? (span.Id, span.TraceStateString)
            : (caller.Get(TraceHeaders.Parent), caller.Get(TraceHeaders.State));
        if (trace is not null)
        {
            request.Headers.TryAddWithoutValidation(TraceHeaders.Parent, trace);
            if (state is not null)
                request.Headers.TryAddWithoutValidation(TraceHeaders.State, state);
        }

        endpoint.Mapper.AddHeaders(request.Headers, caller);
        foreach (var (name, value) in endpoint.Deployment.Provider.Additions.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    private static string? MediaTypeOf(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type) ? type.ToString() : null;

    /// <summary>An answer that checks read, or that is kept for others, must be a chat completion; every other may pass as it is where caller and vendor speak the same schema.</summary>
    private UpstreamEndpoint EndpointFor(AttemptContext attempt)
    {
        var made = (Provider: this, attempt.Model);
        if (attempt.Request is { Request.Door: { } door, Plan.Cascade: null, IsAnswerKept: false }
            && _passing.Of(attempt.Deployment!, made, static (deployment, made) => made.Provider.Passing(deployment, made.Model)) is { } passing
            && passing.Mapper.Schema == door.Schema && passing.Mapper.MayPass(door))
        {
            return passing;
        }

        return _endpoints.Of(attempt.Deployment!, made, static (deployment, made) => made.Provider.Usual(deployment, made.Model));
    }

    private UpstreamEndpoint Usual(DeploymentModel deployment, LanguageModel model) => CreateEndpoint(mapper.For(deployment), deployment, model);

    private UpstreamEndpoint? Passing(DeploymentModel deployment, LanguageModel model) =>
        mapper.PassingOn(deployment) is { } passing ? CreateEndpoint(passing, deployment, model) : null;

    private UpstreamEndpoint CreateEndpoint(IChatMapper schema, DeploymentModel deployment, LanguageModel model)
    {
        var provider = deployment.Provider;
        var address = provider.Additions.AddTo(schema.AddressOf(deployment));
        return new UpstreamEndpoint
        {
            Mapper = schema,
            Deployment = deployment,
            Model = model,
            Address = address,
            Patch = schema.PatchOf(deployment, model),
            Authenticator = AuthenticatorOf(provider),
            Invoker = connections.For(address, provider.Proxy),
        };
    }

    private IProviderAuthenticator AuthenticatorOf(ProviderModel provider) => provider.Credential switch
    {
        Credential.ApiKey key when provider.Kind.Access is { } access => new ApiKeyAuthenticator(access.KeyHeader, access.KeyPrefix + key.Secret),
        Credential.Entra => new EntraAuthenticator(entraTokens),
        _ => NoAuthenticator.Instance,
    };
}
