using System.Text.Json;
using ServerlessRouter.Checks.Schema;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>Rejects texts that are not the JSON <c>response_format</c> asks for.</summary>
internal sealed class JsonSchemaCheck : IAnswerCheck
{
    public string Name => AnswerCheckNames.JsonSchema;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken) => new(Check(answer));

    private static AnswerVerdict Check(AnswerToCheck answer)
    {
        var request = answer.Request.Request;
        if (answer.Choice.ToolCalls.Count > 0 || answer.Choice.IsRefusal || !request.TryGetMember("response_format"u8, out var member))
            return AnswerVerdict.Accepted;

        using var format = JsonDocument.Parse(request.Memory.Slice(member.Value.Start, member.Value.Length));
        if (format.RootElement.ValueKind != JsonValueKind.Object || !format.RootElement.TryGetProperty("type"u8, out var type) || type.ValueKind != JsonValueKind.String)
            return AnswerVerdict.Accepted;
        if (type.ValueEquals("json_object"u8))
            return Verdict(JsonFit.OfObject(answer.Choice.Text));
        return type.ValueEquals("json_schema"u8) && format.RootElement.TryGetProperty("json_schema"u8, out var named) && named.ValueKind == JsonValueKind.Object
            && named.TryGetProperty("schema"u8, out var schema)
                ? Verdict(JsonFit.Of(answer.Choice.Text, schema))
                : AnswerVerdict.Accepted;
    }

    private static AnswerVerdict Verdict(string? complaint) => complaint is null ? AnswerVerdict.Accepted : AnswerVerdict.Rejected($"it {complaint}", AnswerWorth.OutOfForm);
}
