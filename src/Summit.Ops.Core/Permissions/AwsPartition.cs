namespace Summit.Ops.Permissions;

/// <summary>The partition of AWS that a region belongs to: the second part of every ARN there.</summary>
internal static class AwsPartition
{
    // by the first letters of the region, so that a new region of a partition needs no change here
    private static readonly (string Prefix, string Partition)[] Partitions =
    [
        ("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc"),
        ("us-iso-", "aws-iso"), ("us-isob-", "aws-iso-b"), ("eu-isoe-", "aws-iso-e"), ("us-isof-", "aws-iso-f"), ("eu-isof-", "aws-iso-f"),
    ];

    /// <summary>The partition; <c>aws</c> where no region is named.</summary>
    public static string Of(string? region) =>
        Partitions.FirstOrDefault(each => region?.StartsWith(each.Prefix, StringComparison.Ordinal) == true).Partition ?? "aws";
}
