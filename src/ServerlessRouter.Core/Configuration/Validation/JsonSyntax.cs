using System.Text.Json;
using ServerlessRouter.Json;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Finds where a text stops being JSON, before anything else looks at it.</summary>
internal static class JsonSyntax
{
    public static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly JsonReaderOptions ReaderOptions = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Null when the text is JSON (comments and trailing commas allowed) and every string in it is a valid text.</summary>
    public static ConfigurationProblem? Check(ReadOnlySpan<byte> text)
    {
        if (text.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            return new ConfigurationProblem("", "The configuration is empty.");
        return JsonFault.Find(text, ReaderOptions) is { } fault ? new ConfigurationProblem("", fault.Message) { Line = fault.Line, Column = fault.Column } : null;
    }
}
