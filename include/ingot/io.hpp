#pragma once

#include <string>

#include "ingot/array.hpp"

namespace ingot {

/// The array in a NumPy .npy file, lazy and memory-mapped: only the header is read before values are needed, and the
/// data takes no memory but the page cache.
///
/// Format versions 1.0, 2.0 and 3.0, in C or Fortran order (a transposed view), of little-endian bool, integers,
/// floats and complex numbers; bfloat16 is '<V2', as NumPy writes what ml_dtypes defines. A file of bools may hold any
/// byte, so it is recorded as bytes != 0. A file whose data does not start at a multiple of the itemsize (NumPy writes
/// none) is read at once. Throws IOError, naming the file, the byte and the reason, for anything else: a file that
/// cannot be read or is not a regular file, another dtype or byte order, pickled objects (never unpickled), a malformed
/// header, more or fewer bytes than the shape takes.
///
/// The file must keep its size, and should keep its bytes, while the array or anything made from it lives. Replacing
/// the file by name, as save_npy does, is fine: the array keeps the old one. A file that another program overwrites in
/// place may show either content; one that it truncates ends this program with SIGBUS when the missing bytes are read,
/// as with any mapping: the size is checked when the file is loaded.
INGOT_API Array load_npy(const std::string& path, Location where = Location::current());

/// Writes an array to a .npy file, byte for byte as NumPy 2 writes a C-order array. Evaluates.
///
/// The bytes go to a temporary file in the same directory, which replaces `path` only after it is complete and on disk:
/// an error, a full disk or a crash leaves what was there, so an array may be saved over the file it was loaded from.
/// A symbolic link is followed; an existing file keeps its permissions. Dtypes as load_npy, TypeError for others.
/// Throws IOError, naming the file, the byte and the reason, when it cannot be written; the temporary is then removed.
INGOT_API void save_npy(const std::string& path, const Array& array, Location where = Location::current());

}  // namespace ingot
