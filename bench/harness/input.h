#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <ingot/array.hpp>

#include "buffer.h"

namespace bench {

enum class Numbers : std::uint8_t { Uniform, Normal };  // uniform in [0, 1); standard normal

/// What every contestant reads: float64 numbers, one of which differs in every repeat.
class Input {
 public:
  Input(ingot::Shape shape, Numbers numbers) : shape_(std::move(shape)), numbers_(numbers) {}
  virtual ~Input() = default;

  std::int64_t size() const noexcept { return shape_.numel(); }
  const ingot::Shape& shape() const noexcept { return shape_; }
  Numbers numbers() const noexcept { return numbers_; }

  /// Takes back the last change and sets an element, another one for every repeat. No array made from the input may be
  /// alive.
  void change(std::int64_t repeat, double value);
  /// The changed element: where, what it was, what it is.
  std::int64_t index() const noexcept { return index_; }
  double original() const noexcept { return original_; }
  double value() const noexcept { return value_; }

  /// A new leaf, as a program gets it: borrowed memory, or a file loaded.
  virtual ingot::Array array() = 0;
  /// As array(), for the rivals: memory, or a fresh map of the file. Invalidates what it returned before.
  virtual const double* open() = 0;
  /// What the NumPy peer is told to open, and whether it must do so before every repeat.
  virtual std::string numpy_open() const = 0;
  virtual bool reopens() const noexcept = 0;
  virtual const char* name() const noexcept = 0;

 protected:
  virtual double exchange(std::int64_t index, double value) = 0;

 private:
  ingot::Shape shape_;
  Numbers numbers_;
  std::int64_t index_ = -1;
  double original_ = 0, value_ = 0;
};

/// Numbers of the benchmark's own (SplitMix64; Box and Muller's method for normal ones) in memory.
std::shared_ptr<Input> memory_input(const ingot::Shape& shape, Numbers numbers);

/// A .npy file of this shape; changes are written into it.
std::shared_ptr<Input> file_input(const std::string& path, const ingot::Shape& shape, Numbers numbers);

/// Writes the numbers of memory_input() to a .npy file, for want of NumPy.
void write_npy(const std::string& path, const ingot::Shape& shape, Numbers numbers);

/// The kind of numbers as the NumPy peer is told it.
std::string numpy_kind(const ingot::Shape& shape, Numbers numbers);

}  // namespace bench
