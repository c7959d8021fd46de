using ServerlessRouter.LocalHost.Starting;
using ServerlessRouter.State;
using ServerlessRouter.State.Sqlite;

namespace ServerlessRouter.LocalHost;

/// <summary>The folder that <c>--data</c> names, or why the router cannot keep its state there.</summary>
internal static class StateFolder
{
    public static async Task<ITableStore> OpenAsync(string path, TimeProvider time, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            return await SqliteTableStore.OpenAsync(
                new SqliteTableStoreOptions { Folder = path }, time, loggers.CreateLogger<SqliteTableStore>(), cancellationToken);
        }
        catch (Exception refused) when (refused is StateFolderInUseException or StateDamagedException)
        {
            throw new StartRefusedException(refused.Message, refused);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The state folder '{path}' cannot be used: {problem.Message} Give --data a folder that this user may write to, on a disk with room.");
        }
    }
}
