// Matrix products on a device (host/exec/on_gpu/matmul.cpp), in the order that is at the head of
// kernels/prebuilt/gemm.h. Put behind the prelude.
//
// A thread block has a square tile of the result, of which a thread sums a few pieces of 16 bytes of rows by as many of
// columns in registers. Terms pass through shared memory 16 at a time, in two buffers: while one is multiplied, what is
// next is on its way. Few tiles of many terms share out the chains instead: each writes its sums, which the last thread
// block of a tile adds in order.
#pragma once

constexpr int kGemmTerms = 16, kGemmChain = 256, kGemmSide = 16, kGemmBatchAxes = 4;

/// Element (line, term) of an operand, lines being rows of the left one and columns of the right one.
struct GemmOperand {
  alignas(8) const void* data;
  alignas(8) i64 line, term;  // steps, in elements
};
struct GemmBatch {
  Divisor<i64> extent;
  alignas(8) i64 left, right;
};
struct Gemm {
  GemmOperand left, right;
  alignas(8) void* out;     // in C order
  alignas(8) void* sums;    // of chains, where they are shared out
  alignas(8) u32* tickets;  // of tiles
  alignas(8) i64 rows, columns, terms;
  alignas(8) i64 elements;  // of the result
  alignas(8) i64 first;     // matrix of the batch
  alignas(8) i64 chains;    // of a thread block
  alignas(8) i64 pieces;    // whether rows of the result can be written in whole pieces
  Divisor<i64> runs, row_tiles, column_tiles;
  GemmBatch batch[kGemmBatchAxes];  // innermost first
};

template <class T, bool kTruth>
INGOT_FN T gemm_multiply_add(T a, T b, T sum) {
  if constexpr (math::Scalar<T>::is_float)
    return math::fma(a, b, sum);
  else if constexpr (kTruth)
    return (a & b) | sum;
  else
    return a * b + sum;
}
template <class T, bool kTruth>
INGOT_FN T gemm_add(T a, T b) {
  if constexpr (kTruth)
    return a | b;
  else
    return a + b;
}
template <class To, class From>
INGOT_FN To gemm_cast(From x) {
  if constexpr (math::Half<To>::is_half || math::Half<From>::is_half)
    return cast_half<To>(x);
  else
    return static_cast<To>(x);
}

template <class T>
struct GemmLanes {
  static constexpr int kPiece = 16 / sizeof(T);             // elements
  static constexpr int kPieces = kGemmTerms / kPiece;       // of the terms of a line
  static constexpr int kShift = 128 / sizeof(T) / kPieces;  // elements
  /// Elements of a term are exchanged with others of all banks, so that both those of one term and those of one line
  /// that a warp writes at a time lie in different ones.
  static INGOT_FN int slot(int term, int line) { return line ^ (((term ^ (term / kPieces)) & (kPieces - 1)) * kShift); }
};

/// A thread's part of a tile of kLines lines on its way to shared memory. kAlongTerms: neighbours in memory are terms
/// of a line; kWhole: which are read 16 bytes of T at a time.
template <class T, class In, int kLines, bool kAlongTerms, bool kWhole>
struct GemmTile {
  using Lanes = GemmLanes<T>;
  static constexpr int kPiece = Lanes::kPiece, kPer = (kAlongTerms ? kGemmTerms : kLines) / kPiece;
  static constexpr int kEach = kLines * kGemmTerms / kPiece / kBlock;
  T held[kEach][kPiece];

  static INGOT_FN int term(int piece, int j) {
    const int n = threadIdx.x + piece * kBlock;
    return !kAlongTerms ? n / kPer : kWhole ? n % kPer * kPiece + j : n % kPer + j * kPer;
  }
  static INGOT_FN int line(int piece, int j) {
    const int n = threadIdx.x + piece * kBlock;
    return kAlongTerms ? n / kPer : kWhole ? n % kPer * kPiece + j : n % kPer + j * kPer;
  }

