using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.State.Embedded;

namespace ServerlessRouter.LocalHost;

/// <summary>The folder that <c>--data</c> names, or why the router cannot keep its state there.</summary>
internal static class StateFolder
{
    public static async Task<EmbeddedTableStore> OpenAsync(string path, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            return await EmbeddedTableStore.OpenAsync(
                new EmbeddedTableStoreOptions { Folder = path }, time, loggers.CreateLogger<EmbeddedTableStore>(), cancellationToken);
        }
        catch (Exception refused) when (refused is StateFolderInUseException or JournalCorruptedException)
        {
            throw new StartRefusedException(refused.Message);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The state folder '{path}' cannot be used: {problem.Message} Give --data a folder that this user may write to.");
        }
    }
}
