namespace Summit.Ops.Reporting;

/// <summary>The forms that a report can take.</summary>
public enum SummitReportFormat
{
    /// <summary>One self-contained page, for people.</summary>
    Html,

    /// <summary>For a ticket or a pull request.</summary>
    Markdown,

    /// <summary>Test results, for a CI server.</summary>
    JUnit,

    /// <summary>The objects themselves; they can be read back.</summary>
    Json,

    /// <summary>SARIF 2.1.0, for code scanning: findings by file and line.</summary>
    Sarif,

    /// <summary>Figures for Prometheus, as the textfile collector of its node exporter reads them.</summary>
    Prometheus,
}
