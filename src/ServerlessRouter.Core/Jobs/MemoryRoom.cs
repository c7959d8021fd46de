using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Jobs;

/// <summary>Bounds what callers may leave with a router that keeps it in memory. What the router makes of it, such as output files, is never refused.</summary>
/// <param name="keptBytes">What is in memory now; null where a store keeps it.</param>
/// <param name="models">The configuration with the bound.</param>
internal sealed class MemoryRoom(Func<long>? keptBytes, RouterModelSource models)
{
    private const long Mebibyte = 1024 * 1024;

    /// <summary>What callers leave, which deleting it frees.</summary>
    public static ImmutableArray<string> Tables { get; } = [JobTables.Jobs, JobTables.Items, JobTables.Content, JobTables.Files, JobTables.Index];

    /// <summary>Null while so much more may be kept; else what is told.</summary>
    public RouterError? Refuse(long moreBytes)
    {
        if (keptBytes is null || keptBytes() + moreBytes <= models.Current.MaxMemoryBytes)
            return null;
        return new RouterError(
            RouterErrorCode.StorageFull,
            $"This router keeps files, batches and jobs in memory, and {models.Current.MaxMemoryBytes / Mebibyte} MiB is all they may take (server.maxMemoryMebibytes). "
            + "Delete files and jobs that are done with (DELETE /v1/files/ID, DELETE /v1/jobs/ID), raise that, or start the router with a folder for its state (--data FOLDER).");
    }
}
