// The recorded graph. A node is immutable and interned: recording the same operation on the same inputs twice gives the
// same node. Its shape and dtype are known when it is made; its values exist once `storage` is set.
//
// Laws
//   * Every node stands for a C-order sequence of numel() elements, its *linear space*; evaluated values are stored so.
//   * An Elementwise or Cast input has the node's own shape, or is a Constant (any shape; it has one value).
//     Broadcasting is an explicit View.
//   * A View reads element offset + sum(strides[k] * index[k]) of its input's linear space. Slices, transposes,
//   reshapes,
//     flips and broadcasts are all Views; a View of a View is composed when it is recorded wherever that is possible.
//   * A Reduce sees its input's linear space as `domain`: extents of alternating kept and reduced groups of axes, none
//   of
//     extent 1. Its own linear space is that of the kept groups in order.
//   * A Call is the result of a routine that is not generated: it takes its inputs' linear spaces as wholes.
//   * An array of a complex dtype is a Complex, whatever made it: its inputs are its real and its imaginary part, which
//   no
//     other node reads through it. Once it has values, interleaved, they are views of those. No other node has a
//     complex dtype, and no node has a Complex for an input.
//   * A Buffer has storage from the start. A Constant never has. An Index has the value i at element i (int64).
#pragma once

#include <atomic>
#include <cstdint>

#include "host/base/ref.h"
#include "host/base/storage.h"
#include "host/graph/op.h"
#include "ingot/array.hpp"
#include "ingot/shape.hpp"

namespace ingot::graph {

enum class Kind : std::uint8_t { Constant, Buffer, Index, Elementwise, Cast, View, Reduce, Call, Complex };

class Table;

/// A figure that one thread may read while another finds it anew; either value will do.
template <class T>
class Bound {
 public:
  operator T() const noexcept { return value_.load(std::memory_order_relaxed); }
  void operator=(T value) noexcept { value_.store(value, std::memory_order_relaxed); }

 private:
  std::atomic<T> value_{0};
};

struct Node {
  static constexpr int kMaxInputs = 3;

  Kind kind;
  DType dtype;
  Op op{};                     // Elementwise
  Reducer reducer{};           // Reduce
  Routine routine{};           // Call
  bool weak = false;           // Constant: takes the dtype of what it meets
  bool first_reduced = false;  // Reduce: whether domain[0] is a reduced group
  std::uint8_t input_count = 0;
  std::atomic<std::uint32_t> refs{1};
  Shape shape;
  Node* inputs[kMaxInputs] = {};  // owned references
  std::uint64_t bits = 0;         // Constant: the value, in the low bytes, zero-extended
  std::int64_t offset = 0;        // View
  Dims dims;           // View: strides, one per axis of shape. Reduce: domain. Call: the routine's parameters
  StorageRef storage;  // set when the values exist; then inputs are dropped
  Location where;

  Table* home = nullptr;  // where it is interned (intern.h)
  std::uint64_t hash = 0;
  Bound<std::uint32_t> depth;    // longest chain of pending nodes that ends here
  Bound<std::uint32_t> pending;  // bound on the number of pending nodes at or above this one
  Bound<std::int64_t> retained;  // bound on the bytes that pending nodes here keep alive
  Node* next = nullptr;          // list of dead nodes
  std::uint32_t visit = 0;       // scratch of graph walks, valid under the graph lock
  std::uint32_t slot = 0;
  bool counted = false;  // as pending
  bool claimed = false;  // an evaluation is computing its values; under the graph lock

  std::int64_t numel() const noexcept { return shape.numel(); }
  bool has_values() const noexcept { return static_cast<bool>(storage); }
  void add_ref() noexcept { refs.fetch_add(1, std::memory_order_relaxed); }
  void release() noexcept;
};

using NodeRef = Ref<Node>;

}  // namespace ingot::graph
