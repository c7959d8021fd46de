using System.Text.Json;

namespace ServerlessRouter.Training.Rows;

/// <summary>From the objects of a training file to rows.</summary>
internal static class TrainingRows
{
    public static LabelExample? ParseLabel(JsonElement line, out string reason)
    {
        if (!TryText(line, "text", out var text, out reason) || !TryText(line, "label", out var label, out reason) || !TryOptional(line, "source", out var source, out reason))
            return null;
        if (label.Length > 0)
            return new LabelExample(text, System.Text.Encoding.UTF8.GetString(label), source);
        reason = "'label' is empty";
        return null;
    }

    public static OutcomeExample? ParseOutcome(JsonElement line, out string reason)
    {
        if (!TryText(line, "prompt", out var prompt, out reason) || !TryOptional(line, "task", out var task, out reason))
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

        return TryCosts(line, out var costs, out reason) ? new OutcomeExample(prompt, task, grades, costs) : null;
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
        text = line.TryGetProperty(name, out var value) ? RowText.Utf8Of(value)! : null!;
        if (text is not null)
            return true;
        reason = $"'{name}' must be a string";
        return false;
    }

    /// <summary>A string that may be missing or null.</summary>
    private static bool TryOptional(JsonElement line, string name, out string? text, out string reason)
    {
        text = null;
        reason = "";
        if (!line.TryGetProperty(name, out var value) || value.ValueKind == JsonValueKind.Null)
            return true;
        if (!TryText(line, name, out var bytes, out reason))
            return false;
        text = System.Text.Encoding.UTF8.GetString(bytes);
        return true;
    }

    private static bool TryCosts(JsonElement line, out Dictionary<string, decimal>? costs, out string reason)
    {
        costs = null;
        reason = "";
        if (!line.TryGetProperty("cost_usd", out var given) || given.ValueKind == JsonValueKind.Null)
            return true;
        reason = "'cost_usd' must be an object of numbers of 0 or more, one for each model";
        if (given.ValueKind != JsonValueKind.Object)
            return false;
        costs = [];
        foreach (var cost in given.EnumerateObject())
        {
            if (cost.Value.ValueKind != JsonValueKind.Number || !cost.Value.TryGetDecimal(out var usd) || usd < 0)
                return false;
            costs[cost.Name] = usd;
        }

        return true;
    }
}
