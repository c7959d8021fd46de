using System.Text;
using ServerlessRouter.Configuration.Loading;

namespace ServerlessRouter.LocalHost.Starting;

/// <summary>The text of the built-in configuration, for a router whose environment gives access to no vendor.</summary>
internal static class SimulatedConfiguration
{
    /// <summary>What its first object begins with; the heading stands before it.</summary>
    private const string Opening = "\n{\n";

    private const string FileHeading =
        """
        // Made by serverless-router init, which found no vendor's key in the environment. Every model is simulated: answers are made up on this machine and cost nothing,
        // but they take the time, fail at the rate and are charged in the books as written here. Put real providers in, or set a key and let init --force write this file again.
        """;

    /// <summary>The models as they are, for callers who send the key that the environment holds.</summary>
    public static ReadOnlyMemory<byte> WithKey()
    {
        var text = Encoding.UTF8.GetString(BuiltInConfiguration.Read().Span);
        return Encoding.UTF8.GetBytes(text.Insert(PlaceOfMembers(text), $"  {EnvironmentConfiguration.KeyMember},\n\n"));
    }

    /// <summary>One of its texts with the heading and the schema of a file that lies in a folder.</summary>
    public static string AsFile(ReadOnlySpan<byte> simulated)
    {
        var text = Encoding.UTF8.GetString(simulated);
        return $"{FileHeading}{Opening}  \"$schema\": \"./{SchemaFile.Name}\",\n\n{text[PlaceOfMembers(text)..]}";
    }

    private static int PlaceOfMembers(string text) => text.IndexOf(Opening, StringComparison.Ordinal) + Opening.Length;
}
