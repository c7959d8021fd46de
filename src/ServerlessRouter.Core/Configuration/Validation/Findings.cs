using System.Collections.Immutable;

namespace ServerlessRouter.Configuration.Validation;

/// <summary>Collects what is found wrong, so that all of it is reported at once.</summary>
internal sealed class Findings
{
    private readonly List<ConfigurationProblem> _errors = [];
    private readonly List<ConfigurationProblem> _warnings = [];
    private readonly HashSet<string> _wrongPaths = [];

    public bool HasErrors => _errors.Count > 0;

    public ImmutableArray<ConfigurationProblem> Errors => [.. _errors];

    public ImmutableArray<ConfigurationProblem> Warnings => [.. _warnings];

    /// <summary>Keeps the first error of a path: later ones there are mostly its consequences, like a malformed member that then counts as missing.</summary>
    public void Error(string path, string message)
    {
        if (_wrongPaths.Add(path))
            _errors.Add(new ConfigurationProblem(path, message));
    }

    public void Warning(string path, string message) => _warnings.Add(new ConfigurationProblem(path, message));

    /// <summary>Whether something was already found wrong at this path.</summary>
    public bool IsWrong(string path) => _wrongPaths.Contains(path);
}
