using ServerlessRouter.Errors;

namespace ServerlessRouter.Recording.Records;

/// <summary>What was found among the records, or why they were not looked for.</summary>
/// <param name="Found">Null where there is nothing, or an error.</param>
/// <param name="Error">What to tell; another try can help.</param>
public readonly record struct RecordReading<T>(T? Found, RouterError? Error)
    where T : class;
