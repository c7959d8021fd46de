using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;

namespace ServerlessRouter.LocalHost.CommandLine;

/// <summary>Says in plain English what the parser would say in terms of the program's types, or not at all.</summary>
internal static class CommandLineFaults
{
    private const string ConfigurationExtension = ".json";

    /// <summary>What is wrong with what was written; nothing where the parser itself says it well, or where help is asked for.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed) => parsed.Action switch
    {
        HelpAction => [],
        ParseErrorAction => [.. EmptyValues(parsed), .. Misunderstood(parsed)],
        _ => [.. EmptyValues(parsed)],
    };

    /// <summary>Mostly from a variable of a script that is not set.</summary>
    private static IEnumerable<string> EmptyValues(ParseResult parsed) => Given(parsed)
        .Where(static given => given.Value.Length == 0 && given.Type != typeof(string))
        .Select(static given => $"{given.Name} has an empty value, perhaps of a variable that is not set. Give it {given.Type switch
        {
            _ when given.Type == typeof(DirectoryInfo) => "a folder",
            _ when given.Type == typeof(FileInfo) => "a file",
            _ => "a value",
        }}{(given.IsNeeded ? "." : ", or leave it out.")}");

    private static IEnumerable<string> Misunderstood(ParseResult parsed)
    {
        foreach (var given in Given(parsed).Where(static given => given.Value.Length > 0))
        {
            if (given.Type.IsEnum && !Enum.TryParse(given.Type, given.Value, ignoreCase: true, out _))
                yield return $"{given.Name} is '{given.Value}'; it may be {string.Join(", ", Enum.GetNames(given.Type))}.";
            else if (given.Type == typeof(int) && !int.TryParse(given.Value, out _))
                yield return $"{given.Name} is '{given.Value}', which is no whole number.";
        }

        if (parsed.UnmatchedTokens is [var token] && token.EndsWith(ConfigurationExtension, StringComparison.OrdinalIgnoreCase)
            && parsed.CommandResult.Command.Options.Any(static option => option.Name == ServeCommand.ConfigurationOption))
            yield return $"'{token}' stands where no file is expected. Did you mean {ServeCommand.ConfigurationOption} {token}?";
    }

    private static IEnumerable<(string Name, Type Type, string Value, bool IsNeeded)> Given(ParseResult parsed) => parsed.CommandResult.Children.SelectMany(static child => child switch
    {
        OptionResult { Implicit: false } option => option.Tokens.Select(token => (option.Option.Name, option.Option.ValueType, token.Value, option.Option.Required)),
        ArgumentResult argument => argument.Tokens.Select(token => (argument.Argument.Name, argument.Argument.ValueType, token.Value, argument.Argument.Arity.MinimumNumberOfValues > 0)),
        _ => [],
    });
}
