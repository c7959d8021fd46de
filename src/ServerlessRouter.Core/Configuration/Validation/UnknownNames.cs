using ServerlessRouter.Configuration.Written;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Words the complaint about a name that does not exist, with the nearest that does.</summary>
internal static class UnknownNames
{
    public static string Member(string name, IEnumerable<string> known) => Complaint($"there is no member {Quoted.Text(name)} here", name, known);

    /// <summary>For a member that was written beside the one it belongs into.</summary>
    public static string MemberOf(string name, string owner) => $"there is no member {Quoted.Text(name)} here; it is a member of \"{owner}\"";

    public static string Value(string name, IEnumerable<string> known) => Complaint($"{Quoted.Text(name)} is not known", name, known);

    /// <summary>For a name that should stand in another part of the configuration, for example as a <c>model</c>.</summary>
    public static string Reference(string kind, string name, IEnumerable<string> known) =>
        Complaint($"{Quoted.Text(name)} is not a configured {kind}", name, known);

    private static string Complaint(string complaint, string name, IEnumerable<string> known)
    {
        var allowed = known.Where(static candidate => !Quoted.LooksSecret(candidate)).ToList();
        var nearest = NearestNames.Of(name, allowed) is [var near, ..] ? $"; did you mean \"{near}\"?" : ".";
        return $"{complaint}{nearest} Allowed: {(allowed.Count == 0 ? "none are configured" : Quoted.List(allowed))}";
    }
}
