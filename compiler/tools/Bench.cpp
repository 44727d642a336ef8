#include "compiler/tools/Bench.h"
#include "compiler/host/Library.h"
#include "compiler/tools/Peak.h"
#include "compiler/tools/Scaling.h"
#include "compiler/tools/TensorBuffer.h"
#include "compiler/tools/ToolError.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/core.h>

using namespace fovea;

namespace {

using Clock = std::chrono::steady_clock;

double milliseconds(Clock::duration duration) { return std::chrono::duration<double, std::milli>(duration).count(); }

/// All times in milliseconds.
struct Measurement {
  const fovea_size_info *size = nullptr;
  double load = 0, create = 0, firstRun = 0;
  std::vector<double> runs;  ///< sorted
  std::vector<double> steps; ///< mean of each kernel call
  double peak = 0;           ///< GFLOP/s of a core

  /// The smallest time that at least `fraction` of the runs did not exceed.
  double quantile(double fraction) const {
    return runs[std::max<size_t>(1, std::ceil(fraction * static_cast<double>(runs.size()))) - 1];
  }
  /// The mean of the middle two for an even number of runs.
  double median() const { return (runs[(runs.size() - 1) / 2] + runs[runs.size() / 2]) / 2; }
  double firstResult() const { return load + create + firstRun; }
};

/// One context with its buffers.
struct Bench {
  LibraryContext context;
  const fovea_size_info *size;
  std::vector<TensorBuffer> inputs, outputs;

  llvm::Error run() { return context.run(asBuffers(inputs), asBuffers(outputs), size); }

