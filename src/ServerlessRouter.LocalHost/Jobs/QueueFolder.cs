using System.Globalization;
using System.Text;
using ServerlessRouter.Background;
using ServerlessRouter.Jobs;
using ServerlessRouter.Jobs.Services;
using ServerlessRouter.LocalHost.Starting;

namespace ServerlessRouter.LocalHost.Jobs;

/// <summary>
/// A folder that stands in for a queue: every <c>.json</c> file in it is a message. One that was accepted goes to <c>done</c>, a faulty one to <c>poison</c> with its
/// reason beside it; <c>blobs</c> holds what messages refer to and the results they ask for.
/// </summary>
internal sealed partial class QueueFolder
{
    public const string StepName = "queue";

    private const int MessagesPerTurn = 50;

    /// <summary>Messages that may wait for their blobs before others are looked at no more.</summary>
    private const int MaxWaiting = 1000;

    private const int MaxMessageBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TurnTimeout = TimeSpan.FromMinutes(5);

    /// <summary>How long an empty file may take to get its content.</summary>
    private static readonly TimeSpan EmptyGrace = TimeSpan.FromSeconds(30);

    private readonly string _path;
    private readonly JobServices _jobs;
    private readonly TimeProvider _time;
    private readonly ILogger<QueueFolder> _logger;
    private bool _isWaiting;

    private QueueFolder(string path, JobServices jobs, TimeProvider time, ILogger<QueueFolder> logger)
    {
        (_path, _jobs, _time, _logger) = (path, jobs, time, logger);
        Step = new PeriodicStep(StepName, Interval, TurnTimeout, TakeAsync);
    }

    /// <summary>Looks for messages.</summary>
    public PeriodicStep Step { get; }

    /// <summary>Makes the folder and what belongs into it.</summary>
    public static QueueFolder Open(string path, JobServices jobs, TimeProvider time, ILogger<QueueFolder> logger)
    {
        try
        {
            MakeFolders(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new StartRefusedException($"The queue folder '{path}' cannot be used: {problem.Message} Give --queue a folder that this user may write to.");
        }

        jobs.Blobs = new FolderBlobs(Path.Combine(path, FolderBlobs.FolderName));
        return new QueueFolder(path, jobs, time, logger);
    }

    private static void MakeFolders(string path)
    {
        // Messages, inputs and outputs hold prompts, so a new folder is its owner's alone; one that is there may be shared with those who send messages.
        if (!Directory.Exists(path) && !OperatingSystem.IsWindows())
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (var folder in new[] { "done", "poison" })
            Directory.CreateDirectory(Path.Combine(path, folder));
        // A link may lead to a disk that is away just now.
        if (new FileInfo(Path.Combine(path, FolderBlobs.FolderName)) is { LinkTarget: null } blobs)
            Directory.CreateDirectory(blobs.FullName);
    }

    private async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        var (taken, waiting) = (0, 0);
        foreach (var file in new DirectoryInfo(_path).EnumerateFiles("*.json").OrderBy(static file => file.Name, StringComparer.Ordinal).Take(MessagesPerTurn + MaxWaiting).ToList())
        {
            try
            {
                await TakeAsync(file, cancellationToken);
                if (++taken == MessagesPerTurn)
                    break;
            }
            catch (BlobsUnavailableException outage)
            {
                // It stays where it is, and those behind it may need no blobs.
                if (waiting++ == 0 && !_isWaiting)
                    LogWaiting(outage, file.Name);
            }
        }

        _isWaiting = waiting > 0;
    }

    private async ValueTask TakeAsync(FileInfo file, CancellationToken cancellationToken)
    {
        if (file.LinkTarget is not null)
        {
            await LayAsideAsync(file, "The message is a link, and links in this folder are not followed. Put the file itself here.", cancellationToken);
            return;
        }

        // What is empty may still be coming. A pipe or a device says so too, and opening one would wait for ever.
        if (file.Length == 0)
        {
            if (_time.GetUtcNow() - file.LastWriteTimeUtc > EmptyGrace)
                await LayAsideAsync(file, "The message is empty, or no regular file.", cancellationToken);
            return;
        }

        if (file.Length > MaxMessageBytes)
        {
            await LayAsideAsync(file, $"The message is larger than {MaxMessageBytes} bytes. Put the requests into a blob and name it in 'input'.", cancellationToken);
            return;
        }

        var message = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        // The same while it lies there, and another when a message comes under the same name again.
        var id = string.Create(CultureInfo.InvariantCulture, $"{file.Name}.{file.LastWriteTimeUtc.Ticks}");
        var outcome = await _jobs.Queue.AcceptAsync(id, message, cancellationToken);
        if (outcome.PoisonReason is { } reason)
        {
            LogPoison(file.Name, outcome.Job.Id, reason);
            await LayAsideAsync(file, $"{reason} (job {outcome.Job.Id})", cancellationToken);
        }
        else
        {
            file.MoveTo(Path.Combine(_path, "done", file.Name), overwrite: true);
        }
    }

    private async ValueTask LayAsideAsync(FileInfo file, string reason, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(_path, "poison", $"{file.Name}.reason.txt"), reason + Environment.NewLine, Encoding.UTF8, cancellationToken);
        file.MoveTo(Path.Combine(_path, "poison", file.Name), overwrite: true);
    }

    [LoggerMessage(1, LogLevel.Warning, "The message {Message} is laid aside, and {JobId} keeps the reason: {Reason}")]
    private partial void LogPoison(string message, string jobId, string reason);

    [LoggerMessage(2, LogLevel.Warning, "The message {Message}, and others that name blobs, wait until the blobs can be read")]
    private partial void LogWaiting(Exception outage, string message);
}
