using System.Reflection;
using Xunit;

namespace ServerlessRouter.Testing.Architecture;

/// <summary>What the folders of a compiled project may refer to.</summary>
/// <param name="assembly">The compiled project.</param>
/// <param name="rows">
/// A folder, a colon and the folders of the project it may refer to: <c>Routing.Rules: Chat Configuration</c>. A row stands below all that it names, so no circle can be written down.
/// </param>
/// <param name="projects">The projects it may reference: <c>State</c> for <c>ServerlessRouter.State</c>.</param>
public sealed class Boundaries(Assembly assembly, IReadOnlyList<string> rows, IReadOnlyList<string> projects)
{
    private const string Prefix = "ServerlessRouter.";

    /// <summary>Fails with every reference that no row allows, every row that stands above what it names, and every folder that has no row or no longer exists.</summary>
    public void Hold()
    {
        var actual = CompiledFolders.Of(assembly.Location);
        var offences = assembly.GetReferencedAssemblies()
            .Where(reference => reference.Name!.StartsWith(Prefix, StringComparison.Ordinal) && !projects.Contains(reference.Name[Prefix.Length..]))
            .Select(reference => $"the project references {reference.Name}")
            .ToList();
        var allowed = new Dictionary<string, string[]>();
        foreach (var row in rows.Select(static row => row.Split(':', StringSplitOptions.TrimEntries)))
        {
            var named = row[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            offences.AddRange(named.Where(folder => !allowed.ContainsKey(folder)).Select(folder => $"'{row[0]}' may refer to '{folder}', which does not stand above it"));
            allowed.Add(row[0], named);
        }

        offences.AddRange(actual.Keys.Except(allowed.Keys).Select(static folder => $"'{folder}' has no row"));
        offences.AddRange(allowed.Keys.Except(actual.Keys).Select(static folder => $"there is no folder '{folder}'"));
        foreach (var (folder, named) in allowed)
        {
            // A folder of another project is that project's affair.
            var references = actual.GetValueOrDefault(folder)?.Where(reference => allowed.ContainsKey(reference.Key) && !named.Contains(reference.Key)) ?? [];
            offences.AddRange(references.Select(reference => $"'{folder}' refers to '{reference.Key}' in {string.Join(", ", reference.Value)}"));
        }

        Assert.Empty(offences);
    }
}
