// What an expression of a `.net` file comes to.
#ifndef FOVEA_FRONTEND_VALUE_H
#define FOVEA_FRONTEND_VALUE_H

#include "mlir/IR/Value.h"
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace fovea::net {

struct Value;

/// `[a, b]`
struct List {
  std::vector<Value> elements;
  unsigned levels; ///< of lists and dictionaries, this one included
};
/// `{"key": value}`, in the order written
struct Dict {
  std::vector<std::pair<std::string, Value>> entries;
  unsigned levels; ///< of lists and dictionaries, this one included
};
/// What a call with other than one result comes to; can only be assigned to as many names.
struct Results {
  std::vector<Value> values;
};

/// Immutable; copies share lists and dictionaries.
struct Value {
  using Data = std::variant<bool, int64_t, double, std::string, mlir::Value, std::shared_ptr<const List>,
                            std::shared_ptr<const Dict>, std::shared_ptr<const Results>>;
  Data data;

  Value() = default;
  template <typename T> static Value of(T value) {
    Value result;
    result.data = Data(std::in_place_type<T>, std::move(value));
    return result;
  }
  static Value ofList(std::vector<Value> elements);
  static Value ofDict(std::vector<std::pair<std::string, Value>> entries);
  /// The value itself if there is just one.
  static Value ofResults(std::vector<Value> values);

  template <typename T> const T *get() const { return std::get_if<T>(&data); }
  /// Null unless the value is a list.
  const List *list() const;
  const Dict *dict() const;
  const Results *results() const;
  /// Null unless the value is a tensor.
  mlir::Value tensor() const;
  /// How deep lists and dictionaries are nested; 0 if it is none of them.
  unsigned levels() const;
  /// Integers and floats as a double.
  std::optional<double> number() const;

  /// For messages: `the integer 3`, `the string 'xs'`, `a list of 4 values`, `a tensor f32[n=1, c=48]`.
  std::string describe() const;
};

} // namespace fovea::net

#endif
