#include <algorithm>
#include <utility>
#include <vector>

#include "host/base/error.h"
#include "host/device/host_memory.h"
#include "host/exec/evaluate.h"
#include "host/graph/build.h"
#include "host/io/file.h"
#include "host/io/npy_header.h"
#include "ingot/io.hpp"

namespace ingot {
namespace {

io::NpyHeader read_header(const io::InputFile& file, const io::Source& source) {
  try {
    std::vector<std::byte> bytes(static_cast<std::size_t>(std::min(io::kPrefix, file.size())));
    file.read(0, bytes);
    bytes.resize(static_cast<std::size_t>(io::data_offset(bytes, file.size())));
    file.read(0, bytes);
    return io::parse_npy_header(bytes, file.size());
  } catch (const io::Fault& fault) {
    source.fail(fault.offset(), fault.what());
  }
}

StorageRef read_values(const io::InputFile& file, const io::NpyHeader& header, const io::Source& source) {
  const std::int64_t bytes = file.size() - header.data_offset;
  const auto item = static_cast<std::int64_t>(itemsize(header.dtype));
  if (bytes > 0 && header.data_offset % item == 0) return file.map(header.data_offset);
  StorageRef values = device::allocate(static_cast<std::size_t>(bytes), [&] { return source.path; });
  file.read(header.data_offset, {values->data(), static_cast<std::size_t>(bytes)});
  return values;
}

// The file holds the transposed array in C order.
graph::NodeRef fortran_view(graph::NodeRef buffer, const Shape& shape, Location where) {
  Strides strides(shape.ndim(), 1);
  for (int i = 1; i < shape.ndim(); ++i) strides[i] = strides[i - 1] * shape[i - 1];
  return graph::view(buffer.get(), shape, 0, std::move(strides), where);
}

}  // namespace

Array load_npy(const std::string& path, Location where) {
  const io::Source source{"load_npy", path, where};
  const io::InputFile file(source);
  const io::NpyHeader header = read_header(file, source);

  const bool transposed = header.fortran_order && header.shape.ndim() > 1 && header.shape.numel() > 0;
  Shape stored = header.shape;
  if (transposed) std::reverse(stored.begin(), stored.end());
  // A file's bools may be any byte; ours are 0 and 1.
  const bool bytes = is_bool(header.dtype);
  graph::NodeRef node = graph::buffer(bytes ? DType::UInt8 : header.dtype, stored, read_values(file, header, source));
  if (transposed) node = fortran_view(std::move(node), header.shape, where);
  if (bytes) node = graph::cast(node.get(), DType::Bool, where);
  return Array(node.leak(), Array::Adopt{});
}

void save_npy(const std::string& path, const Array& array, Location where) {
  const io::Source source{"save_npy", path, where};
  const DType dtype = array.dtype();
  if (io::npy_descr(dtype).empty()) {
    fail<TypeError>(where, "save_npy: ", path, ": arrays of ", name(dtype), " cannot be saved yet; use astype() first");
  }
  if (array.ndim() > io::kMaxRank) {
    fail<ShapeError>(where, "save_npy: ", path, ": an array of ", array.ndim(), " axes; NumPy reads at most ",
                     io::kMaxRank, "; use reshape() first");
  }
  const StorageRef values = exec::contiguous(array.node());
  const std::string header = io::npy_header(dtype, array.shape());

  io::OutputFile file(source);
  file.write(std::as_bytes(std::span(header)));
  file.write({values->data(), static_cast<std::size_t>(array.nbytes())});
  file.commit();
}

}  // namespace ingot
