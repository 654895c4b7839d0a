namespace Summit.Ops.Lab;

/// <summary>Nothing is broken, though some of it looks so.</summary>
internal static class HealthyScenarios
{
    public static Scenario Healthy { get; } = new("healthy", SummitCause.None, "nothing: the guide's configuration, deployed and running") { InjectAsync = (_, _) => Task.CompletedTask };

    public static Scenario Map { get; } = Scenario.Deployed(
        "healthy-map", SummitCause.None, "nothing: Connection comes from a map, which is as good as the literal",
        lab => lab.Config.Site(lab.Config.WebSocketLocation(connection: "$connection_upgrade") + "\n" + lab.Config.ApiLocation, """
            map $http_upgrade $connection_upgrade {
                default upgrade;
                ''      close;
            }


            """));

    public static Scenario Order { get; } = Scenario.Deployed(
        "healthy-order", SummitCause.None, "nothing: /api stands before /ws, which has no effect on prefix locations",
        lab => lab.Config.Site(lab.Config.ApiLocation + "\n" + lab.Config.WebSocketLocation()));

    public static Scenario Buffering { get; } = Scenario.Deployed(
        "healthy-buffering", SummitCause.None, "nothing: proxy_buffering is left on, which has no effect on an upgraded connection",
        lab => lab.Config.Site(lab.Config.WebSocketLocation(buffering: true) + "\n" + lab.Config.ApiLocation));
}
