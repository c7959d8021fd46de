using System.Text.Json;

namespace ServerlessRouter.Classification.Learning;

/// <summary>From the objects of a training file to rows.</summary>
internal static class TrainingRows
{
    public static LabelExample? ParseLabel(JsonElement line, out string reason)
    {
        if (!TryText(line, "text", out var text, out reason) || !TryText(line, "label", out var label, out reason))
            return null;
        if (label.Length > 0)
            return new LabelExample(text, System.Text.Encoding.UTF8.GetString(label));
        reason = "'label' is empty";
        return null;
    }

    public static bool TryText(JsonElement line, string name, out byte[] text, out string reason)
    {
        reason = "";
        text = line.TryGetProperty(name, out var value) ? JsonText.Utf8Of(value)! : null!;
        if (text is not null)
            return true;
        reason = $"'{name}' must be a string";
        return false;
    }
}
