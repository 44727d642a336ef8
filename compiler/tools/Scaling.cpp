#include "compiler/tools/Scaling.h"
#include "compiler/tools/PinThreads.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>
#include <fmt/core.h>
#include <limits>
#include <numeric>

using namespace fovea;

/// The least microseconds of each step among the fastest eighth of `runs`. A step may be fast in a run that is slow
/// because of it: two threads that never meet, say.
static std::vector<double> fastest(std::vector<std::vector<uint64_t>> runs) {
  auto total = [](const std::vector<uint64_t> &run) { return std::accumulate(run.begin(), run.end(), uint64_t(0)); };
  llvm::sort(runs, [&](const auto &a, const auto &b) { return total(a) < total(b); });
  std::vector<double> times(runs.front().size(), std::numeric_limits<double>::infinity());
  for (const std::vector<uint64_t> &run : llvm::ArrayRef(runs).take_front(std::max<size_t>(1, runs.size() / 8)))
    for (auto [best, time] : llvm::zip_equal(times, run))
      best = std::min(best, double(time) * 1e-3);
  return times;
}

llvm::Expected<Scaling> fovea::measureScaling(const Library &library, const fovea_size_info *size, uint32_t threads,
                                              const std::string &target, double seconds,
                                              llvm::ArrayRef<TensorBuffer> inputs,
                                              llvm::ArrayRef<TensorBuffer> outputs) {
  llvm::Expected<LibraryContext> one = library.createContext(1, target);
  if (!one)
    return one.takeError();
  PinThreads pinned;
  llvm::Expected<LibraryContext> many = library.createContext(threads, target);
  if (!many)
    return many.takeError();
  pinned.pin();

  std::vector<fovea_buffer> in = asBuffers(inputs), out = asBuffers(outputs);
  std::vector<uint64_t> nanoseconds(size->step_count);
  for (LibraryContext *context : {&*one, &*many})
    if (llvm::Error error = context->profile(nanoseconds))
      return error;
  std::vector<std::vector<uint64_t>> runsOfOne, runsOfMany;
  auto run = [&](LibraryContext &context, std::vector<std::vector<uint64_t>> &runs) -> llvm::Error {
    llvm::fill(nanoseconds, 0);
    if (llvm::Error error = context.run(in, out, size))
      return error;
    runs.push_back(nanoseconds);
    return llvm::Error::success();
  };
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  // A few runs of each at a time: its memory is in the caches by then.
  constexpr int together = 4, least = 3;
  for (int round = 0; round < least || std::chrono::duration<double>(Clock::now() - start).count() < seconds; ++round)
    for (auto [context, runs] : {std::pair(&*one, &runsOfOne), std::pair(&*many, &runsOfMany)})
      for (int i = 0; i < together; ++i)
        if (llvm::Error error = run(*context, *runs))
          return error;
  return Scaling{fastest(std::move(runsOfOne)), fastest(std::move(runsOfMany))};
}

void fovea::printScaling(llvm::raw_ostream &stream, const Scaling &scaling, uint32_t threads,
                         llvm::ArrayRef<fovea_step_info> steps) {
  struct Row {
    size_t calls = 0;
    double one = 0, many = 0;
  };
  llvm::MapVector<llvm::StringRef, Row> rows;
  Row total;
  size_t width = llvm::StringRef("kernel").size();
  for (auto [step, one, many] : llvm::zip_equal(steps, scaling.one, scaling.many)) {
    width = std::max(width, llvm::StringRef(step.kernel).size());
    for (Row *row : {&rows[step.kernel], &total}) {
      ++row->calls;
      row->one += one;
      row->many += many;
    }
  }
  auto lost = [&](const Row &row) { return row.many - row.one / threads; };
  auto sorted = rows.takeVector();
  llvm::sort(sorted, [&](const auto &a, const auto &b) {
    double left = lost(a.second), right = lost(b.second);
    return left != right ? left > right : a.first < b.first;
  });
  stream << fmt::format("{:<{}}  {:>5}  {:>12}  {:>12}  {:>6}  {:>8}\n", "kernel", width, "calls", "us, 1 thread",
                        fmt::format("us, {}", threads), "ratio", "lost us");
  auto print = [&](llvm::StringRef name, const Row &row) {
    stream << fmt::format("{:<{}}  {:>5}  {:>12.1f}  {:>12.1f}  {:>6.2f}  {:>8.1f}\n", name.str(), width, row.calls,
                          row.one, row.many, row.many > 0 ? row.one / row.many : 0, lost(row));
  };
  for (const auto &[name, row] : sorted)
    print(name, row);
  print("total", total);
}
