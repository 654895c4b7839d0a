using System.Text.RegularExpressions;

namespace Summit.Ops.Network;

/// <summary>
/// Whether a load balancer counts its target as healthy. Elastic Load Balancing says it, and EC2 does not: it is not read, and said so.
/// </summary>
internal static partial class TargetHealth
{
    /// <summary>What is said of a load balancer in front.</summary>
    /// <param name="path">What EC2 says.</param>
    /// <param name="front">One of its interfaces.</param>
    public static SummitCheck NotRead(NetworkPath path, NetworkInterface front)
    {
        var probed = front.LoadBalancer!.StartsWith("net/", StringComparison.Ordinal)
            ? ""
            : " A health check that asks the WebSocket path gets 400 or 426, and its target is then unhealthy "
                + "(Target.ResponseCodeMismatch): it has to ask a path that answers 200.";
        return NetworkChecks.TargetHealth.On($"{front.LoadBalancer} to {path.InstanceId}").Unknown(
            $"Whether {front.LoadBalancer} counts {path.InstanceId} as healthy was not read, nor its target group's protocol, port and "
                + $"health check: EC2 does not say it, and Elastic Load Balancing was not asked.{probed}",
            Look(front.LoadBalancer!, path.Region));
    }

    /// <summary>The command that tells the state of each target, with a reason for one that is not healthy.</summary>
    /// <param name="loadBalancer">The load balancer, <c>app/NAME</c>, <c>net/NAME</c> or <c>NAME</c>.</param>
    /// <param name="region">The region; empty where it is not known.</param>
    public static string Look(string loadBalancer, string region)
    {
        var at = region.Length > 0 ? $" --region {region}" : "";
        var parts = loadBalancer.Split('/');
        if (!BalancerName().IsMatch(parts[^1])) return $"aws elbv2 describe-target-groups{at}";
        if (parts.Length == 1) return $"aws elb describe-instance-health --load-balancer-name {parts[0]}{at}";
        var balancer = $"aws elbv2 describe-load-balancers --names {parts[^1]} --query 'LoadBalancers[0].LoadBalancerArn' "
            + $"--output text{at}";
        var group = $"aws elbv2 describe-target-groups --load-balancer-arn \"$({balancer})\" "
            + $"--query 'TargetGroups[0].TargetGroupArn' --output text{at}";
        return $"aws elbv2 describe-target-health --target-group-arn \"$({group})\"{at}";
    }

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BalancerName();
}
