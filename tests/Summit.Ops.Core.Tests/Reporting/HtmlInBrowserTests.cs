using System.Text.Json.Nodes;
using Summit.Ops.Diagnosis;
using Summit.Ops.Evidence;
using Summit.Ops.Hosts;
using Summit.Ops.Lab;
using Summit.Ops.Reporting;

namespace Summit.Ops.Core.Tests.Reporting;

/// <summary>The page of real diagnoses, opened in a real browser.</summary>
[Trait("Category", "Lab")]
public sealed class HtmlInBrowserTests
{
    // the contrast of each piece of text with what is painted behind it, by WCAG 2.1's own formula; what is under AA is named
    private const string PoorContrast = """
        (() => {
            const channels = colour => (colour.match(/[\d.]+/g) || []).map(Number);
            const luminance = ([r, g, b]) => [r, g, b]
                .map(v => v / 255)
                .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
            const behind = element => {
                for (let e = element; e; e = e.parentElement) {
                    const c = channels(getComputedStyle(e).backgroundColor);
                    if (c.length < 4 || c[3] > 0) return c;
                }
                return [255, 255, 255];
            };
            document.querySelectorAll('details').forEach(details => details.open = true);
            const poor = [];
            const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            while (walk.nextNode()) {
                const element = walk.currentNode.parentElement;
                if (!walk.currentNode.data.trim() || element.closest('title, desc, style, .hidden, .skip')) continue;
                const style = getComputedStyle(element);
                const svg = element.closest('svg');
                const [a, b] = [luminance(channels(svg ? style.fill : style.color)), luminance(behind(element))];
                const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (contrast >= 4.5) continue;
                const name = `${element.tagName}.${element.className.baseVal ?? element.className}`;
                poor.push(`${name} ${contrast.toFixed(2)}: ${walk.currentNode.data.trim().slice(0, 40)}`);
            }
            return [...new Set(poor)];
        })()
        """;

    private const string Facts = """
        (() => {
            const missing = [...document.querySelectorAll('[aria-labelledby]')]
                .flatMap(e => e.getAttribute('aria-labelledby').split(' '))
                .filter(id => !document.getElementById(id));
            const ids = [...document.querySelectorAll('[id]')].map(e => e.id);
            const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(h => Number(h.tagName[1]));
            return {
                drawings: document.querySelectorAll('svg').length,
                drawn: [...document.querySelectorAll('svg')].filter(s => s.getBoundingClientRect().height > 20
                    && s.querySelector('rect, path') && s.querySelector('title') && s.querySelector('desc').textContent).length,
                tables: document.querySelectorAll('table').length,
                headed: [...document.querySelectorAll('table')].filter(t => t.caption
                    && t.querySelectorAll('thead th[scope=col]').length > 1 && t.tBodies[0].rows.length > 0
                    && [...t.tBodies[0].rows].every(r => r.querySelector('th[scope=row]'))).length,
                sections: [...document.querySelectorAll('#s0 h2, #s0 h3')].map(h => h.textContent),
                checklist: document.querySelectorAll('#s0-list ~ table tbody tr').length,
                missing, doubled: ids.filter((id, at) => ids.indexOf(id) !== at),
                jumps: levels.filter((level, at) => at > 0 && level > levels[at - 1] + 1).length,
                landmarks: document.querySelectorAll('main').length + document.querySelectorAll('body > footer').length,
                scripts: document.querySelectorAll('script').length,
                styled: getComputedStyle(document.querySelector('.verdict')).borderTopStyle,
            };
        })()
        """;

    public static TheoryData<string> Scenarios => ["nginx-config-missing", "upgrade-headers-missing", "healthy"];

