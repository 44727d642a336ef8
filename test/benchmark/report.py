"""What the benchmark prints, and the table and the picture of its page."""

import math
import statistics

BEGIN, END = "<!-- benchmark.py --page writes from here -->\n", "<!-- to here -->\n"
F32_PEERS = ("onnxruntime", "openvino", "ncnn", "mnn", "torch.compile", "iree")
# Each of ours with the peers that it has to beat.
RIVALS = {"fovea": F32_PEERS, "fovea bf16": ("openvino default",)}


def add_ratios(result):
    """Adds to a network how much faster ours is than its fastest rival, and the share of the peak that it reaches."""
    rows = result["contenders"]
    for own, rivals in RIVALS.items():
        times = [rows[name]["median_ms"] for name in rivals if name in rows]
        if own in rows and times:
            rows[own]["speed_vs_best"] = min(times) / rows[own]["median_ms"]
    if "peak_gflops" in result:
        limit = result["gflop"] / result["peak_gflops"] * 1e3
        for name in ("fovea", *F32_PEERS):
            if name in rows:
                rows[name]["share_of_peak"] = limit / rows[name]["median_ms"]


def show(result, kernels):
    """Prints one network."""
    print(f"\n{result['network']}, {result['gflop']:.2f} GFLOP")
    print(f"{'':17}{'median ms':>10}{'min':>9}{'p90':>9}{'of peak':>9}{'vs best':>9}{'error':>9}"
          f"{'start ms':>10}{'process':>9}{'peak MiB':>10}{'disk MB':>9}")  # fmt: skip
    for name, row in result["contenders"].items():
        share = f"{row['share_of_peak']:.0%}" if "share_of_peak" in row else ""
        ratio = f"{row['speed_vs_best']:.2f}x" if "speed_vs_best" in row else ""
        print(f"{name:17}{row['median_ms']:10.2f}{row['min_ms']:9.2f}{row['p90_ms']:9.2f}{share:>9}{ratio:>9}"
              f"{row['error']:9.0e}{row['first_result_ms']:10.0f}{row['process_ms']:9.0f}{row['peak_mib']:10.0f}"
              f"{row['disk_mb']:9.1f}", flush=True)  # fmt: skip
    for name, reason in result["failures"].items():
        print(f"{name:17}fails: {reason}")
    if kernels and "kernels" in result:
        total = sum(row["us"] for row in result["kernels"].values())
        width = max(len("kernel"), *map(len, result["kernels"]))
        print(f"\n{'kernel':{width}}{'calls':>7}{'us':>9}{'share':>8}{'GFLOP/s':>9}")
        for name, row in result["kernels"].items():
            speed = row["mflop"] * 1e3 / row["us"] if row["us"] else 0.0
            print(f"{name:{width}}{row['calls']:7}{row['us']:9.0f}{row['us'] / total:8.1%}{speed:9.1f}")


def ratios(run, own="fovea"):
    """How much faster ours is than the fastest rival, by network."""
    found = {result["network"]: result["contenders"].get(own, {}).get("speed_vs_best") for result in run["networks"]}
    return {name: ratio for name, ratio in found.items() if ratio}


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values)))


def show_summary(run):
    for own in RIVALS:
        if found := ratios(run, own):
            least = min(found, key=found.get)
            print(f"\n{own}: {geometric_mean(found.values()):.2f}x the fastest correct peer (geometric mean of {len(found)}),"
                  f" least {found[least]:.2f}x ({least})")  # fmt: skip


