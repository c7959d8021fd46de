namespace ServerlessRouter.Dispatch;

/// <summary>What dispatch does next.</summary>
public enum DispatchStepKind
{
    /// <summary>Make a call.</summary>
    Attempt,

    /// <summary>Let time pass, then ask again.</summary>
    Wait,

    /// <summary>The last attempt's answer is the request's.</summary>
    Accept,

    /// <summary>Nothing more may be tried.</summary>
    GiveUp,
}
