namespace ServerlessRouter.FunctionalTests.Faults;

/// <summary>What health is to learn from a fault.</summary>
public abstract record Lesson
{
    /// <summary>Nothing: the deployment is not to blame.</summary>
    public static readonly Lesson None = new NoLesson();

    /// <summary>One failure more; five in a row take the deployment out.</summary>
    public static readonly Lesson Counts = new CountsLesson();

    /// <summary>The deployment is out at once, for about this long.</summary>
    public static Lesson OutFor(int seconds) => new OutLesson(seconds);

    internal sealed record NoLesson : Lesson;

    internal sealed record CountsLesson : Lesson;

    internal sealed record OutLesson(int Seconds) : Lesson;
}
