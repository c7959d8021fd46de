using Microsoft.Extensions.Logging;
using ServerlessRouter.Background;
using ServerlessRouter.Configuration;

namespace ServerlessRouter.Keys;

/// <summary>
/// Tells of issued keys whose secret is also that of a key of the configuration. Who sends it is the configuration's caller, so that nothing the issued key was bounded by holds; where it is an admin's, a
/// caller may administer. Told once, and again where it has ended and come back.
/// </summary>
internal sealed partial class ShadowedKeys
{
    public const string StepName = "shadowed keys";

    private readonly IssuedKeys _keys;
    private readonly RouterModelSource _models;
    private readonly ILogger<ShadowedKeys> _logger;
    private HashSet<(string Path, string Issued)> _told = [];

    public ShadowedKeys(IssuedKeys keys, RouterModelSource models, IssuedKeyOptions options, ILogger<ShadowedKeys> logger)
    {
        (_keys, _models, _logger) = (keys, models, logger);
        Step = new PeriodicStep(StepName, options.RefreshInterval, options.TurnTimeout, Look);
    }

    /// <summary>One look, which asks the store nothing.</summary>
    public PeriodicStep Step { get; }

    private ValueTask Look(CancellationToken cancellationToken)
    {
        var found = new HashSet<(string Path, string Issued)>();
        foreach (var key in _models.Current.SecretsLikeIssued)
        {
            if (_keys.NameOf(key.Secret) is not { } issued || !found.Add((key.Path, issued)) || _told.Contains((key.Path, issued)))
                continue;
            if (key.IsAdmin)
                LogAdmin(key.Path, issued);
            else
                LogShadowed(key.Path, issued);
        }

        _told = found;
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(1, LogLevel.Warning, "{Path} of the configuration has the same secret as the key '{Issued}' that was issued. Requests with it are those of {Path}, and the tier, limits, budgets and end of '{Issued}' do not hold for them. Give one of the keys another secret: rotate '{Issued}', or draw one for {Path}")]
    private partial void LogShadowed(string path, string issued);

    [LoggerMessage(2, LogLevel.Warning, "{Path} of the configuration has the same secret as the key '{Issued}' that was issued, so the caller '{Issued}' is an admin too. Give one of the keys another secret: rotate '{Issued}', or draw one for {Path}")]
    private partial void LogAdmin(string path, string issued);
}
