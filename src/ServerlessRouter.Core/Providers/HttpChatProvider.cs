using System.Buffers;
using System.Runtime.CompilerServices;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Providers;

/// <summary>Calls a vendor over HTTP: the mapper translates, the authenticator proves who is calling, and here the call is made and its end is told.</summary>
internal sealed class HttpChatProvider(IChatMapper mapper, UpstreamConnections connections, EntraTokenSource entraTokens, TimeProvider time) : IChatProvider
{
    /// <summary>A whole answer beyond this is not read.</summary>
    public const int MostAnswerBytes = 64 * 1024 * 1024;

    // Some front doors turn away callers without one.
    private const string UserAgent = "ServerlessRouter";

    private readonly ConditionalWeakTable<DeploymentModel, UpstreamEndpoint> _endpoints = [];

    public string Kind => mapper.Kind;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<AttemptResult> SendAsync(AttemptContext attempt, CancellationToken cancellationToken)
    {
        var endpoint = EndpointOf(attempt);
        if (!mapper.TryWriteRequest(attempt.Request.Request, endpoint, attempt.Adjustments, out var content, out var failure))
            return failure;
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint.Address) { Content = content };
        AddHeaders(request, attempt.Request.Headers, endpoint.Deployment.Provider.Additions);
        if (await endpoint.Authenticator.AuthenticateAsync(request, cancellationToken).ConfigureAwait(false) is { } unauthenticated)
            return unauthenticated;

        HttpResponseMessage response;
        try
        {
            response = await endpoint.Invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (UpstreamFailures.IsBrokenConnection(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            return UpstreamFailures.OfConnection(exception);
        }

        attempt.RemainingQuota = mapper.ReadQuota(response.Headers);
        var body = UpstreamBody.Of(response);
        if (response.IsSuccessStatusCode && attempt.Request.Request.IsStream && !IsJson(response))
            return mapper.OpenStream(body);
        using (body)
        {
            return response.IsSuccessStatusCode
                ? await ReadAnswerAsync(body, attempt.Request.Request.IsStream, cancellationToken).ConfigureAwait(false)
                : await ReadFailureAsync(response, body, attempt.RemainingQuota, cancellationToken).ConfigureAwait(false);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<AttemptResult> ReadAnswerAsync(UpstreamBody body, bool wantedStream, CancellationToken cancellationToken)
    {
        var (pooled, length, isBroken) = await body.ReadWholeAsync(MostAnswerBytes, cancellationToken).ConfigureAwait(false);
        var result = mapper.ReadAnswer(pooled, length < 0 ? MostAnswerBytes : length);
        if (isBroken)
            return Unusable(result, "The connection to the provider broke inside its answer.");
        if (length < 0)
            return Unusable(result, "The provider's answer was larger than the router reads.");
        return wantedStream && result.Answer is not null ? Unusable(result, "The provider answered in one piece although a stream was asked for.") : result;
    }

    /// <summary>An answer that nobody gets; what the vendor says it bills is owed all the same.</summary>
    private static AttemptFailure Unusable(in AttemptResult result, string detail)
    {
        using var answer = result.Answer;
        return UpstreamFailures.CutBeforeCommit(detail) with { Usage = answer?.Usage ?? result.Failure?.Usage };
    }

    private async ValueTask<AttemptResult> ReadFailureAsync(HttpResponseMessage response, UpstreamBody body, RemainingQuota? quota, CancellationToken cancellationToken)
    {
        var (pooled, length, isBroken) = await body.ReadWholeAsync(UpstreamFailures.MostErrorBytes, cancellationToken).ConfigureAwait(false);
        try
        {
            // Of a broken one the status alone says enough.
            var read = isBroken ? default : pooled.AsMemory(0, length < 0 ? UpstreamFailures.MostErrorBytes : length);
            return UpstreamFailures.OfStatus((int)response.StatusCode, response.Headers, read, quota, time.GetUtcNow());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(pooled);
        }
    }

    /// <summary>All that goes up: what is named here, what the mapper demands, what the owner adds, and the credential. No header of the caller but its trace.</summary>
    private void AddHeaders(HttpRequestMessage request, IRequestHeaders caller, ProviderAdditions additions)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        if (caller.Get("traceparent") is { } trace)
        {
            request.Headers.TryAddWithoutValidation("traceparent", trace);
            if (caller.Get("tracestate") is { } state)
                request.Headers.TryAddWithoutValidation("tracestate", state);
        }

        mapper.AddHeaders(request.Headers);
        foreach (var (name, value) in additions.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }

    /// <summary>An answer in one piece; every other type is read as a stream, because some servers do not name theirs.</summary>
    private static bool IsJson(HttpResponseMessage response) =>
        response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type)
        && type.ToString().StartsWith("application/json", StringComparison.OrdinalIgnoreCase);

    private UpstreamEndpoint EndpointOf(AttemptContext attempt)
    {
        var deployment = attempt.Deployment!;
        return _endpoints.TryGetValue(deployment, out var known) ? known : AddEndpoint(deployment, attempt.Model);
    }

    // Apart, because a method makes its closures whenever it is called.
    private UpstreamEndpoint AddEndpoint(DeploymentModel deployment, LanguageModel model) => _endpoints.GetValue(deployment, key => CreateEndpoint(key, model));

    private UpstreamEndpoint CreateEndpoint(DeploymentModel deployment, LanguageModel model)
    {
        var provider = deployment.Provider;
        var address = provider.Additions.AddTo(mapper.AddressOf(deployment));
        return new UpstreamEndpoint(
            deployment, model, address, new ChatRequestPatch(deployment.Name, model.Parameters), AuthenticatorOf(provider), connections.For(address, provider.Proxy));
    }

    private IProviderAuthenticator AuthenticatorOf(ProviderModel provider) => provider.Credential switch
    {
        Credential.ApiKey key => new ApiKeyAuthenticator(mapper.KeyHeader.Header, mapper.KeyHeader.Prefix + key.Secret),
        Credential.Entra => new EntraAuthenticator(entraTokens),
        _ => NoAuthenticator.Instance,
    };
}