def table(run):
    """The figures of all networks in Markdown."""
    peers = [name for name in (*F32_PEERS, "openvino default") if any(name in r["contenders"] for r in run["networks"])]
    lines = ["| network | GFLOP | Fovea ms | of peak | vs best | " + " | ".join(peers) + " | start ms | best peer's |"
             " process peak MiB | best peer's | library MB |", "|---|" + "--:|" * (9 + len(peers))]  # fmt: skip
    for result in run["networks"]:
        rows = result["contenders"]
        own = rows["fovea"]
        rivals = [rows[name] for name in F32_PEERS if name in rows]
        times = [f"{rows[name]['median_ms']:.1f}" if name in rows else "fails" for name in peers]
        lines.append(
            f"| {result['network']} | {result['gflop']:.2f} | **{own['median_ms']:.1f}** | {own['share_of_peak']:.0%} |"
            f" {own['speed_vs_best']:.2f}x | {' | '.join(times)} | {own['first_result_ms']:.0f} |"
            f" {min(row['first_result_ms'] for row in rivals):.0f} | {own['peak_mib']:.0f} |"
            f" {min(row['peak_mib'] for row in rivals):.0f} | {own['disk_mb']:.1f} |"
        )
    return "\n".join(lines) + "\n"


def rounded_table(run):
    """The figures of bf16, or nothing if that was not measured."""
    lines = ["| network | Fovea bf16 ms | OpenVINO default ms | ratio | error | OpenVINO's |", "|---|--:|--:|--:|--:|--:|"]
    for result in run["networks"]:
        own, rival = (result["contenders"].get(name) for name in ("fovea bf16", "openvino default"))
        if own and rival:
            lines.append(f"| {result['network']} | **{own['median_ms']:.1f}** | {rival['median_ms']:.1f} |"
                         f" {own['speed_vs_best']:.2f}x | {own['error']:.1e} | {rival['error']:.1e} |")  # fmt: skip
    if len(lines) == 2:
        return ""
    return (f"In bf16, which is OpenVINO's default on this CPU, the geometric mean is"
            f" {geometric_mean(ratios(run, 'fovea bf16').values()):.2f}x. Errors are relative to the largest logit, a mean of"
            " several images.\n\n" + "\n".join(lines) + "\n")  # fmt: skip


def draw(run, file):
    """A bar per network, the slowest above: speed relative to the fastest correct f32 peer, whose bar would end at 1."""
    found = sorted(ratios(run).items(), key=lambda item: item[1])
    left, unit, row = 240, 300, 20  # pixels: of names, of a speed of 1, of a line
    width, height = left + round(unit * found[-1][1]) + 60, row * (len(found) + 2)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif" font-size="13">',
             f'<rect width="{width}" height="{height}" fill="#fff"/>']  # fmt: skip
    for number, (name, ratio) in enumerate(found):
        end, line = left + round(unit * ratio), row * number + 15
        lines += [f'<text x="{left - 8}" y="{line}" text-anchor="end">{name}</text>',
                  f'<rect x="{left}" y="{line - 12}" width="{end - left}" height="15" fill="#3b6ea5"/>',
                  f'<text x="{end + 6}" y="{line}">{ratio:.2f}</text>']  # fmt: skip
    lines += [f'<path d="M{left + unit} 0V{row * len(found)}" stroke="#c44"/>',
              f'<text x="{left + unit}" y="{height - 20}" text-anchor="middle" fill="#c44">fastest correct f32 peer = 1</text>',
              "</svg>"]  # fmt: skip
    file.write_text("\n".join(lines) + "\n")


def write_page(run, folder):
    """Puts the table into README.md in `folder`, between its two marks, and the picture beside it."""
    page = folder / "README.md"
    before, rest = page.read_text().split(BEGIN)
    picture = folder / "speed.svg"
    draw(run, picture)
    cores = f"{run['cores']} cores, {run['threads']} thread{'s'[: run['threads'] > 1]}"
    mean = geometric_mean(ratios(run).values())
    text = (f"Measured on {run['cpu']}, {cores}. Geometric mean: {mean:.2f}x the fastest correct f32 peer.\n\n"
            f"![speed relative to the fastest peer]({picture.name})\n\n{table(run)}\n{rounded_table(run)}")  # fmt: skip
    page.write_text(before + BEGIN + "\n" + text.rstrip() + "\n\n" + END + rest.split(END)[1])
