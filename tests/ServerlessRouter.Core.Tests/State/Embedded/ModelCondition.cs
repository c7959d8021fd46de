namespace ServerlessRouter.Core.Tests.State.Embedded;

/// <summary>Which ETag a random operation asks for.</summary>
public enum ModelCondition
{
    Any,
    Current,
    Outdated,
}
