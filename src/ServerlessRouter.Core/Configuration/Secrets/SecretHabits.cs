using System.Text.RegularExpressions;
using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Secrets;

/// <summary>Knows how other programs write that a secret is in an environment variable, and says how this one does.</summary>
internal static partial class SecretHabits
{
    /// <summary>What to write instead; null where the text is of no known habit, or where what looks like a name may be a secret.</summary>
    public static string? Meant(string written) =>
        Habit().Match(written.Trim()) is { Success: true } match && !Quoted.LooksSecret(match.Groups["name"].Value) ? $"write {SecretSchemes.Environment}:{match.Groups["name"].Value}" : null;

    /// <summary><c>os.environ/NAME</c>, <c>${NAME}</c>, <c>$NAME</c>, <c>{{NAME}}</c>, <c>%NAME%</c>, <c>process.env.NAME</c>, <c>ENV:NAME</c>, <c>env: NAME</c>, <c>env.NAME</c>.</summary>
    [GeneratedRegex(@"^(os\.environ/|\$\{(env:)?|\$|\{\{\s*(env\.)?|%|process\.env\.|(?i:env)\s*[:./]\s*)(?<name>[A-Za-z_][A-Za-z0-9_]*)\s*(\}\}?|%)?$")]
    private static partial Regex Habit();
}
