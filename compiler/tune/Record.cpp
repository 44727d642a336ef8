#include "compiler/tune/Record.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/TargetParser/Host.h"
#include <fmt/core.h>

using namespace fovea;

static std::string valuesText(const KnobValues &values) {
  std::string text;
  for (int64_t value : values)
    text += fmt::format(" {}", value);
  return text + "\n";
}

std::string fovea::printRecord(const KernelRecord &record) {
  std::string text;
  for (const auto &[values, attempt] : record.attempts) {
    if (attempt.kind == Attempt::Measured)
      text += fmt::format("{:.4f}", attempt.ratio);
    else
      text += attempt.kind == Attempt::Wrong ? "wrong" : "failed";
    text += valuesText(values);
  }
  if (const auto &finding = record.finding)
    text += fmt::format("settled {:.3f} {:.3f}", finding->before, finding->after) + valuesText(finding->knobs);
  return text;
}

std::optional<KernelRecord> fovea::parseRecord(llvm::StringRef text, size_t knobs) {
  KernelRecord record;
  while (!text.empty()) {
    auto [line, rest] = text.split('\n');
    text = rest;
    llvm::SmallVector<llvm::StringRef> words;
    line.split(words, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    bool settled = !words.empty() && words.front() == "settled";
    size_t before = settled ? 3 : 1; // words
    if (words.size() != before + knobs)
      return std::nullopt;
    KnobValues values(knobs);
    for (auto [value, word] : llvm::zip_equal(values, llvm::ArrayRef(words).drop_front(before)))
      if (word.getAsInteger(10, value))
        return std::nullopt;
    double first = 0, second = 0;
    if (settled) {
      if (words[1].getAsDouble(first) || words[2].getAsDouble(second))
        return std::nullopt;
      record.finding = Finding{values, first, second};
    } else if (words[0] == "wrong" || words[0] == "failed") {
      record.attempts[values] = {words[0] == "wrong" ? Attempt::Wrong : Attempt::Failed};
    } else if (words[0].getAsDouble(first)) {
      return std::nullopt;
    } else {
      record.attempts[values] = {Attempt::Measured, first};
    }
  }
  return record;
}

std::string fovea::cpuName() {
  if (auto file = llvm::MemoryBuffer::getFileAsStream("/proc/cpuinfo")) {
    llvm::StringRef text = (*file)->getBuffer();
    size_t at = text.find("model name");
    if (at != llvm::StringRef::npos)
      return text.substr(at).split('\n').first.split(':').second.trim().str();
  }
  return llvm::sys::getHostCPUName().str();
}