  INGOT_FN void load(const In* from, i64 line_step, i64 term_step, i64 lines, i64 terms) {
#pragma unroll
    for (int i = 0; i < kEach; ++i) {
      if (kWhole && line(i, kPiece - 1) < lines && term(i, kPiece - 1) < terms) {
        using Piece = Words<kPiece * sizeof(In)>;
        const Piece piece = *reinterpret_cast<const Piece*>(from + line(i, 0) * line_step + term(i, 0) * term_step);
        In given[kPiece];
        memcpy(given, &piece, sizeof(piece));
#pragma unroll
        for (int j = 0; j < kPiece; ++j) held[i][j] = gemm_cast<T>(given[j]);
      } else {
#pragma unroll
        for (int j = 0; j < kPiece; ++j)
          held[i][j] = line(i, j) < lines && term(i, j) < terms
                           ? gemm_cast<T>(from[line(i, j) * line_step + term(i, j) * term_step])
                           : T(0);
      }
    }
  }
  INGOT_FN void store(T* tile) const {
#pragma unroll
    for (int i = 0; i < kEach; ++i) {
      if constexpr (!kAlongTerms && kWhole) {
        Words<16> piece;
        memcpy(&piece, held[i], 16);
        *reinterpret_cast<Words<16>*>(tile + term(i, 0) * kLines + Lanes::slot(term(i, 0), line(i, 0))) = piece;
      } else {
#pragma unroll
        for (int j = 0; j < kPiece; ++j) tile[term(i, j) * kLines + Lanes::slot(term(i, j), line(i, j))] = held[i][j];
      }
    }
  }
};

/// Pieces of a term, kGemmSide pieces apart.
template <class T, int kCount, int kLines>
INGOT_FN void gemm_read(T (&values)[kCount * GemmLanes<T>::kPiece], const T* tile, int term, int place) {
  constexpr int kPiece = GemmLanes<T>::kPiece;
#pragma unroll
  for (int i = 0; i < kCount; ++i) {
    const auto piece = *reinterpret_cast<const Words<16>*>(tile + term * kLines +
                                                           GemmLanes<T>::slot(term, (i * kGemmSide + place) * kPiece));
    memcpy(values + i * kPiece, &piece, 16);
  }
}

/// kCount: pieces of a thread along each side. kShared: whether chains are shared out.
template <class T, class In, class Out, bool kTruth, int kCount, bool kLeftTerms, bool kLeftWhole, bool kRightTerms,
          bool kRightWhole, bool kShared>
