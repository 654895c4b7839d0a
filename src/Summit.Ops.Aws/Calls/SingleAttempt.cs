using Amazon.EC2;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.SimpleSystemsManagement;

namespace Summit.Ops.Aws.Calls;

/// <summary>
/// No retry at all. With MaxErrorRetry = 0 the SDK still repeats a call ten times whose answer broke off (measured on AWSSDK.Core 4.0.102),
/// and a SendCommand among them runs as often.
/// </summary>
internal sealed class SingleAttempt : RetryPolicy
{
    /// <inheritdoc/>
    public override bool CanRetry(IExecutionContext executionContext) => false;

    /// <inheritdoc/>
    public override bool RetryForException(IExecutionContext executionContext, Exception exception) => false;

    /// <inheritdoc/>
    public override Task<bool> RetryForExceptionAsync(IExecutionContext executionContext, Exception exception) => Task.FromResult(false);

    /// <inheritdoc/>
    public override bool RetryLimitReached(IExecutionContext executionContext) => true;

    /// <inheritdoc/>
    public override void WaitBeforeRetry(IExecutionContext executionContext)
    {
        // there is none
    }

    /// <inheritdoc/>
    public override Task WaitBeforeRetryAsync(IExecutionContext executionContext) => Task.CompletedTask;

    /// <inheritdoc/>
    public override bool OnRetry(IExecutionContext executionContext) => false;

    /// <summary>Puts it into a client's pipeline.</summary>
    public static void Use(RuntimePipeline pipeline) => pipeline.ReplaceHandler<RetryHandler>(new RetryHandler(new SingleAttempt()));
}

/// <summary>Systems Manager, each call made once.</summary>
internal sealed class SsmClient(AWSCredentials credentials, AmazonSimpleSystemsManagementConfig config)
    : AmazonSimpleSystemsManagementClient(credentials, config)
{
    /// <inheritdoc/>
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        SingleAttempt.Use(pipeline);
    }
}

/// <summary>EC2, each call made once.</summary>
internal sealed class Ec2Client(AWSCredentials credentials, AmazonEC2Config config) : AmazonEC2Client(credentials, config)
{
    /// <inheritdoc/>
    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        base.CustomizeRuntimePipeline(pipeline);
        SingleAttempt.Use(pipeline);
    }
}
