using System.Buffers;
using System.Collections.Frozen;
using System.Text.Json;
using ServerlessRouter.Configuration;
using ServerlessRouter.Governance;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Jobs;

/// <summary>The headers of a request that is answered later: those routing may look at, and never a key.</summary>
public sealed class JobHeaders : IRequestHeaders
{
    private const int MaxValueLength = 512;

    /// <summary>As many as fit into the job's row, however they are escaped.</summary>
    private const int MaxHeaders = 10;

    private const string SessionHeader = "x-session-id";

    /// <summary>Headers by which callers steer the router.</summary>
    private static readonly string[] Known =
    [
        "x-router-prefer", "x-router-metadata", "x-litellm-timeout", "x-litellm-num-retries", "x-litellm-tags",
        "x-portkey-metadata", "x-portkey-trace-id", "x-portkey-request-timeout", "traceparent",
    ];

    private static readonly FrozenSet<string> Secret =
        FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "authorization", "api-key", "x-api-key", "cookie", "proxy-authorization");

    private readonly Dictionary<string, string> _values = new(StringComparer.OrdinalIgnoreCase);

    private JobHeaders()
    {
    }

    public string? Get(string name) => _values.GetValueOrDefault(name);

    /// <summary>What <see cref="Keep"/> made of headers.</summary>
    public static JobHeaders Read(string? json)
    {
        var headers = new JobHeaders();
        if (json is null)
            return headers;
        using var document = JsonDocument.Parse(json);
        foreach (var header in document.RootElement.EnumerateObject())
            headers._values[header.Name] = header.Value.GetString()!;
        return headers;
    }

    /// <summary>A JSON object of the headers that the router or a rule of the configuration looks at; null when there is none.</summary>
    public static string? Keep(IRequestHeaders headers, RouterModel router)
    {
        var inRules = router.Routes.SelectMany(static route => route.Rules).SelectMany(static rule => rule.Conditions)
            .Where(static condition => condition.Policy == ConditionNames.Headers).Select(static condition => condition.Key!);
        var kept = new SortedDictionary<string, string>(StringComparer.Ordinal);
        // However long they are, limits count under them.
        string[] ofLimits = router.EndUserHeader is { } header ? [SessionHeader, header] : [SessionHeader];
        foreach (var name in ofLimits)
        {
            if (!Secret.Contains(name) && headers.Get(name) is { } subject)
                kept[name.ToLowerInvariant()] = subject.Length <= MaxValueLength ? subject : SubjectNames.Shorten(subject);
        }

        foreach (var name in Known.Concat(inRules))
        {
            if (kept.Count < MaxHeaders && !Secret.Contains(name) && headers.Get(name) is { Length: <= MaxValueLength } value)
                kept[name.ToLowerInvariant()] = value;
        }

        return kept.Count == 0 ? null : Write(kept);
    }

    private static string Write(SortedDictionary<string, string> headers)
    {
        var output = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        foreach (var (name, value) in headers)
            writer.WriteString(name, value);
        writer.WriteEndObject();
        writer.Flush();
        return System.Text.Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
