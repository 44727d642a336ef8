// "did you mean": the legal name nearest to a wrong one.
#ifndef FOVEA_DIALECT_NEAREST_H
#define FOVEA_DIALECT_NEAREST_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace fovea {

/// `; did you mean 'x'?` when a legal name is near `wrong`, else `; expected one of a, b, c` (at most ten, then "...").
/// Empty when there is no legal name.
std::string nearest(llvm::StringRef wrong, llvm::ArrayRef<llvm::StringRef> legal);

} // namespace fovea

#endif
