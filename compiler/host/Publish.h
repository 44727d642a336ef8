// A set of files that appears whole or not at all.
#ifndef FOVEA_COMPILER_HOST_PUBLISH_H
#define FOVEA_COMPILER_HOST_PUBLISH_H

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <csignal>
#include <memory>
#include <string>

namespace fovea {

/// A temporary folder in the files' destination. Goes away with what is still in it, and so does the destination if it
/// was made for it and nothing was published. As long as there is one, signals that end the program wait.
class StagingFolder {
public:
  /// Makes `.name.tmp.XXXXXX` in `destination`, which is made as well if it does not exist.
  static llvm::Expected<StagingFolder> make(llvm::StringRef destination, llvm::StringRef name);
  StagingFolder(StagingFolder &&other) noexcept;
  StagingFolder &operator=(StagingFolder &&) = delete;
  ~StagingFolder();

  llvm::StringRef path() const { return folder; }
  /// Path of `file` in the folder.
  std::string operator/(const llvm::Twine &file) const;

  llvm::Error write(llvm::StringRef file, llvm::StringRef bytes) const;

  /// Moves `files` to the destination, where they replace files of the same name. All have been synchronised with the
  /// disk before the first is moved.
  llvm::Error publish(llvm::ArrayRef<std::string> files) const;

private:
  /// Holds back signals that end the program.
  struct DelayedSignals {
    DelayedSignals();
    DelayedSignals(const DelayedSignals &) = delete;
    ~DelayedSignals();
    sigset_t before;
  };

  StagingFolder() = default;
  std::unique_ptr<DelayedSignals> signals = std::make_unique<DelayedSignals>();
  std::string destination;
  bool madeDestination = false;
  llvm::SmallString<128> folder;
};

} // namespace fovea

#endif
