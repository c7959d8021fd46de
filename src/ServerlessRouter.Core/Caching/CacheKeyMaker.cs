using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Configuration;
using ServerlessRouter.Domain;
using ServerlessRouter.Doors;
using ServerlessRouter.Json;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Caching;

/// <summary>
/// Makes the key of a request: everything its answer depends on. Whatever is not known to have no part in the answer is part of the key, so that a parameter that vendors add tomorrow keeps answers apart.
/// </summary>
internal static class CacheKeyMaker
{
    /// <summary>Grows with each change of what a key or an entry is made of.</summary>
    private const string Version = "2";

    /// <summary>How the answer is brought, and on whose behalf: no vendor answers otherwise for them.</summary>
    private static readonly byte[][] LeftOut =
    [
        "stream"u8.ToArray(), "stream_options"u8.ToArray(), "user"u8.ToArray(), "metadata"u8.ToArray(), "safety_identifier"u8.ToArray(), "prompt_cache_key"u8.ToArray(),
        "prompt_cache_retention"u8.ToArray(), "session_id"u8.ToArray(),
    ];

    /// <summary>The key; or why the request has none.</summary>
    public static CacheKey? TryMake(RequestContext context, CacheScope scope, out string? bypass)
    {
        var request = context.Request;
        bypass = BypassOf(context);
        if (bypass is not null)
            return null;
        using var form = new CanonicalForm();
        form.Append(Version);
        form.Append(EndpointOf(request));
        AppendScope(form, context, scope);
        form.Append(context.Router.Version);
        form.Append(context.Route.Name);
        form.Append(context.Plan.Candidates[0].Model.Name);
        // It may stand in the path.
        form.Append(request.Model);
        AppendConstraints(form, context.Tier.Constraints);
        bypass = AppendBody(form, request.Door is { } door ? door.Body.Span : request.Bytes);
        return bypass is null ? form.Hash() : null;
    }

    private static string? BypassOf(RequestContext context)
    {
        var request = context.Request;
        if (request.Door is { Schema: WireSchema.Messages } && context.Headers.Get("anthropic-beta") is { Length: > 0 })
            return CacheBypasses.AnthropicBeta;
        return (request.Door is { } door ? door.OwnTool : OwnTools.FindFirst(request)) is null ? null : CacheBypasses.HostedTool;
    }

    private static string EndpointOf(ChatRequest request) => request.Embeddings is not null ? "embeddings" : request.Door?.Schema switch
    {
        WireSchema.Messages => "messages",
        WireSchema.Responses => "responses",
        _ => "chat",
    };

    private static void AppendScope(CanonicalForm form, RequestContext context, CacheScope scope)
    {
        form.Append(scope switch { CacheScope.Shared => "shared", CacheScope.Tier => "tier", _ => "key" });
        form.Append(scope switch { CacheScope.Shared => null, CacheScope.Tier => context.Tier.Name, _ => context.CallerName });
    }

    /// <summary>An answer from where a tier may not ask is none of its answers.</summary>
    private static void AppendConstraints(CanonicalForm form, ConstraintsModel? constraints)
    {
        form.Append(constraints is null ? null : $"{constraints.DeniesDataCollection} {constraints.RequiresZeroDataRetention}");
        form.Append(constraints?.Regions is { } regions ? string.Join('\n', regions.Select(static region => region.ToLowerInvariant()).Order(StringComparer.Ordinal)) : null);
    }

    private static string? AppendBody(CanonicalForm form, ReadOnlySpan<byte> body)
    {
        var reader = new JsonTokenReader(body, ChatRequestScanner.MaxDepth);
        reader.Read();
        var members = form.BeginObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (BypassAt(reader) is { } bypass)
                return bypass;
            if (IsLeftOut(reader))
                reader.Skip();
            else
                form.AppendMember(ref reader);
        }

        form.EndObject(members);
        if (form.HasHalfCharacter)
            return CacheBypasses.MalformedText;
        return form.HasDuplicate ? CacheBypasses.DuplicateMember : null;
    }

    private static bool IsLeftOut(in JsonTokenReader reader)
    {
        foreach (var name in LeftOut)
        {
            if (reader.ValueTextEquals(name))
                return true;
        }

        return false;
    }

    /// <summary>Why a request with this member is none for the cache; <paramref name="reader"/>, a copy, stands on its name.</summary>
    private static string? BypassAt(JsonTokenReader reader)
    {
        if (reader.ValueTextEquals("store"u8))
            return Said(reader) == JsonTokenType.True ? CacheBypasses.Store : null;
        if (reader.ValueTextEquals("background"u8))
            return Said(reader) == JsonTokenType.True ? CacheBypasses.Background : null;
        if (reader.ValueTextEquals("previous_response_id"u8) || reader.ValueTextEquals("conversation"u8))
            return Said(reader) == JsonTokenType.Null ? null : CacheBypasses.PreviousResponse;
        if (reader.ValueTextEquals("web_search_options"u8) || reader.ValueTextEquals("mcp_servers"u8))
            return Said(reader) == JsonTokenType.Null ? null : CacheBypasses.HostedTool;
        return reader.ValueTextEquals("plugins"u8) && SearchesTheWeb(reader) ? CacheBypasses.HostedTool : null;
    }

    private static JsonTokenType Said(JsonTokenReader reader)
    {
        reader.Read();
        return reader.TokenType;
    }

    /// <summary>OpenRouter's plugin <c>web</c>.</summary>
    private static bool SearchesTheWeb(JsonTokenReader reader)
    {
        reader.Read();
        var depth = reader.CurrentDepth;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            if (reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("web"u8))
                return true;
        }

        return false;
    }
}