INGOT_FN void multiply(const Gemm& p) {
  constexpr int kPiece = GemmLanes<T>::kPiece, kSums = kCount * kPiece, kLines = kGemmSide * kSums;
  alignas(16) __shared__ T left_tiles[2][kGemmTerms * kLines];
  alignas(16) __shared__ T right_tiles[2][kGemmTerms * kLines];
  // A warp has 4 pieces of rows by 8 of columns, a thread block 16 by 16.
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  const int row_place = warp / 2 * 4 + lane / 8, column_place = warp % 2 * 8 + lane % 8;

  i64 matrix = blockIdx.x;
  const i64 run = split_off(matrix, p.runs), tile = matrix, column = split_off(matrix, p.column_tiles) * kLines,
            row = split_off(matrix, p.row_tiles) * kLines;
  const In* left = static_cast<const In*>(p.left.data) + row * p.left.line;
  const In* right = static_cast<const In*>(p.right.data) + column * p.right.line;
  matrix += p.first;
  i64 rest = matrix;
#pragma unroll
  for (int axis = 0; axis < kGemmBatchAxes; ++axis) {
    const i64 index = split_off(rest, p.batch[axis].extent);
    left += index * p.batch[axis].left;
    right += index * p.batch[axis].right;
  }

  const i64 first = run * p.chains * kGemmChain, last = smaller(first + p.chains * kGemmChain, p.terms);
  left += first * p.left.term;
  right += first * p.right.term;
  T sum[kSums][kSums], total[kSums][kSums];
#pragma unroll
  for (int i = 0; i < kSums; ++i) {
#pragma unroll
    for (int j = 0; j < kSums; ++j) sum[i][j] = total[i][j] = T(0);
  }
  // The row and the column of the result that a sum is of.
  const auto row_of = [&](int i) { return row + (i / kPiece * kGemmSide + row_place) * kPiece + i % kPiece; };
  const auto column_of = [&](int j) { return column + (j / kPiece * kGemmSide + column_place) * kPiece + j % kPiece; };
  // f(element of the result's matrices, row and column of it among the thread's), of those that exist.
  const auto each_element = [&](auto&& f) {
#pragma unroll
    for (int i = 0; i < kSums; ++i) {
      const i64 r = row_of(i);
      if (r >= p.rows) continue;
#pragma unroll
      for (int j = 0; j < kSums; ++j) {
        const i64 c = column_of(j);
        if (c < p.columns) f((matrix * p.rows + r) * p.columns + c, i, j);
      }
    }
  };
  GemmTile<T, In, kLines, kLeftTerms, kLeftWhole> next_left;
  GemmTile<T, In, kLines, kRightTerms, kRightWhole> next_right;
  const auto fetch = [&](i64 term) {
    next_left.load(left, p.left.line, p.left.term, p.rows - row, last - term);
    next_right.load(right, p.right.line, p.right.term, p.columns - column, last - term);
    left += kGemmTerms * p.left.term;
    right += kGemmTerms * p.right.term;
  };
  const auto put = [&](int buffer) {
    next_left.store(left_tiles[buffer]);
    next_right.store(right_tiles[buffer]);
  };
  fetch(first);
  put(0);
  __syncthreads();
  int buffer = 0;
  for (i64 term = first; term < last; term += kGemmTerms) {
    const bool more = term + kGemmTerms < last;
    if (more) fetch(term + kGemmTerms);
    const auto step = [&](int k) {
      T a[kSums], b[kSums];
      gemm_read<T, kCount, kLines>(a, left_tiles[buffer], k, row_place);
      gemm_read<T, kCount, kLines>(b, right_tiles[buffer], k, column_place);
#pragma unroll
      for (int i = 0; i < kSums; ++i) {
#pragma unroll
        for (int j = 0; j < kSums; ++j) sum[i][j] = gemm_multiply_add<T, kTruth>(a[i], b[j], sum[i][j]);
      }
    };
    // No more terms than there are: what a zero adds would turn -0.
    if (last - term >= kGemmTerms) {
#pragma unroll
      for (int k = 0; k < kGemmTerms; ++k) step(k);
    } else {
#pragma unroll 1
      for (int k = 0; k < static_cast<int>(last - term); ++k) step(k);
    }
    if (more) put(buffer ^ 1);
    __syncthreads();
    buffer ^= 1;
    if (more && (term + kGemmTerms) % kGemmChain != 0) continue;
    const i64 chain = term / kGemmChain;
    if constexpr (kShared)
      each_element([&](i64 at, int i, int j) { static_cast<T*>(p.sums)[chain * p.elements + at] = sum[i][j]; });
#pragma unroll
    for (int i = 0; i < kSums; ++i) {
#pragma unroll
      for (int j = 0; j < kSums; ++j) {
        if constexpr (!kShared) total[i][j] = chain == 0 ? sum[i][j] : gemm_add<T, kTruth>(total[i][j], sum[i][j]);
        sum[i][j] = T(0);
      }
    }
  }

  if constexpr (kShared) {
    if (!is_last_block(p.tickets + tile, static_cast<u32>(p.runs.value))) return;
    each_element([&](i64 at, int i, int j) {
      const T* const sums = static_cast<const T*>(p.sums) + at;
      T all = load_state(sums);
#pragma unroll 4
      for (i64 chain = 1; chain * kGemmChain < p.terms; ++chain)
        all = gemm_add<T, kTruth>(all, load_state(sums + chain * p.elements));
      static_cast<Out*>(p.out)[at] = gemm_cast<Out>(all);
    });
    return;
  }
  if (p.pieces == 0) {
    each_element([&](i64 at, int i, int j) { static_cast<Out*>(p.out)[at] = gemm_cast<Out>(total[i][j]); });
    return;
  }
#pragma unroll
  for (int i = 0; i < kSums; ++i) {
    const i64 r = row_of(i);
    if (r >= p.rows) continue;
#pragma unroll
    for (int j = 0; j < kCount; ++j) {
      const i64 c = column_of(j * kPiece);
      if (c >= p.columns) continue;
      Out values[kPiece];
#pragma unroll
      for (int k = 0; k < kPiece; ++k) values[k] = gemm_cast<Out>(total[i][j * kPiece + k]);
      Words<kPiece * sizeof(Out)> piece;
      memcpy(&piece, values, sizeof(piece));
      *reinterpret_cast<Words<kPiece * sizeof(Out)>*>(static_cast<Out*>(p.out) + (matrix * p.rows + r) * p.columns +
                                                      c) = piece;
    }
  }
}
