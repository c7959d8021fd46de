namespace ServerlessRouter.Core.Tests.State.Sqlite;

/// <summary>Which ETag a random operation asks for.</summary>
public enum ModelCondition
{
    Any,
    Current,
    Outdated,
}
