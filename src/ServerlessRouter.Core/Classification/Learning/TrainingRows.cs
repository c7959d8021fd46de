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

    public static OutcomeExample? ParseOutcome(JsonElement line, out string reason)
    {
        if (!TryText(line, "prompt", out var prompt, out reason))
            return null;
        if (!line.TryGetProperty("quality", out var quality) || quality.ValueKind != JsonValueKind.Object)
        {
            reason = "'quality' must be an object of numbers from 0 to 1, one for each model";
            return null;
        }

        var grades = new Dictionary<string, float>();
        foreach (var grade in quality.EnumerateObject())
        {
            if (grade.Value.ValueKind != JsonValueKind.Number || !grade.Value.TryGetSingle(out var value) || value is not (>= 0 and <= 1))
            {
                reason = $"'quality' of '{grade.Name}' is {grade.Value.GetRawText()}; a number from 0 to 1 is expected";
                return null;
            }

            grades[grade.Name] = value;
        }

        string? task = null;
        if (line.TryGetProperty("task", out var named) && named.ValueKind == JsonValueKind.String)
            task = named.GetString();
        return new OutcomeExample(prompt, task, grades);
    }

    public static AnswerExample? ParseAnswer(JsonElement line, out string reason)
    {
        if (!TryText(line, "prompt", out var prompt, out reason) || !TryText(line, "response", out var response, out reason))
            return null;
        if (line.TryGetProperty("correct", out var correct) && correct.ValueKind == JsonValueKind.Number && correct.TryGetInt32(out var grade) && grade is 0 or 1)
            return new AnswerExample(prompt, response, grade == 1);
        reason = "'correct' must be 0 or 1";
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
