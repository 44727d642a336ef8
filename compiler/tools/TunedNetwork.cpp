#include "compiler/tools/TunedNetwork.h"
#include "compiler/halide/ScheduleFile.h"
#include "llvm/ADT/StringExtras.h"
#include <fmt/core.h>

using namespace mlir;
using namespace fovea;

static const kern::Strategy *strategyOf(kern::ScheduleAttr schedule) {
  return *llvm::find_if(kern::strategies(), [&](auto *known) { return known->name == schedule.getStrategy(); });
}

static SearchSpace spaceOf(kern::FuncOp kernel, const TargetInfo &target, uint32_t threads) {
  kern::ScheduleAttr schedule = kernel.getScheduleAttr();
  SearchSpace space{strategyOf(schedule), {}, {}, target.lanes(), target.vectorRegisters, threads > 1};
  for (const kern::Knob &knob : space.strategy->knobs)
    space.chosen.push_back(schedule.getKnob(knob.name));
  for (Type type : kernel.getResultTypes())
    llvm::append_range(space.extents, cast<RankedTensorType>(type).getShape());
  return space;
}

TunedNetwork::TunedNetwork(TrialLibraries &libraries, std::optional<KernelCache> cache, const NetworkTimes &times)
    : machine(
          fmt::format("{}, {} thread{}", cpuName(), libraries.trial.threads, libraries.trial.threads == 1 ? "" : "s")),
      target(libraries.target()), steps(libraries.trial.steps), cache(std::move(cache)) {
  for (auto [number, kernel] : llvm::enumerate(libraries.kernels())) {
    TunedKernel &tuned = kernels.emplace_back();
    tuned.kernel = kernel;
    tuned.signature = signatureOf(kernel);
    tuned.key = KernelCache::keyOf("schedules of " + tuned.signature + " on " + machine, target);
    shares.push_back(times.kernels[number].minimum / times.whole.minimum);
    searches.emplace_back(spaceOf(kernel, target, libraries.trial.threads));
    recall(number);
  }
  for (size_t kernel : steps)
    ++kernels[kernel].calls;
}

//===----------------------------------------------------------------------===//
// The cache
//===----------------------------------------------------------------------===//

std::optional<std::string> TunedNetwork::recall(StringRef key) const {
  return cache && !key.empty() ? cache->findText(key) : std::nullopt;
}

void TunedNetwork::keep(StringRef key, StringRef text) const {
  if (cache && !key.empty())
    cache->storeText(key, text);
}

void TunedNetwork::recall(size_t kernel) {
  const SearchSpace &space = searches[kernel].getSpace();
  std::optional<std::string> text = recall(kernels[kernel].key);
  std::optional<KernelRecord> record = text ? parseRecord(*text, space.chosen.size()) : std::nullopt;
  if (!record)
    return;
  for (const auto &[values, attempt] : record->attempts) {
    searches[kernel].note(values, attempt);
    experience.note(space, values, attempt);
  }
  known += record->attempts.size();
  kernels[kernel].finding = record->finding;
}

void TunedNetwork::keep(size_t kernel) const {
  KernelRecord record{{}, kernels[kernel].finding};
  for (const auto &[values, attempt] : searches[kernel].all())
    if (attempt)
      record.attempts[values] = *attempt;
  keep(kernels[kernel].key, printRecord(record));
}

std::string TunedNetwork::key() const {
  std::string text = "network " + machine;
  for (size_t kernel : steps)
    text += "\n" + kernels[kernel].key +
            (isChanged(kernel) ? scheduleText(scheduleOf(kernel, kernels[kernel].finding->knobs)) : "");
  return KernelCache::keyOf(text, target);
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

void TunedNetwork::note(size_t kernel, const KnobValues &values, Attempt attempt) {
  searches[kernel].note(values, attempt);
  experience.note(searches[kernel].getSpace(), values, attempt);
  ++tried;
  failed += attempt.kind == Attempt::Failed;
  if (attempt.kind == Attempt::Measured && attempt.ratio < 1)
    kernels[kernel].finding.reset(); // it may be the best
}

void TunedNetwork::settle(size_t kernel, Finding finding) {
  kernels[kernel].finding = std::move(finding);
  keep(kernel);
}

kern::ScheduleAttr TunedNetwork::scheduleOf(size_t kernel, const KnobValues &values) const {
  const kern::Strategy *strategy = searches[kernel].getSpace().strategy;
  SmallVector<std::pair<StringRef, int64_t>> knobs;
  for (auto [knob, value] : llvm::zip_equal(strategy->knobs, values))
    knobs.emplace_back(knob.name, value);
  return kern::ScheduleAttr::get(kern::FuncOp(kernels[kernel].kernel).getContext(), strategy->name, knobs);
}

bool TunedNetwork::isChanged(size_t kernel) const {
  return kernels[kernel].finding && kernels[kernel].finding->knobs != searches[kernel].getSpace().chosen;
}

std::string TunedNetwork::changesOf(size_t kernel) const {
  std::string text;
  const SearchSpace &space = searches[kernel].getSpace();
  for (auto [knob, own, found] : llvm::zip_equal(space.strategy->knobs, space.chosen, kernels[kernel].finding->knobs))
    if (own != found)
      text += fmt::format("{}{} {} -> {}", text.empty() ? "" : ", ", knob.name.str(), own, found);
  return text;
}

std::string fovea::scheduleText(kern::ScheduleAttr schedule) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << schedule.getStrategy() << " {";
  llvm::interleaveComma(schedule.getKnobs(), stream, [&](NamedAttribute knob) {
    stream << knob.getName().getValue() << " = " << cast<IntegerAttr>(knob.getValue()).getInt();
  });
  stream << "}";
  return text;
}
