using ServerlessRouter.State;

namespace ServerlessRouter.Jobs;

/// <summary>Where an answer is kept and how large it is, before it is read.</summary>
public sealed record StoredResponsePlace
{
    internal StoredResponsePlace(TableEntity row, int requestBytes, int responseBytes, int inputBytes) => (Row, RequestBytes, ResponseBytes, InputBytes) = (row, requestBytes, responseBytes, inputBytes);

    /// <summary>Bytes of everything that it answers.</summary>
    public int InputBytes { get; }

    /// <summary>Bytes of all that is kept of it.</summary>
    public int Bytes => RequestBytes + ResponseBytes + InputBytes;

    internal TableEntity Row { get; }

    internal int RequestBytes { get; }

    internal int ResponseBytes { get; }
}
