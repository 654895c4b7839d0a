using Summit.Ops.Text;

namespace Summit.Ops.Evidence;

/// <summary>A unit that the backend's unit requires and that systemd cannot start, so that it does not start the backend either.</summary>
internal sealed record UnitNeed(string Id, bool IsMasked)
{
    /// <summary>The first one; null where systemd can start all of them.</summary>
    public static UnitNeed? First(HostEvidence host)
    {
        if (!host.Sections.TryGetValue("systemd.needs", out var section)) return null;
        var words = section.Text.Split('\n')[0].Trim().Split(' ');
        return words.Length == 2 ? new UnitNeed(ForeignText.Visible(words[0]), words[1] == "masked") : null;
    }

    /// <summary>What is wrong with it.</summary>
    public string Evidence(SystemdUnit unit) =>
        $"{unit.Id} requires {Id}, which {(IsMasked ? "is masked" : "does not exist")}, so systemd does not start it";

    /// <summary>The next step.</summary>
    public string Fix(SystemdUnit unit)
    {
        var restart = $"sudo systemctl restart {ShellWord.Quote(unit.Name)}";
        return IsMasked
            ? $"sudo systemctl unmask {ShellWord.Quote(Id)} && {restart}"
            : $"sudo systemctl cat {ShellWord.Quote(unit.Id)}   # install what brings {Id}, or take it out of the unit, then: {restart}";
    }
}
