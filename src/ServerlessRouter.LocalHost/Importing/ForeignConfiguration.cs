using System.Text;
using System.Text.Json.Nodes;
using ServerlessRouter.Configuration.Loading;
using ServerlessRouter.Configuration.Secrets;
using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.Providers;

namespace ServerlessRouter.LocalHost.Importing;

/// <summary>Another product's configuration, turned into one of this router.</summary>
internal static class ForeignConfiguration
{
    /// <summary>Reads a text, tells whose it is from what it says, and translates it. Throws <see cref="StartRefusedException"/> where it cannot be read or says nothing to route to.</summary>
    /// <param name="text">The text of the file.</param>
    /// <param name="source">Its name, for messages.</param>
    /// <param name="variable">Gives the value of an environment variable, or null.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<ImportResult> ImportAsync(string text, string source, Func<string, string?> variable, CancellationToken cancellationToken)
    {
        var root = Unpacked(ForeignText.Read(text, source), source);
        var draft = new ImportDraft(variable);
        var format = FormatOf(root) ?? throw new StartRefusedException(
            $"{source} is none of the configurations that can be imported: a LiteLLM config.yaml has model_list, a Portkey config has targets or a provider, and OpenRouter's models are a list of names like \"openai/gpt-5-mini\".");
        try
        {
            Action<ForeignValue, ImportDraft> import = format switch
            {
                ImportSource.LiteLlm => LiteLlmImport.Run,
                ImportSource.Portkey => PortkeyImport.Run,
                _ => OpenRouterImport.Run,
            };
            import(root, draft);
        }
        catch (StartRefusedException refused)
        {
            throw new StartRefusedException($"{source}, {refused.Message}");
        }

        if (draft.Models.Count == 0)
            throw new StartRefusedException(string.Join(Environment.NewLine, draft.Notes.Select(note => $"  line {note.Line}: {note.Path}: {note.Text}").Prepend($"{source} names no model that this router can call:")));
        draft.Comments[""] = $"Imported from {Path.GetFileName(source)} ({format.ToWireName()}). Check it with: serverless-router validate --no-secrets";
        var json = draft.ToJson();
        var written = RouterJsonText.Of(json, draft.Comments);
        return new ImportResult(format, written, json, draft.Notes, await CheckAsync(written, cancellationToken));
    }

    /// <summary>What our own validation says; secrets are taken as there.</summary>
    private static async Task<ConfigurationResult> CheckAsync(string written, CancellationToken cancellationToken) =>
        await new RouterConfigLoader(ProviderKinds.All, [new UncheckedSecretResolver(SecretSchemes.Environment), new UncheckedSecretResolver(SecretSchemes.KeyVault)])
            .LoadAsync(Encoding.UTF8.GetBytes(written), cancellationToken);

    /// <summary>The file inside a ConfigMap of Kubernetes.</summary>
    private static ForeignValue Unpacked(ForeignValue root, string source) =>
        root["kind"]?.Text == "ConfigMap" && root["data"]?.Members.Values.FirstOrDefault(static file => file.Text?.Contains("model_list", StringComparison.Ordinal) == true) is { Text: { } inner }
            ? ForeignText.Read(inner, $"{source} (the file inside the ConfigMap)")
            : root;

    private static ImportSource? FormatOf(ForeignValue root) => root switch
    {
        _ when root.Any("model_list", "litellm_settings", "router_settings", "general_settings") is not null => ImportSource.LiteLlm,
        _ when IsPortkey(root) || IsPortkey(root["config"]) || IsPortkey(root["data"]?["config"]) => ImportSource.Portkey,
        { IsList: true } or { IsMap: true } when root.IsList || root.Any("models", "data")?.IsList == true || root["model"]?.Text?.Contains('/', StringComparison.Ordinal) == true => ImportSource.OpenRouter,
        _ => null,
    };

    private static bool IsPortkey(ForeignValue? value) =>
        value?.Any("targets", "strategy", "virtual_key", "virtualKey", "override_params", "overrideParams") is not null || value?["provider"]?.Text is not null;
}

/// <summary>What an import made.</summary>
/// <param name="Format">Whose configuration it was.</param>
/// <param name="Text">The <c>router.json</c>, with comments.</param>
/// <param name="Json">The same without comments.</param>
/// <param name="Notes">What became of each setting.</param>
/// <param name="Check">What our own validation says of it.</param>
internal sealed record ImportResult(ImportSource Format, string Text, JsonObject Json, IReadOnlyList<ImportNote> Notes, ConfigurationResult Check);

/// <summary>The configurations that can be imported.</summary>
internal enum ImportSource
{
    LiteLlm,
    Portkey,
    OpenRouter,
}

/// <summary>How formats are called in reports.</summary>
internal static class ImportSources
{
    public static string ToWireName(this ImportSource format) => format switch
    {
        ImportSource.LiteLlm => "LiteLLM",
        ImportSource.Portkey => "Portkey",
        ImportSource.OpenRouter => "OpenRouter",
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };
}
