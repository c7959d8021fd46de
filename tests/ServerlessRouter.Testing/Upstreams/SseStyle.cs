using System.Text;

namespace ServerlessRouter.Testing.Upstreams;

/// <summary>How events are put into lines.</summary>
internal sealed record SseStyle
{
    public string LineEnd { get; init; } = "\n";

    /// <summary>Sent before every event.</summary>
    public string? Comment { get; init; }

    /// <summary>One event in three <c>data:</c> lines, broken where JSON allows white space.</summary>
    public bool SplitsData { get; init; }

    public byte[] Format(Frame frame)
    {
        var text = new StringBuilder();
        if (Comment is not null)
            text.Append(": ").Append(Comment).Append(LineEnd).Append(LineEnd);
        if (frame.EventName is not null)
            text.Append("event: ").Append(frame.EventName).Append(LineEnd);
        foreach (var line in Lines(Encoding.UTF8.GetString(frame.Payload)))
            text.Append("data: ").Append(line).Append(LineEnd);
        return Encoding.UTF8.GetBytes(text.Append(LineEnd).ToString());
    }

    private string[] Lines(string payload) =>
        SplitsData && payload.StartsWith('{') ? ["{", payload[1..^1], "}"] : [payload];
}
