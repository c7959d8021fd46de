namespace ServerlessRouter.LocalHost.Logs;

/// <summary>What <c>--log-format</c> says.</summary>
public enum LogFormat
{
    /// <summary>A line for people.</summary>
    Plain,

    /// <summary>A JSON object on a line, for programs.</summary>
    Json,
}