    [Theory]
    [MemberData(nameof(Scenarios))]
    public async Task Its_page_needs_nothing_else_and_shows_everything(string scenario)
    {
        var cancellation = TestContext.Current.CancellationToken;
        if (await LabRequirement.NginxMissingAsync(cancellation) is { } reason) Assert.Skip(reason);
        if (Browser.Find() is not { } program)
        {
            throw Xunit.Sdk.SkipException.ForSkip("No Chromium is on PATH, and SUMMIT_CHROMIUM names none");
        }

        var verdict = await DiagnoseAsync(scenario, cancellation);
        var file = Path.Combine(Path.GetTempPath(), $"summit-report-{Guid.NewGuid():n}.html");
        try
        {
            ReportFile.Write(new Report
            {
                Made = verdict.Started,
                Subjects = ReportSubjects.Of([verdict, Samples.Measurement, Samples.Deployment, Samples.Repair, .. Samples.Watch]),
            }, SummitReportFormat.Html, file);
            await using var browser = await Browser.StartAsync(program, cancellation);
            var uri = new Uri(file).AbsoluteUri;
            await browser.OpenAsync(uri, cancellation);

            var facts = (await browser.EvaluateAsync(Facts, cancellation))!;
            var told = facts.ToJsonString();
            Assert.True(
                facts["drawings"]!.GetValue<int>() >= 3 && facts["drawings"]!.GetValue<int>() == facts["drawn"]!.GetValue<int>(), told);
            Assert.True(
                facts["tables"]!.GetValue<int>() >= 4 && facts["tables"]!.GetValue<int>() == facts["headed"]!.GetValue<int>(), told);
            Assert.Equal((9, 0, 2, 0), (
                facts["checklist"]!.GetValue<int>(), facts["jumps"]!.GetValue<int>(),
                facts["landmarks"]!.GetValue<int>(), facts["scripts"]!.GetValue<int>()));
            Assert.Equal("[] []", $"{facts["missing"]!.ToJsonString()} {facts["doubled"]!.ToJsonString()}");
            // the style sheet is the only thing that the page's policy lets in: without it, nothing would be solid
            Assert.Equal("solid", facts["styled"]!.GetValue<string>());
            var sections = facts["sections"]!.AsArray().Select(name => name!.GetValue<string>()).ToList();
            Assert.All(
                [
                    "The same handshake at each hop", "Verification checklist", "Time in each layer",
                    "The request’s way through the configuration",
                ], name => Assert.Contains(name, sections));
            Assert.Equal(scenario != "healthy", sections.Contains("Proposed change"));

            foreach (var scheme in new[] { "light", "dark" })
            {
                await browser.CallAsync("Emulation.setEmulatedMedia", new JsonObject
                {
                    ["features"] = new JsonArray(new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = scheme }),
                }, cancellation);
                Assert.Equal($"{scheme} []", $"{scheme} {(await browser.EvaluateAsync(PoorContrast, cancellation))!.ToJsonString()}");
            }

            await browser.CallAsync(
                "Emulation.setDeviceMetricsOverride",
                new JsonObject { ["width"] = 400, ["height"] = 800, ["deviceScaleFactor"] = 1, ["mobile"] = true },
                cancellation);
            Assert.True((await browser.EvaluateAsync("document.documentElement.scrollWidth", cancellation))!.GetValue<int>() <= 400);

            var requests = browser.Events.Where(said => Browser.Method(said) == "Network.requestWillBeSent")
                .Select(said => said["params"]!["request"]!["url"]!.GetValue<string>())
                .Where(url => url != uri && !url.StartsWith("data:", StringComparison.Ordinal));
            Assert.Empty(requests);
            var complaints = browser.Events
                .Where(said => Browser.Method(said) is "Log.entryAdded" or "Runtime.consoleAPICalled" or "Runtime.exceptionThrown"
                    or "Network.loadingFailed")
                .Select(said => said.ToJsonString());
            Assert.Empty(complaints);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static async Task<SummitDiagnosis> DiagnoseAsync(string scenario, CancellationToken cancellation)
    {
        await using var lab = await LabInstance.StartAsync(
            new LabOptions { Scenario = ScenarioCatalogue.Find(scenario), Backend = LabBackendKind.InProcess }, cancellation);
        return Verdict.Over(
            await new SiteGatherer(TimeProvider.System).GatherAsync(new LocalHost(), lab.Site, token: null, cancellation),
            TimeSpan.FromMilliseconds(1));
    }
}
