namespace ServerlessRouter.Jobs.Requests;

/// <summary>Bytes that are kept in the job's content: an answer that was not given (yet), or a vendor's refusal.</summary>
public sealed record ContentRef(string Id, int Bytes);
