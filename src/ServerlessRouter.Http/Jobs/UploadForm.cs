using System.Globalization;
using System.Text;
using Microsoft.Net.Http.Headers;
using ServerlessRouter.Errors;
using ServerlessRouter.Jobs;

namespace ServerlessRouter.Http.Jobs;

/// <summary>The fields of an upload beside the file's bytes.</summary>
internal sealed class UploadForm
{
    public const string File = "file";

    /// <summary>Room for everything that is not the file.</summary>
    public const int MaxOtherBytes = 64 * 1024;

    private const int MaxFieldLength = 1024;
    private const int MaxFileNameLength = 255;
    private const long MinSeconds = 3600;
    private const long MaxSeconds = 2_592_000;

    public string? Purpose { get; private set; }

    public string? FileName { get; private set; }

    /// <summary>How long the file is kept; null where the form does not say.</summary>
    public TimeSpan? Retention { get; private set; }

    public void TakeFileName(ContentDispositionHeaderValue disposition)
    {
        var written = (disposition.FileNameStar.HasValue ? disposition.FileNameStar : HeaderUtilities.RemoveQuotes(disposition.FileName)).ToString();
        FileName = written.Length == 0 ? File : written.Length <= MaxFileNameLength ? written : written[..MaxFileNameLength];
    }

    /// <summary>Reads a field; one that is unknown is passed over.</summary>
    public async ValueTask<RouterError?> ReadAsync(string? name, Stream body, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxFieldLength + 1];
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        if (length > MaxFieldLength)
            return RouterError.InvalidRequest($"The field '{name}' is longer than {MaxFieldLength} bytes.", name);
        var value = Encoding.UTF8.GetString(buffer, 0, length);
        return name switch
        {
            "purpose" => TakePurpose(value),
            "expires_after[anchor]" => value == "created_at" ? null : RouterError.InvalidRequest("The only anchor is created_at.", name),
            "expires_after[seconds]" => TakeSeconds(value),
            _ => null,
        };
    }

    /// <summary>What is missing; null when nothing is.</summary>
    public RouterError? Check() => (Purpose, FileName) switch
    {
        (null, _) => RouterError.InvalidRequest("The form has no 'purpose'; send batch.", "purpose"),
        (_, null) => RouterError.InvalidRequest("The form has no 'file'.", File),
        _ => null,
    };

    private RouterError? TakePurpose(string value)
    {
        Purpose = value;
        return value == JobFilePurposes.Batch
            ? null
            : RouterError.InvalidRequest($"The purpose '{(value.Length <= 64 ? value : value[..64])}' is none of this router's; it keeps files of the purpose '{JobFilePurposes.Batch}'.", "purpose");
    }

    private RouterError? TakeSeconds(string value)
    {
        if (!long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds is < MinSeconds or > MaxSeconds)
            return RouterError.InvalidRequest($"expires_after.seconds must be a whole number from {MinSeconds} to {MaxSeconds}.", "expires_after");
        Retention = TimeSpan.FromSeconds(seconds);
        return null;
    }
}
