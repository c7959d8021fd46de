using Microsoft.AspNetCore.Http;
using ServerlessRouter.Errors;
using ServerlessRouter.Http.Wire;

namespace ServerlessRouter.Http.Records;

/// <summary>The forms that records are told in.</summary>
internal static class RecordForms
{
    public const string Json = "json";
    public const string Csv = "csv";
    private const string JsonLines = "jsonl";

    /// <summary>Null and the form that is asked for, by <c>format</c> or by <c>Accept</c>; or what is wrong.</summary>
    public static RouterError? Read(HttpRequest request, out string form)
    {
        var written = QueryParameters.Text(request, "format");
        form = written ?? (request.Headers.Accept.ToString().StartsWith("text/csv", StringComparison.OrdinalIgnoreCase) ? Csv : Json);
        return form is Json or Csv or JsonLines ? null : RouterError.InvalidRequest($"'format' must be {Json}, {Csv} or {JsonLines}.", "format");
    }
}
