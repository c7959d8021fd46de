namespace ServerlessRouter.Recording.Records;

/// <summary>One page of records, newest first; it may be short or empty and still have a next one.</summary>
public sealed record RecordPage(IReadOnlyList<RequestRecord> Records, RecordCursor? Next);
