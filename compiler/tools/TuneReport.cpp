#include "compiler/tools/TuneReport.h"
#include <fmt/core.h>

using namespace fovea;

std::vector<size_t> fovea::entriesOf(const TunedNetwork &network, const TuneVerdict &verdict) {
  std::vector<std::pair<double, size_t>> changed;
  for (auto [number, kernel] : llvm::enumerate(network.kernels))
    if (verdict.faster && network.isChanged(number))
      changed.emplace_back((kernel.finding->after - kernel.finding->before) * double(kernel.calls), number);
  llvm::sort(changed);
  std::vector<size_t> entries;
  for (auto [gain, number] : changed)
    entries.push_back(number);
  return entries;
}

/// `4 x 12.5 -> 11.9 us`
static std::string timesOf(const TunedKernel &kernel) {
  return fmt::format("{} x {:.1f} -> {:.1f} us", kernel.calls, kernel.finding->before, kernel.finding->after);
}

static std::string nameOf(const TunedKernel &kernel) { return kern::FuncOp(kernel.kernel).getSymName().str(); }

std::string fovea::scheduleFileText(const TunedNetwork &network, llvm::ArrayRef<size_t> entries, llvm::StringRef name,
                                    llvm::StringRef target) {
  std::string text = fmt::format("// Found by 'fovea tune' for {} on {}.\n// For: fovea compile ... --schedule FILE\n"
                                 "target \"{}\"\n",
                                 name.str(), network.machine, target.str());
  for (size_t number : entries) {
    const TunedKernel &kernel = network.kernels[number];
    text +=
        fmt::format("\n// {}: {}; {}\nkernel \"{}\" = {}\n", nameOf(kernel), timesOf(kernel), network.changesOf(number),
                    kernel.signature, scheduleText(network.scheduleOf(number, kernel.finding->knobs)));
  }
  return text;
}

std::string fovea::tuneTable(const TunedNetwork &network, llvm::ArrayRef<size_t> entries) {
  std::string table;
  for (size_t number : entries) {
    const TunedKernel &kernel = network.kernels[number];
    table += fmt::format("{:<40} {:>28} {:>6.1f} %   {}\n", nameOf(kernel), timesOf(kernel),
                         100 * (kernel.finding->after / kernel.finding->before - 1), network.changesOf(number));
  }
  return table;
}

std::string fovea::tuneSummary(const TunedNetwork &network, const TuneVerdict &verdict, llvm::ArrayRef<size_t> entries,
                               bool exhausted) {
  std::string result = "no schedule is faster than the compiler's own: no entries";
  if (verdict.faster)
    result = fmt::format("{:.3f} -> {:.3f} ms, {} of {} kernels changed", verdict.before, verdict.after, entries.size(),
                         network.kernels.size());
  else if (verdict.before > 0)
    result = fmt::format("what was found is no faster as a whole ({:.3f} -> {:.3f} ms): no entries", verdict.before,
                         verdict.after);
  return fmt::format("{}; {} schedules tried ({} of them do not work), {} known before{}", result, network.tried,
                     network.failed, network.known, exhausted ? "; nothing is left to try" : "");
}
