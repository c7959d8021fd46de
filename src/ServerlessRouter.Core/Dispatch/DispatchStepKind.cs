namespace ServerlessRouter.Dispatch;

/// <summary>What dispatch does next.</summary>
public enum DispatchStepKind
{
    /// <summary>Make a call.</summary>
    Attempt,

    /// <summary>Let time pass, then ask again.</summary>
    Wait,

    /// <summary>Look at the answer of the last attempt before it is given.</summary>
    Check,

    /// <summary>An attempt's answer is the request's: the last one's, or one that a cascade kept back.</summary>
    Accept,

    /// <summary>Nothing more may be tried.</summary>
    GiveUp,
}