  /// Runs for `seconds`, but at least `least` times. Appends the milliseconds of each run to `times`.
  llvm::Error runFor(double seconds, size_t least, std::vector<double> &times) {
    constexpr size_t most = 10000000;
    const std::vector<fovea_buffer> in = asBuffers(inputs), out = asBuffers(outputs);
    const Clock::time_point start = Clock::now();
    Clock::time_point before = start;
    while (times.size() < least || (milliseconds(before - start) < seconds * 1000 && times.size() < most)) {
      if (llvm::Error error = context.run(in, out, size))
        return error;
      const Clock::time_point after = Clock::now();
      times.push_back(milliseconds(after - before));
      before = after;
    }
    return llvm::Error::success();
  }
};

llvm::Error measure(Bench &bench, double seconds, size_t stepCount, Measurement &result) {
  std::vector<double> warmUp;
  if (llvm::Error error = bench.runFor(std::min(0.25, seconds), 3, warmUp))
    return error;
  if (llvm::Error error = bench.runFor(seconds, 5, result.runs))
    return error;
  std::sort(result.runs.begin(), result.runs.end());

  // In runs of their own, since reading the clock after each kernel takes time too.
  std::vector<uint64_t> nanoseconds(stepCount);
  std::vector<double> profiled;
  if (llvm::Error error = bench.context.profile(nanoseconds))
    return error;
  if (llvm::Error error = bench.runFor(seconds / 4, 5, profiled))
    return error;
  for (uint64_t total : nanoseconds)
    result.steps.push_back(static_cast<double>(total) * 1e-6 / static_cast<double>(profiled.size()));
  result.peak = measurePeak();
  return bench.context.profile({});
}

/// Operations in `time` milliseconds as GFLOP/s.
double gflops(double flops, double time) { return time > 0 ? flops / time * 1e-6 : 0; }

llvm::StringRef targetOf(const BenchOptions &options, const Library &library) {
  return options.target.empty() ? library.bestTarget() : options.target;
}

void printJson(llvm::raw_ostream &stream, const BenchOptions &options, const Library &library,
               const Measurement &measurement) {
  llvm::json::OStream json(stream, 2);
  // llvm::json would print seventeen digits.
  auto number = [&](llvm::StringRef key, double value, int digits) {
    json.attributeBegin(key);
    json.rawValue(fmt::format("{:.{}f}", value, digits));
    json.attributeEnd();
  };
  double total = 0;
  for (double step : measurement.steps)
    total += step;
  json.object([&] {
    json.attribute("name", library.description().name);
    json.attribute("target", targetOf(options, library));
    if (library.sizes().size() > 1)
      json.attribute("size", measurement.size->size);
    number("median_ms", measurement.median(), 6);
    number("min_ms", measurement.runs.front(), 6);
    number("p90_ms", measurement.quantile(0.9), 6);
    number("first_result_ms", measurement.firstResult(), 6);
    json.attribute("runs", measurement.runs.size());
    json.attribute("threads", options.threads);
    number("peak_gflops", measurement.peak, 1);
    json.attributeArray("kernels", [&] {
      for (auto [step, time] : llvm::zip_equal(library.steps(measurement.size), measurement.steps)) {
        json.object([&, &step = step, time = time] {
          json.attribute("name", step.kernel);
          json.attribute("layer", step.layer);
          number("us", time * 1000, 3);
          number("gflops", gflops(step.flops, time), 2);
          number("share", total > 0 ? time / total : 0, 5);
        });
      }
    });
  });
  stream << '\n';
}

void printText(llvm::raw_ostream &stream, const BenchOptions &options, const Library &library,
               const Measurement &measurement) {
  struct Row {
    size_t calls = 0;
    double time = 0, flops = 0;
  };
  llvm::MapVector<llvm::StringRef, Row> rows;
  Row total;
  size_t width = llvm::StringRef("kernel").size();
  for (auto [step, time] : llvm::zip_equal(library.steps(measurement.size), measurement.steps)) {
    width = std::max(width, llvm::StringRef(step.kernel).size());
    for (Row *row : {&rows[step.kernel], &total}) {
      ++row->calls;
      row->time += time;
      row->flops += step.flops;
    }
  }
  auto sorted = rows.takeVector();
  llvm::sort(sorted, [](const auto &a, const auto &b) {
    return a.second.time != b.second.time ? a.second.time > b.second.time : a.first < b.first;
  });

  std::string size = library.sizes().size() > 1 ? fmt::format(" at size {}", measurement.size->size) : "";
  stream << fmt::format("{}{} for {}, {} thread{}\n", library.description().name, size,
                        targetOf(options, library).str(), options.threads, options.threads == 1 ? "" : "s");
  stream << fmt::format("median {:.3f} ms  min {:.3f} ms  p90 {:.3f} ms  ({} runs)\n", measurement.median(),
                        measurement.runs.front(), measurement.quantile(0.9), measurement.runs.size());
  double cores = options.threads, peak = cores * measurement.peak;
  stream << fmt::format("{:.1f} GFLOP/s, {:.0f} % of what {} can multiply and add ({:.1f} GFLOP/s)\n",
                        gflops(total.flops, measurement.median()),
                        gflops(total.flops, measurement.median()) / peak * 100,
                        options.threads == 1 ? "a core" : fmt::format("{} cores", options.threads), peak);
  stream << fmt::format("load to first result {:.3f} ms: load {:.3f}, create {:.3f}, first run {:.3f}\n\n",
                        measurement.firstResult(), measurement.load, measurement.create, measurement.firstRun);
  stream << fmt::format("{:<{}}  {:>5}  {:>10}  {:>7}  {:>8}  {:>7}\n", "kernel", width, "calls", "us", "share",
                        "GFLOP/s", "of peak");
  auto print = [&](llvm::StringRef name, const Row &row) {
    stream << fmt::format("{:<{}}  {:>5}  {:>10.1f}  {:>5.1f} %  {:>8.1f}  {:>5.0f} %\n", name.str(), width, row.calls,
                          row.time * 1000, total.time > 0 ? row.time / total.time * 100 : 0,
                          gflops(row.flops, row.time), gflops(row.flops, row.time) / peak * 100);
  };
  for (const auto &[name, row] : sorted)
    print(name, row);
  print("total", total);
}

/// The size that is asked for, or the largest.
llvm::Expected<const fovea_size_info *> chooseSize(const Library &library, int64_t wanted) {
  llvm::ArrayRef<fovea_size_info> sizes = library.sizes();
  if (!wanted)
    return &sizes.back();
  std::string known;
  for (const fovea_size_info &size : sizes) {
    if (size.size == wanted)
      return &size;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", size.size);
  }
  return llvm::make_error<ToolError>(
      exitUsageError, fmt::format("--size {}: the library {}", wanted,
                                  sizes.size() > 1 ? "has the sizes " + known : "was not compiled for several sizes"));
}

llvm::Error bench(const BenchOptions &options) {
  if (!(options.seconds > 0 && options.seconds <= 86400))
    return llvm::make_error<ToolError>(exitUsageError,
                                       fmt::format("--time {}: expected seconds between 0 and 86400", options.seconds));
  Measurement measurement;
  const Clock::time_point start = Clock::now();
  llvm::Expected<Library> library = Library::open(options.library);
  if (!library)
    return library.takeError();
  const Clock::time_point loaded = Clock::now();
  llvm::Expected<const fovea_size_info *> size = chooseSize(*library, options.size);
  if (!size)
    return size.takeError();
  measurement.size = *size;
  llvm::Expected<LibraryContext> context = library->createContext(options.threads, options.target);
  if (!context)
    return context.takeError();
  const Clock::time_point created = Clock::now();
  auto inputs = makeBuffers(library->inputs(*size));
  if (!inputs)
    return inputs.takeError();
  auto outputs = makeBuffers(library->outputs(*size));
  if (!outputs)
    return outputs.takeError();
  for (auto [index, input] : llvm::enumerate(*inputs))
    input.fillPseudoRandom(index);

  if (options.scaling) {
    llvm::Expected<Scaling> scaling =
        measureScaling(*library, *size, options.threads, options.target, options.seconds, *inputs, *outputs);
    if (!scaling)
      return scaling.takeError();
    printScaling(llvm::outs(), *scaling, options.threads, library->steps(*size));
    return llvm::Error::success();
  }
  Bench bench = {std::move(*context), *size, std::move(*inputs), std::move(*outputs)};
  const Clock::time_point ready = Clock::now();
  if (llvm::Error error = bench.run())
    return error;
  measurement.load = milliseconds(loaded - start);
  measurement.create = milliseconds(created - loaded);
  measurement.firstRun = milliseconds(Clock::now() - ready);
  if (llvm::Error error = measure(bench, options.seconds, (*size)->step_count, measurement))
    return error;
  (options.json ? printJson : printText)(llvm::outs(), options, *library, measurement);
  return llvm::Error::success();
}

} // namespace

int fovea::benchCommand(const BenchOptions &options) {
  int code = reportError(bench(options));
  llvm::outs().flush();
  return code;
}
