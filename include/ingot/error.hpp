#pragma once

#include <stdexcept>
#include <string>

#include "ingot/export.hpp"

namespace ingot {

/// Base of everything the library throws. The message says what was given, what was expected and the way out, and ends
/// with the caller's file and line. After any error the library stays usable.
class INGOT_API Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  ~Error() override;
};

class INGOT_API ShapeError : public Error {
 public:
  using Error::Error;
  ~ShapeError() override;
};

class INGOT_API TypeError : public Error {
 public:
  using Error::Error;
  ~TypeError() override;
};

class INGOT_API IndexError : public Error {
 public:
  using Error::Error;
  ~IndexError() override;
};

class INGOT_API ValueError : public Error {
 public:
  using Error::Error;
  ~ValueError() override;
};

class INGOT_API IOError : public Error {
 public:
  using Error::Error;
  ~IOError() override;
};

class INGOT_API DeviceError : public Error {
 public:
  using Error::Error;
  ~DeviceError() override;
};

/// Memory could not be had, after every cache was emptied.
class INGOT_API MemoryError : public Error {
 public:
  using Error::Error;
  ~MemoryError() override;
};

class INGOT_API LinAlgError : public Error {
 public:
  using Error::Error;
  ~LinAlgError() override;
};

/// A law of the library was broken inside it: always a bug, please report it.
class INGOT_API InternalError : public Error {
 public:
  using Error::Error;
  ~InternalError() override;
};

}  // namespace ingot
