using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using ServerlessRouter.Configuration.Stored;
using ServerlessRouter.Domain;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Admin;

/// <summary>Writes configurations, and what became of changing them.</summary>
internal static class ConfigurationAnswer
{
    /// <summary>The text as it was saved, with its version as ETag.</summary>
    public static ValueTask WriteTextAsync(HttpContext http, string version, ReadOnlyMemory<byte> text)
    {
        Name(http.Response, version);
        return JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, text, http.RequestAborted);
    }

    /// <summary>The versions there are.</summary>
    public static ValueTask WriteListAsync(HttpContext http, IReadOnlyList<ConfigurationVersion> versions, ActiveConfiguration? active)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        writer.WriteStartObject();
        writer.WriteString("object"u8, "list"u8);
        writer.WriteStartArray("data"u8);
        foreach (var version in versions)
        {
            writer.WriteStartObject();
            writer.WriteString("version"u8, version.Version);
            writer.WriteNumber("bytes"u8, version.Bytes);
            writer.WriteString("created_at"u8, version.CreatedAt);
            writer.WriteBoolean("is_active"u8, version.Version == active?.Version);
            if (version.Version == active?.Version)
                writer.WriteString("activated_at"u8, active.ActivatedAt);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, output.WrittenMemory, http.RequestAborted);
    }

    /// <summary>Where two of them differ.</summary>
    public static ValueTask WriteDiffAsync(HttpContext http, string from, string to, IReadOnlyList<ConfigurationDifference> differences) => JsonDocumentAnswer.WriteAsync(
        http, StatusCodes.Status200OK, (from, to, differences), static (writer, told) =>
        {
            writer.WriteStartObject();
            writer.WriteString("object"u8, "list"u8);
            writer.WriteString("from"u8, told.from);
            writer.WriteString("to"u8, told.to);
            writer.WriteStartArray("data"u8);
            foreach (var difference in told.differences)
            {
                writer.WriteStartObject();
                writer.WriteString("path"u8, difference.Path);
                WriteJson("before", difference.Before);
                WriteJson("after", difference.After);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();

            void WriteJson(string name, string? json)
            {
                writer.WritePropertyName(name);
                if (json is null)
                {
                    writer.WriteNullValue();
                    return;
                }

                // Comments and trailing commas may stand inside.
                using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
                document.RootElement.WriteTo(writer);
            }
        });

    /// <summary>What became of a wish to change the active configuration.</summary>
    public static ValueTask WriteAsync(HttpContext http, ConfigurationChange change) => change switch
    {
        ConfigurationChange.Activated activated => WriteAsync(http, activated),
        ConfigurationChange.Refused refused => ErrorAnswer.WriteAsync(http.Response, RouterError.InvalidRequest(Describe(refused)), http.RequestAborted),
        ConfigurationChange.Conflict conflict => ErrorAnswer.WriteAsync(http.Response, Describe(conflict), http.RequestAborted),
        ConfigurationChange.UnknownVersion unknown => WriteUnknownAsync(http, unknown.Version),
        _ => throw new InvalidOperationException($"A change of configuration ended as {change.GetType().Name}, which has no answer."),
    };

    public static ValueTask WriteUnknownAsync(HttpContext http, string version) => ErrorAnswer.WriteAsync(
        http.Response, new RouterError(RouterErrorCode.NotFound, $"There is no version '{version}'. GET /{EndpointPatterns.AdminConfigurationVersions} lists those there are."), http.RequestAborted);

    private static ValueTask WriteAsync(HttpContext http, ConfigurationChange.Activated activated)
    {
        Name(http.Response, activated.Version);
        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output, JsonStyle.Options);
        writer.WriteStartObject();
        writer.WriteString("version"u8, activated.Version);
        writer.WriteString("previous"u8, activated.Previous);
        writer.WriteStartArray("warnings"u8);
        foreach (var warning in activated.Warnings)
            writer.WriteStringValue(warning.ToString());
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return JsonAnswer.WriteAsync(http.Response, StatusCodes.Status200OK, output.WrittenMemory, http.RequestAborted);
    }

    private static void Name(HttpResponse response, string version)
    {
        response.Headers.ETag = $"\"{version}\"";
        response.Headers[RouterHeaders.ConfigVersion] = version;
    }

    private static string Describe(ConfigurationChange.Refused refused) => string.Join(
        '\n', refused.Errors.Select(static error => error.ToString()).Prepend($"The configuration has {Counted.Of(refused.Errors.Length, "error")} and did not become active:"));

    private static RouterError Describe(ConfigurationChange.Conflict conflict) => new(
        RouterErrorCode.PreconditionFailed,
        conflict.ActiveVersion is { } active
            ? $"The active version is {active}, not the one of If-Match. Read it, and change that."
            : "No version is active yet. Send the configuration without If-Match.");
}
