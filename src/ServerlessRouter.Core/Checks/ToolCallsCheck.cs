using System.Text.Json;
using ServerlessRouter.Chat;
using ServerlessRouter.Checks.Schema;
using ServerlessRouter.Configuration;
using ServerlessRouter.Pipeline;

namespace ServerlessRouter.Checks;

/// <summary>Rejects calls of tools that were not offered, and arguments that are no JSON or do not fit the tool's parameters.</summary>
internal sealed class ToolCallsCheck : IAnswerCheck
{
    public string Name => AnswerCheckNames.ToolCalls;

    public ValueTask<AnswerVerdict> CheckAsync(AnswerToCheck answer, CancellationToken cancellationToken) => new(Check(answer));

    private static AnswerVerdict Check(AnswerToCheck answer)
    {
        if (answer.Choice.ToolCalls.Count == 0)
            return AnswerVerdict.Accepted;
        using var tools = Read(answer.Request.Request, "tools"u8);
        using var functions = Read(answer.Request.Request, "functions"u8);
        foreach (var call in answer.Choice.ToolCalls)
        {
            if (Find(tools, functions, call) is not { } offered)
                return AnswerVerdict.Rejected("it calls a tool that was not offered", FallbackScore.OutOfForm);
            if (call.IsFreeForm)
                continue;
            var complaint = offered.TryGetProperty("parameters"u8, out var parameters) && parameters.ValueKind == JsonValueKind.Object
                ? JsonFit.Of(Arguments(call), parameters)
                : JsonFit.OfObject(Arguments(call));
            if (complaint is not null)
                return AnswerVerdict.Rejected($"it calls a tool with arguments whose JSON {complaint}", FallbackScore.OutOfForm);
        }

        return AnswerVerdict.Accepted;
    }

    /// <summary>Some vendors send nothing where a tool takes nothing.</summary>
    private static ReadOnlyMemory<byte> Arguments(AnswerToolCall call) => call.Arguments.IsEmpty ? "{}"u8.ToArray() : call.Arguments;

    private static JsonDocument? Read(ChatRequest request, ReadOnlySpan<byte> name) =>
        request.TryGetMember(name, out var member) && member.Kind == JsonTokenType.StartArray
            ? JsonDocument.Parse(request.Memory.Slice(member.Value.Start, member.Value.Length))
            : null;

    private static JsonElement? Find(JsonDocument? tools, JsonDocument? functions, AnswerToolCall call)
    {
        if (tools is not null)
        {
            foreach (var tool in tools.RootElement.EnumerateArray())
            {
                if (tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty(call.IsFreeForm ? "custom"u8 : "function"u8, out var described) && IsNamed(described, call.Name))
                    return described;
            }
        }

        if (functions is null)
            return null;
        foreach (var described in functions.RootElement.EnumerateArray())
        {
            if (IsNamed(described, call.Name))
                return described;
        }

        return null;
    }

    private static bool IsNamed(JsonElement described, string name) =>
        described.ValueKind == JsonValueKind.Object && described.TryGetProperty("name"u8, out var written) && written.ValueKind == JsonValueKind.String
        && written.ValueEquals(name);
}
