using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ServerlessRouter.State;

namespace ServerlessRouter.Jobs;

/// <summary>Where everything about jobs stands in the table store.</summary>
/// <remarks>
/// <code>
/// jobs         JOB | job                the job                      JOB | c00000  progress of a chunk
/// jobitems     JOB.00000 | i00000000    an item                      JOB.00000 | r00000000  its result; a chunk's items are one partition
/// jobcontent   CONTENT | 0000000000     a piece of a file, request or long result
/// jobfiles     FILE | file              a file                       FILE | uJOB    a job that reads it
/// responses    RESPONSE | response      an answer that its caller goes on from; its content in jobcontent
/// jobindex     callers' lists, newest first; idempotency keys; jobs that have not ended; what is to be forgotten when
/// </code>
/// </remarks>
internal static class JobTables
{
    public const string Jobs = "jobs";
    public const string Items = "jobitems";
    public const string Content = "jobcontent";
    public const string Files = "jobfiles";
    public const string Index = "jobindex";
    public const string Responses = "responses";

    public const string JobRow = "job";
    public const string FileRow = "file";
    public const string ChunkPrefix = "c";
    public const string ItemPrefix = "i";
    public const string ResultPrefix = "r";
    public const string UsePrefix = "u";
    public const string ActivePrefix = "active.";
    public const string DuePrefix = "due.";

    /// <summary>As many as a transaction may write.</summary>
    public const int ItemsPerChunk = TableLimits.TransactionOperations;

    /// <summary>Rows an output leaves to each chunk: 640 MiB of answers.</summary>
    public const int OutputRowsPerChunk = 10_000;

    private const int MaxPlainCallerLength = 128;

    public static string ItemsPartition(string jobId, int chunk) => string.Create(CultureInfo.InvariantCulture, $"{jobId}.{chunk:D5}");

    public static string ChunkKey(int chunk) => string.Create(CultureInfo.InvariantCulture, $"{ChunkPrefix}{chunk:D5}");

    public static string ItemKey(int index) => string.Create(CultureInfo.InvariantCulture, $"{ItemPrefix}{index:D8}");

    public static string ResultKey(int index) => string.Create(CultureInfo.InvariantCulture, $"{ResultPrefix}{index:D8}");

    public static int ChunkOf(int index) => index / ItemsPerChunk;

    /// <summary>Jobs that have not ended; spread over partitions by the last letter of the id, which is drawn.</summary>
    public static string ActivePartition(string jobId) => $"{ActivePrefix}{jobId[^1]}";

    /// <summary>What is forgotten on that day.</summary>
    public static string DuePartition(DateTimeOffset due) => string.Create(CultureInfo.InvariantCulture, $"{DuePrefix}{due.UtcDateTime:yyyyMMdd}");

    /// <summary>A caller's list of jobs or files.</summary>
    public static string ListPartition(string kind, string? caller) => $"{kind}.{CallerPart(caller)}";

    /// <summary>A caller's idempotency keys.</summary>
    public static string IdempotencyPartition(string? caller) => $"once.{CallerPart(caller)}";

    /// <summary>Newest first; ids differ where times do not.</summary>
    public static string ListKey(DateTimeOffset createdAt, string id) =>
        string.Create(CultureInfo.InvariantCulture, $"{DateTimeOffset.MaxValue.UtcTicks - createdAt.UtcTicks:D19}.{id}");

    /// <summary>Any text as a key, one way.</summary>
    public static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static string CallerPart(string? caller) => caller switch
    {
        null => "anonymous",
        { Length: <= MaxPlainCallerLength } => $"key.{TableKey.Encode(caller)}",
        _ => $"hash.{Hash(caller)}",
    };
}
