namespace Summit.Ops.Network.Firewalls;

/// <summary>Walks clients through one hook, rule by rule, as sets.</summary>
internal sealed class FirewallWalk
{
    // the kernel refuses loops; a file that was edited may hold one
    private const int Deepest = 40;

    // chains that jump to one another double the way at each level
    private const int Longest = 50_000;
    private readonly FirewallHook _hook;
    private readonly AddressSet _all;
    private readonly bool _six;
    private readonly List<(string Rule, FirewallVerdict Verdict)> _by = [];
    private readonly List<string> _doubts = [];
    private int _steps;

    private FirewallWalk(FirewallHook hook, AddressSet clients)
    {
        (_hook, _six, _all) = (hook, clients.IsIPv6, clients);
        (Accepted, Dropped, MaybeAccepted, MaybeDropped) = (None, None, None, None);
        var left = Walk(hook.Start, clients, sure: true, 0);
        if (left.IsEmpty) return;
        _by.Add(($"policy {(hook.Policy == FirewallVerdict.Drop ? "drop" : "accept")} of {hook.Name}", hook.Policy));
        if (hook.Policy == FirewallVerdict.Drop) Dropped = Dropped.Union(left);
        else Accepted = Accepted.Union(left);
    }

    /// <summary>Who is let through, unless a rule of <see cref="Doubts"/> stops him.</summary>
    public AddressSet Accepted { get; private set; }

    /// <summary>Who is stopped, unless a rule of <see cref="Doubts"/> lets him through.</summary>
    public AddressSet Dropped { get; private set; }

    /// <summary>Who is stopped for certain.</summary>
    public AddressSet Blocked => Dropped.Except(MaybeAccepted);

    /// <summary>Of whom it is not known.</summary>
    public AddressSet Unsure => Dropped.Intersect(MaybeAccepted).Union(Accepted.Intersect(MaybeDropped));

    /// <summary>The rules that let somebody through or stop somebody.</summary>
    public IEnumerable<string> Rules(FirewallVerdict verdict) => _by.Where(by => by.Verdict == verdict).Select(by => by.Rule);

    /// <summary>The rules that depend on what is not known.</summary>
    public IReadOnlyList<string> Doubts => _doubts;

    private AddressSet MaybeAccepted { get; set; }

    private AddressSet MaybeDropped { get; set; }

    private AddressSet None => AddressSet.Empty(_six);

    /// <summary>Walks.</summary>
    public static FirewallWalk Through(FirewallHook hook, AddressSet clients) => new(hook, clients);

    /// <summary>Walks a chain; who comes out at its end undecided.</summary>
    private AddressSet Walk(FirewallChain chain, AddressSet clients, bool sure, int depth)
    {
        var (left, back) = (clients, None);
        foreach (var rule in chain.Rules)
        {
            if (_steps++ >= Longest)
            {
                if (_steps == Longest + 1) GiveUp();
                break;
            }

            var hit = rule.Sources is null ? left : left.Intersect(rule.Sources);
            if (hit.IsEmpty || rule.Verdict == FirewallVerdict.Continue) continue;
            var certain = sure && rule.Sure;
            if (!rule.Sure || rule.Verdict == FirewallVerdict.Elsewhere) _doubts.Add(rule.Text);
            switch (rule.Verdict)
            {
                case FirewallVerdict.Accept or FirewallVerdict.Drop:
                    Decide(rule, hit, certain);
                    if (rule.Sure) left = left.Except(hit);
                    break;
                case FirewallVerdict.Return:
                    if (rule.Sure) (left, back) = (left.Except(hit), back.Union(hit));
                    else Doubt(hit);
                    break;
                case FirewallVerdict.Elsewhere:
                    Doubt(hit);
                    break;
                default:
                    var after = depth < Deepest && _hook.Chains.TryGetValue(rule.Target, out var next)
                        ? Walk(next, hit, certain, depth + 1)
                        : hit;
                    if (!rule.Sure) break;
                    left = left.Except(hit);
                    if (rule.Verdict == FirewallVerdict.Jump) left = left.Union(after);
                    else back = back.Union(after);
                    break;
            }
        }

        return left.Union(back);
    }

    private void Decide(FirewallRule rule, AddressSet hit, bool certain)
    {
        var accepts = rule.Verdict == FirewallVerdict.Accept;
        if (certain) _by.Add((rule.Text, rule.Verdict));
        if (certain && accepts) Accepted = Accepted.Union(hit);
        else if (certain) Dropped = Dropped.Union(hit);
        else if (accepts) MaybeAccepted = MaybeAccepted.Union(hit);
        else MaybeDropped = MaybeDropped.Union(hit);
    }

    private void GiveUp()
    {
        _doubts.Insert(0, $"{_hook.Name} has a way of more than {Longest} rules");
        Doubt(_all);
    }

    private void Doubt(AddressSet hit)
    {
        MaybeAccepted = MaybeAccepted.Union(hit);
        MaybeDropped = MaybeDropped.Union(hit);
    }
}
