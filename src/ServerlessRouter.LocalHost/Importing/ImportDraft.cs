using System.Text.Json.Nodes;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>A <c>router.json</c> in the making, and what became of each setting it is made from.</summary>
/// <param name="variable">Gives the value of an environment variable, or null: addresses may stand in one, secrets are left there.</param>
internal sealed class ImportDraft(Func<string, string?> variable)
{
    private const string ReferencePrefix = "os.environ/";

    private readonly List<ImportNote> _notes = [];
    private readonly Dictionary<string, string> _literalKeys = new(StringComparer.Ordinal);

    public JsonObject Providers { get; } = [];

    public JsonObject Models { get; } = [];

    public JsonObject Routes { get; } = [];

    public JsonObject Tiers { get; } = [];

    public JsonObject Keys { get; } = [];

    /// <summary>What stands above a member as a comment, by <c>models.NAME</c> and the like.</summary>
    public Dictionary<string, string> Comments { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<ImportNote> Notes => _notes;

    public void Note(ImportOutcome outcome, string path, ForeignValue at, string text)
    {
        var note = new ImportNote(outcome, path, at.Line, text);
        if (!_notes.Contains(note))
            _notes.Add(note);
    }

    /// <summary>The whole configuration, without what is empty.</summary>
    public JsonObject ToJson()
    {
        var root = new JsonObject { ["$schema"] = $"./{SchemaFile.Name}" };
        foreach (var (name, part) in new[] { ("providers", Providers), ("models", Models), ("routes", Routes), ("tiers", Tiers), ("keys", Keys) })
        {
            if (part.Count > 0 || name is "providers" or "models")
                root[name] = part.DeepClone();
        }

        return root;
    }

    /// <summary>The name of the provider that is written like this; it is added where there is none.</summary>
    public string ProviderNamed(string name, JsonObject provider)
    {
        var text = provider.ToJsonString();
        if (Providers.FirstOrDefault(known => known.Value!.ToJsonString() == text) is { Key: { } same })
            return same;
        var free = Free(name, "-", Providers.ContainsKey);
        Providers[free] = provider;
        return free;
    }

    /// <summary>A name that is not taken: the one wished for, or with a number behind it.</summary>
    public static string Free(string wished, string separator, Func<string, bool> isTaken)
    {
        var name = wished;
        for (var number = 2; isTaken(name); number++)
            name = $"{wished}{separator}{number}";
        return name;
    }

    /// <summary>A written text with the variables it names filled in: for addresses and names, never for keys. Null where a variable is not set.</summary>
    public string? Plain(ForeignValue? written) => written?.Text switch
    {
        null => null,
        var text when VariableIn(text) is { } name => variable(name) is { Length: > 0 } value ? value : null,
        var text => text,
    };

    /// <summary>Where a key is, as <c>env:NAME</c>; a key in plain sight becomes a variable to be set, and is never repeated.</summary>
    /// <param name="written">What the other file says.</param>
    /// <param name="usual">The variable a key of this vendor is usually in.</param>
    /// <param name="path">Where it stands, for the note.</param>
    public string Credential(ForeignValue written, string usual, string path)
    {
        var text = written.Text ?? "";
        if (VariableIn(text) is { } name)
            return $"{SecretSchemes.Environment}:{name}";
        if (!_literalKeys.TryGetValue(text, out var known))
        {
            known = Free(usual, "_", taken => _literalKeys.ContainsValue(taken));
            _literalKeys.Add(text, known);
        }

        Note(ImportOutcome.ToDo, path, written, $"the key itself stood in the file; put it into the environment variable {known}");
        return $"{SecretSchemes.Environment}:{known}";
    }

    /// <summary>The variable a text refers to, in LiteLLM's way or a shell's; null for any other text.</summary>
    public static string? VariableIn(string text)
    {
        var trimmed = text.Trim();
        var name = trimmed switch
        {
            _ when trimmed.StartsWith(ReferencePrefix, StringComparison.Ordinal) => trimmed[ReferencePrefix.Length..],
            ['$', '{', .. var inner, '}'] => inner.Split([":-", "-"], 2, StringSplitOptions.None)[0],
            ['{', '{', .. var inner, '}', '}'] => inner.Trim(),
            ['$', .. var inner] => inner,
            _ => "",
        };
        return name.Length > 0 && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_') && !char.IsAsciiDigit(name[0]) ? name : null;
    }
}
