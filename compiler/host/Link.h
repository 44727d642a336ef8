// Objects to a library.
#ifndef FOVEA_COMPILER_HOST_LINK_H
#define FOVEA_COMPILER_HOST_LINK_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace fovea {

/// Why there is no library.
class LinkError : public llvm::ErrorInfo<LinkError> {
public:
  static char ID;
  enum Kind {
    NoLinker, ///< there is no such program
    NoSpace,  ///< the linker ran out of memory or disk space
    Failed    ///< the linker does not like what it was given
  };

  LinkError(Kind kind, std::string text) : kind(kind), text(std::move(text)) {}

  Kind getKind() const { return kind; }
  void log(llvm::raw_ostream &stream) const override { stream << text; }
  std::error_code convertToErrorCode() const override { return llvm::inconvertibleErrorCode(); }

private:
  Kind kind;
  std::string text;
};

/// Path of an LLVM linker: `wanted` if it is not empty (a path, or a name in $PATH), else the one of LLVM 22, else the
/// first ld.lld in $PATH. Fails with a LinkError.
llvm::Expected<std::string> findLinker(llvm::StringRef wanted);

/// The symbols that the library of network `name` exports; `shaped`: it has several sizes, and so run_shaped in place
/// of run.
std::vector<std::string> exportedSymbols(llvm::StringRef name, bool shaped = false, bool bounded = false);

struct LinkJob {
  std::string linker;                    ///< what findLinker found
  std::string triple;                    ///< of the machine that the objects are for
  std::vector<std::string> objects;      ///< paths of relocatable objects, in order
  std::string name;                      ///< of the network
  std::string folder;                    ///< an existing one, for what is made
  bool shaped = false;                   ///< the network has several sizes
  bool bounded = false;                  ///< its sizes are chosen by each call, within bounds
  std::vector<std::string> exports = {}; ///< by the shared library, if not the functions of the network
};

/// Makes `folder/lib<name>.so`, which exports the functions of the network, or `exports`, and needs the C library
/// only. The same
/// objects give the same bytes.
llvm::Error linkShared(const LinkJob &job);

/// Makes `folder/lib<name>.a`: one object in which everything but the six functions is local, so that several such
/// libraries link into one program.
llvm::Error linkStatic(const LinkJob &job);

} // namespace fovea

#endif
