// Strided copies: staging of operands that are not contiguous along a tile's rows. Included by support_level.cpp only.
#pragma once

#include "kernels/cpu/lanes.h"

namespace ingot::cpu {
namespace {

struct Item16 {
  u64 low, high;
};

template <class T>
T read(const char* at) {
  T value;
  __builtin_memcpy(&value, at, sizeof value);
  return value;
}

template <class T>
void write(char* at, const T& value) {
  __builtin_memcpy(at, &value, sizeof value);
}

// Side of the blocks that are transposed in registers: 16 registers of 16 bytes, or 8 of 32. 8-byte elements: 4 by 4.
template <class T>
constexpr int kBlock = sizeof(T) == 1   ? 16
                       : sizeof(T) == 8 ? (kRegisterBytes == 64 ? 8 : 4)
                                        : 8;

// Rounds of perfect shuffles: after log2(B) of them row i holds what column i held.
template <class V, int... I>
ALWAYS_INLINE V zip_low(V a, V b, Sequence<I...>) {
  constexpr int n = sizeof...(I);
  return __builtin_shufflevector(a, b, ((I % 2) * n + I / 2)...);
}
template <class V, int... I>
ALWAYS_INLINE V zip_high(V a, V b, Sequence<I...>) {
  constexpr int n = sizeof...(I);
  return __builtin_shufflevector(a, b, ((I % 2) * n + I / 2 + n / 2)...);
}

template <class T, int B>
ALWAYS_INLINE void transpose_block(char* out, Size out_pitch, const char* in, Size in_pitch) {
  using V = vec<T, B>;
  V row[B], next[B];
#pragma clang loop unroll(full)
  for (int i = 0; i < B; ++i) row[i] = load<V>(in + i * in_pitch);
#pragma clang loop unroll(full)
  for (int round = 1; round < B; round *= 2) {
#pragma clang loop unroll(full)
    for (int i = 0; i < B / 2; ++i) {
      next[2 * i] = zip_low(row[i], row[i + B / 2], MakeSequence<B>{});
      next[2 * i + 1] = zip_high(row[i], row[i + B / 2], MakeSequence<B>{});
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < B; ++i) row[i] = next[i];
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < B; ++i) store(out + i * out_pitch, row[i]);
}

// out[x][y] = in[y][x] for y < ny, x < nx; both contiguous along their second index. The outer loop runs along `in`'s
// rows (kGather) or out's: whichever is the array in memory, so that a line of it is finished while it is in the cache.
template <class T, bool kGather>
void transpose(char* out, Size out_pitch, const char* in, Size in_pitch, Size ny, Size nx) {
  constexpr Size B = kBlock<T>, size = sizeof(T);
  const Size whole_y = ny - ny % B, whole_x = nx - nx % B;
  const auto block = [&](Size y, Size x) {
    transpose_block<T, B>(out + x * out_pitch + y * size, out_pitch, in + y * in_pitch + x * size, in_pitch);
  };
  if constexpr (kGather) {
    for (Size y = 0; y < whole_y; y += B)
      for (Size x = 0; x < whole_x; x += B) block(y, x);
  } else {
    for (Size x = 0; x < whole_x; x += B)
      for (Size y = 0; y < whole_y; y += B) block(y, x);
  }
  const auto rest = [&](Size y0, Size y1, Size x0, Size x1) {
    for (Size y = y0; y < y1; ++y)
      for (Size x = x0; x < x1; ++x) write(out + x * out_pitch + y * size, read<T>(in + y * in_pitch + x * size));
  };
  rest(0, whole_y, whole_x, nx);
  rest(whole_y, ny, 0, nx);
}

template <class T, int... I>
ALWAYS_INLINE vec<T, sizeof...(I)> reversed(vec<T, sizeof...(I)> v, Sequence<I...>) {
  return __builtin_shufflevector(v, v, (int(sizeof...(I)) - 1 - I)...);
}

// out[i] = in[-i].
template <class T>
void reverse_row(char* out, const char* in, Size n) {
  Size i = 0;
  if constexpr (sizeof(T) <= 8) {
    constexpr Size N = 32 / sizeof(T);
    for (; i + N <= n; i += N)
      store(out + i * sizeof(T), reversed<T>(load<vec<T, N>>(in - (i + N - 1) * Size(sizeof(T))), MakeSequence<N>{}));
  }
  for (; i < n; ++i) write(out + i * sizeof(T), read<T>(in - i * Size(sizeof(T))));
}

template <class T>
void fill(void* out, const void* value, Size n) {
  char* to = static_cast<char*>(out);
  const T v = read<T>(static_cast<const char*>(value));
  Size i = 0;
  if constexpr (sizeof(T) <= 8) {
    constexpr Size N = 64 / sizeof(T);
    for (; i + N <= n; i += N) store(to + i * sizeof(T), vec<T, N>(v));
  }
  for (; i < n; ++i) write(to + i * sizeof(T), v);
}

// Rows taken together when neither step is one element: as many as share a 64-byte line at the smallest useful step.
constexpr Size kRowBlock = 8;

constexpr Size magnitude(Size x) { return x < 0 ? -x : x; }

// Moves element (r, i) for all r and i in an order that walks `row` first where it is the smaller step.
template <class Move>
ALWAYS_INLINE void walk(Size row, Size step, Size rows, Size n, Move move) {
  if (magnitude(row) >= magnitude(step) || rows == 1) {
    for (Size r = 0; r < rows; ++r)
      for (Size i = 0; i < n; ++i) move(r, i);
    return;
  }
  for (Size r0 = 0; r0 < rows; r0 += kRowBlock) {
    const Size r1 = r0 + kRowBlock < rows ? r0 + kRowBlock : rows;
    for (Size i = 0; i < n; ++i)
      for (Size r = r0; r < r1; ++r) move(r, i);
  }
}

template <class T>
void gather(void* out_base, Size out_row, const void* in_base, Size in_row, Size in_step, Size rows, Size n) {
  constexpr Size size = sizeof(T);
  char* out = static_cast<char*>(out_base);
  const char* in = static_cast<const char*>(in_base);
  if (in_step == size) {
    for (Size r = 0; r < rows; ++r) __builtin_memcpy(out + r * out_row, in + r * in_row, n * size);
  } else if (in_step == 0) {
    for (Size r = 0; r < rows; ++r) fill<T>(out + r * out_row, in + r * in_row, n);
  } else if (in_step == -size) {
    for (Size r = 0; r < rows; ++r) reverse_row<T>(out + r * out_row, in + r * in_row, n);
  } else {
    if (in_row < 0) {  // from the last row up, so that the rows ascend in memory
      out += (rows - 1) * out_row;
      in += (rows - 1) * in_row;
      out_row = -out_row;
      in_row = -in_row;
    }
    if constexpr (size <= 8) {
      if (in_row == size) return transpose<T, true>(out, out_row, in, in_step, n, rows);
    }
    walk(in_row, in_step, rows, n,
         [&](Size r, Size i) { write(out + r * out_row + i * size, read<T>(in + r * in_row + i * in_step)); });
  }
}

template <class T>
void scatter(void* out_base, Size out_row, Size out_step, const void* in_base, Size in_row, Size rows, Size n) {
  constexpr Size size = sizeof(T);
  char* out = static_cast<char*>(out_base);
  const char* in = static_cast<const char*>(in_base);
  if (out_step == size) {
    for (Size r = 0; r < rows; ++r) __builtin_memcpy(out + r * out_row, in + r * in_row, n * size);
  } else if (out_step == -size) {
    for (Size r = 0; r < rows; ++r)
      reverse_row<T>(out + r * out_row - (n - 1) * size, in + r * in_row + (n - 1) * size, n);
  } else {
    if (out_row < 0) {
      out += (rows - 1) * out_row;
      in += (rows - 1) * in_row;
      out_row = -out_row;
      in_row = -in_row;
    }
    if constexpr (size <= 8) {
      if (out_row == size) return transpose<T, false>(out, out_step, in, in_row, rows, n);
    }
    walk(out_row, out_step, rows, n,
         [&](Size r, Size i) { write(out + r * out_row + i * out_step, read<T>(in + r * in_row + i * size)); });
  }
}

void stream(void* out, const void* in, Size bytes) {
  using V = vec<u64, kRegisterBytes / 8>;
  constexpr Size step = sizeof(V);
  char* to = static_cast<char*>(out);
  const char* from = static_cast<const char*>(in);
  const Size to_line = Size(-reinterpret_cast<__UINTPTR_TYPE__>(to) % step), head = to_line < bytes ? to_line : bytes;
  if (head > 0) __builtin_memcpy(to, from, head);
  Size i = head;
  for (; i + step <= bytes; i += step) __builtin_nontemporal_store(load<V>(from + i), reinterpret_cast<V*>(to + i));
  if (i < bytes) __builtin_memcpy(to + i, from + i, bytes - i);
}

void fence() {
#ifdef __x86_64__
  __builtin_ia32_sfence();
#endif
}

}  // namespace
}  // namespace ingot::cpu
