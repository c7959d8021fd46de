using System.Text;
using ServerlessRouter.Configuration.Loading;

namespace ServerlessRouter.LocalHost.Starting;

/// <summary>The text of the built-in configuration, for a router whose environment gives access to no vendor.</summary>
internal static class SimulatedConfiguration
{
    /// <summary>What its first object begins with; the heading stands before it.</summary>
    private const string Opening = "\n{\n";

    /// <summary>The models as they are, for callers who send the key that the environment holds.</summary>
    public static ReadOnlyMemory<byte> WithKey() => Encoding.UTF8.GetBytes(BeforeFirstMember($"  {EnvironmentConfiguration.KeyMember},\n\n"));

    private static string BeforeFirstMember(string members)
    {
        var text = Encoding.UTF8.GetString(BuiltInConfiguration.Read().Span);
        return text.Insert(text.IndexOf(Opening, StringComparison.Ordinal) + Opening.Length, members);
    }
}
