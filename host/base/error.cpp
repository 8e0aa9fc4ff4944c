#include "host/base/error.h"

#include <string_view>

namespace ingot {

// Key functions: each class's type information is here once, so that it can be caught across the library's boundary.
Error::~Error() = default;
ShapeError::~ShapeError() = default;
TypeError::~TypeError() = default;
IndexError::~IndexError() = default;
ValueError::~ValueError() = default;
IOError::~IOError() = default;
DeviceError::~DeviceError() = default;
MemoryError::~MemoryError() = default;
LinAlgError::~LinAlgError() = default;
InternalError::~InternalError() = default;

std::string place(const Location& where) {
  std::string_view file = where.file_name();
  file.remove_prefix(file.find_last_of('/') + 1);  // npos + 1 is 0
  return text(" [", file, ":", where.line(), "]");
}

}  // namespace ingot
