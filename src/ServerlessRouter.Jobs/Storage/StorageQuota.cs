using System.Collections.Immutable;
using ServerlessRouter.Configuration;
using ServerlessRouter.Errors;

namespace ServerlessRouter.Jobs.Storage;

/// <summary>Bounds what callers may leave with a router that keeps it on its own machine. What the router makes of it, such as output files, is never refused.</summary>
/// <param name="storage">Where it is kept; null where a service keeps it, which has its own bounds.</param>
/// <param name="models">The configuration with the bounds.</param>
internal sealed class StorageQuota(LocalStorage? storage, RouterModelSource models)
{
    private const long Mebibyte = 1024 * 1024;

    /// <summary>What callers leave, which deleting it frees.</summary>
    public static ImmutableArray<string> Tables { get; } = [JobTables.Jobs, JobTables.Items, JobTables.Content, JobTables.Files, JobTables.Index, JobTables.Responses];

    /// <summary>Null while so much more may be kept; else what is told.</summary>
    public RouterError? Refuse(long moreBytes)
    {
        if (storage is null)
            return null;
        var maxBytes = storage.IsInMemory ? models.Current.MaxMemoryBytes : models.Current.MaxDataBytes;
        if (storage.UsedBytes() + moreBytes <= maxBytes)
            return null;
        var (place, member, more) = storage.IsInMemory
            ? ("in memory", "server.maxMemoryMebibytes", "raise that, or start the router with a folder for its state (--data FOLDER)")
            : ("in its state folder", "server.maxDataMebibytes", "or raise that");
        return new RouterError(
            RouterErrorCode.StorageFull,
            $"This router keeps files, batches and jobs {place}, and {maxBytes / Mebibyte} MiB is all they may take ({member}). "
            + $"Delete files and jobs that are done with (DELETE /v1/files/ID, DELETE /v1/jobs/ID), {more}.");
    }
}

/// <summary>The storage of one machine.</summary>
/// <param name="UsedBytes">What callers' files and jobs take now.</param>
/// <param name="IsInMemory">It is gone with the process.</param>
public sealed record LocalStorage(Func<long> UsedBytes, bool IsInMemory);
