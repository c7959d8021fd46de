using Azure;
using Azure.Identity;
using ServerlessRouter.State;

namespace ServerlessRouter.Functions.State;

/// <summary>What the failures of Table Storage mean to a store's callers.</summary>
internal static class TableFailures
{
    private const string TableNotFound = "TableNotFound";
    private const string EntityAlreadyExists = "EntityAlreadyExists";
    private const string ResourceNotFound = "ResourceNotFound";
    private const string EntityNotFound = "EntityNotFound";
    private const string UpdateConditionNotSatisfied = "UpdateConditionNotSatisfied";
    private const string ConditionNotMet = "ConditionNotMet";

    /// <summary>The outcome a condition had, or null when something else went wrong.</summary>
    public static TableOutcome? OutcomeOf(RequestFailedException failure) => failure.ErrorCode switch
    {
        EntityAlreadyExists => TableOutcome.AlreadyExists,
        ResourceNotFound or EntityNotFound => TableOutcome.NotFound,
        UpdateConditionNotSatisfied or ConditionNotMet => TableOutcome.ETagMismatch,
        _ => null,
    };

    public static bool IsTableMissing(RequestFailedException failure) => failure.ErrorCode == TableNotFound;

    /// <summary>Unreachable, throttled, refused to this identity or too slow; not the caller's own cancellation, and not a bug of the caller.</summary>
    public static bool IsUnavailable(Exception failure, CancellationToken cancellationToken) => failure switch
    {
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        RequestFailedException => true,
        // Several tries in a row that all failed.
        AggregateException => true,
        AuthenticationFailedException => true,
        IOException => true,
        _ => false,
    };

    /// <summary>Names the table and the status, never keys or values.</summary>
    public static TableStoreUnavailableException Unavailable(string table, Exception failure) =>
        new($"Table Storage did not answer for table '{table}' ({Reason(failure)}).", failure);

    private static string Reason(Exception failure) =>
        failure is RequestFailedException { Status: > 0 } refused ? $"{refused.Status} {refused.ErrorCode}" : failure.GetType().Name;
}
