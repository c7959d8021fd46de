namespace ServerlessRouter.State.Memory;

/// <summary>What a commit does to one row: the row as it is afterwards, or its removal.</summary>
internal readonly record struct RowChange(string Table, TableEntity Row, bool IsRemoval);
