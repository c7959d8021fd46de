using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ServerlessRouter.Governance;

namespace ServerlessRouter.Jobs.Webhooks;

/// <summary>What is told of a budget of which a share is spent.</summary>
internal static class BudgetMessage
{
    private const decimal Millionths = 1_000_000;

    /// <summary>The same on every instance and for every delivery, so that a receiver knows a message it has had.</summary>
    public static string IdOf(BudgetMark mark)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{mark.Subject.Kind}|{mark.Subject.Name}|{mark.Limit.Name}|{mark.Standing.ResetsAt:O}|{mark.Limit.Amount}|{mark.Percent}");
        return $"evt_budget_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)))[..32]}";
    }

    public static byte[] BodyOf(BudgetMark mark)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteString("id"u8, IdOf(mark));
        writer.WriteString("object"u8, "event"u8);
        writer.WriteString("type"u8, "budget.reached"u8);
        writer.WriteNumber("created_at"u8, mark.At.ToUnixTimeSeconds());
        writer.WriteStartObject("data"u8);
        writer.WriteString("kind"u8, mark.Subject.Kind.ToString().ToLowerInvariant());
        writer.WriteString("subject"u8, mark.Subject.Name);
        writer.WriteString("name"u8, mark.Limit.Name);
        writer.WriteNumber("percent"u8, mark.Percent);
        writer.WriteNumber("spent_usd"u8, mark.Standing.Used / Millionths);
        writer.WriteNumber("budget_usd"u8, mark.Limit.Amount / Millionths);
        if (mark.Standing.ResetsAt is { } at)
            writer.WriteString("resets_at"u8, at.UtcDateTime);
        else
            writer.WriteNull("resets_at"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }
}
