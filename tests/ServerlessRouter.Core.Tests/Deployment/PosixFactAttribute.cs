using Xunit;

namespace ServerlessRouter.Core.Tests.Deployment;

/// <summary>A test of shell scripts, which Windows has no shell for.</summary>
internal sealed class PosixFactAttribute : FactAttribute
{
    public PosixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
            Skip = "Needs sh.";
    }
}
