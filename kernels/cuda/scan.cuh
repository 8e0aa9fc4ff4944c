// Scans on a device (host/exec/on_gpu/scan.cpp), in the order that is at the head of kernels/prebuilt/scan.h. Put
// behind the prelude.
//
// A line is what is scanned: one index of the axes before and one of those behind. It is cut into runs of whole blocks
// where lines alone do not fill the device. One kernel then finds what each block comes to, and the last of its thread
// blocks to finish with a line goes through these in order, for what comes before each run; a second kernel has the
// results. A line that is not cut takes the second one alone.
#pragma once

constexpr int kScanGroup = 8, kScanBlock = 256;

template <class Index>
struct Scan {
  alignas(8) const void* in;
  alignas(8) void* out;
  alignas(8) void* totals;    // of whole blocks
  alignas(8) void* befores;   // of runs
  alignas(8) u32* tickets;    // of lines, or of tiles of lines
  alignas(8) Index lines, n;  // n: places of a line that are scanned
  alignas(8) Index blocks;    // whole ones of a line, and what is left over
  alignas(8) Index runs, run_blocks;
  // Elements, place k of line (outer, inner) is at outer * line + first + k * step + inner.
  alignas(8) Index in_line, in_first, out_line, out_first, step;
  alignas(8) Index initial;  // where in a line of the result what nothing comes to belongs; negative: nowhere
  alignas(8) Index is_bool;  // the result
  alignas(8) Index log_columns;
  Divisor<Index> inner;   // how many
  Divisor<Index> chunks;  // of runs: what the thread blocks of a line, or tile of lines, have; 0 is never asked
  Divisor<Index> warps;   // for a line
};

// ---- Operations: what elements become, and how they combine ----

template <class T>
struct ScanSum {
  using Element = T;
  using Value = T;
  static INGOT_FN T none() { return math::identity::add<T>(); }
  static INGOT_FN T initial() { return T(0); }
  static INGOT_FN T combine(T a, T b) { return a + b; }
  static INGOT_FN T lift(T x) { return x; }
  static INGOT_FN T result(T value) { return value; }
};
// Of integers, in any order.
template <class T>
struct ScanProduct : ScanSum<T> {
  static INGOT_FN T none() { return T(1); }
  static INGOT_FN T initial() { return T(1); }
  static INGOT_FN T combine(T a, T b) { return a * b; }
};
template <class T>
struct ScanMin : ScanSum<T> {
  static INGOT_FN T none() { return math::identity::minimum<T>(); }
  static INGOT_FN T initial() { return none(); }
  static INGOT_FN T combine(T a, T b) { return math::minimum(a, b); }
};
template <class T>
struct ScanMax : ScanSum<T> {
  static INGOT_FN T none() { return math::identity::maximum<T>(); }
  static INGOT_FN T initial() { return none(); }
  static INGOT_FN T combine(T a, T b) { return math::maximum(a, b); }
};
template <class T>
struct ScanLogSumExp {
  using Element = T;
  using Value = Exponentials<T>;
  static INGOT_FN Value none() { return math::exponentials_none<T>(); }
  static INGOT_FN T initial() { return math::negative(math::infinity<T>()); }
  static INGOT_FN Value combine(Value a, Value b) { return math::exponentials_join(a, b); }
  static INGOT_FN Value lift(T x) { return math::exponentials_start(x); }
  static INGOT_FN T result(Value value) { return value.largest + math::log(value.sum); }
};

// What earlier blocks come to.
template <class Op>
struct Before {
  using Value = typename Op::Value;
  Value sum;
  static INGOT_FN Before none() { return {Op::none()}; }
  INGOT_FN Value value() const { return sum; }
  INGOT_FN void add(Value block) { sum = Op::combine(sum, block); }
};
// Of floats, in two; where the sum is infinite or NaN there is no lower part, and -0 stays where it is exact.
template <class T>
  requires(math::Scalar<T>::is_float)
struct Before<ScanSum<T>> {
  T high, low;
  static INGOT_FN Before none() { return {ScanSum<T>::none(), T(0)}; }
  INGOT_FN T value() const { return low == T(0) ? high : high + low; }
  INGOT_FN void add(T block) {
    const T sum = high + block, part = sum - high, error = (high - (sum - part)) + (block - part);
    low = sum - sum == T(0) ? low + (error - error == T(0) ? error : T(0)) : T(0);
    high = sum;
  }
};

template <class To, class From>
INGOT_FN To scan_cast(From x) {
  if constexpr (sizeof(math::Stored<To>) == 2 || sizeof(math::Stored<From>) == 2)
    return cast_half<To>(x);
  else
    return math::cast<To>(x);
}
template <class To, class From, class Index>
INGOT_FN To scan_stored(From x, Index is_bool) {
  const To stored = scan_cast<To>(x);
  if constexpr (sizeof(To) == 1) return is_bool != 0 ? static_cast<To>(stored & 1) : stored;
  return stored;
}

// The steps of a group; the other places keep what they have.
template <class Op>
INGOT_FN void scan_group(typename Op::Value (&p)[kScanGroup]) {
#pragma unroll
  for (int step = 1; step < kScanGroup; step *= 2) {
#pragma unroll
    for (int k = 0; k < kScanGroup; ++k)
      if ((k & step) != 0) p[k] = Op::combine(p[(k & ~(2 * step - 1)) | (step - 1)], p[k]);
  }
}

// ---- Rows: a warp for each block, a lane for each of its groups ----

// Elements reach lanes through shared memory, where neighbours and every eighth one lie in different banks.
template <class T>
INGOT_FN int scan_slot(int element) {
  constexpr int kBanks = sizeof(T) == 8 ? 1 : 2;
  const int group = element / kScanGroup;
  return element ^ ((group >> kBanks) & (kScanGroup - 1));
}

template <class Op, class In, class Out, class Index, bool kTotals>
INGOT_FN void scan_rows(const Scan<Index>& p) {
  using T = typename Op::Element;
  using Value = typename Op::Value;
  constexpr int kEach = kScanBlock / 32;
  // What is narrower than a bank has one to itself.
  union Slot {
    T value;
    u32 bank;
  };
  __shared__ Slot slots[kWarps][kScanBlock];
  const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
  Slot* const slot = slots[warp];
  Index line = static_cast<Index>(blockIdx.x) * kWarps + warp;
  const Index run = split_off(line, p.warps);
  Index outer = line;
  const Index inner = split_off(outer, p.inner);
  const bool exists = line < p.lines && run < p.runs;
  const In* const in = static_cast<const In*>(p.in) + (outer * p.in_line + p.in_first + inner);
  Out* const out = static_cast<Out*>(p.out) + (outer * p.out_line + inner);
  Value* const totals = static_cast<Value*>(p.totals) + line * p.blocks;
  Before<Op>* const befores = static_cast<Before<Op>*>(p.befores) + line * p.runs;

  Before<Op> before = Before<Op>::none();
  if (!kTotals && exists) {
    if (run > 0) before = befores[run];
    if (run == 0 && p.initial >= 0 && lane == 0) out[p.initial] = scan_stored<Out>(Op::initial(), p.is_bool);
  }
  const Index first = run * p.run_blocks, last = exists ? smaller(first + p.run_blocks, p.blocks) : first;
  for (Index block = first; block < last; ++block) {
    const Index begin = block * kScanBlock;
    const int count = static_cast<int>(smaller<Index>(kScanBlock, p.n - begin));
    T given[kEach];
#pragma unroll
    for (int k = 0; k < kEach; ++k) {
      const int element = k * 32 + lane;
      given[k] = element < count ? scan_cast<T>(in[(begin + element) * p.step]) : T(0);
    }
#pragma unroll
    for (int k = 0; k < kEach; ++k) slot[scan_slot<T>(k * 32 + lane)].value = given[k];
    __syncwarp();
    Value value[kScanGroup];
#pragma unroll
    for (int k = 0; k < kScanGroup; ++k) value[k] = Op::lift(slot[scan_slot<T>(lane * kScanGroup + k)].value);
    __syncwarp();
    scan_group<Op>(value);
    Value carry = Op::none();
#pragma unroll 4
    for (int group = 0; group < 31; ++group) {
      const Value of_group = shuffle(value[kScanGroup - 1], group, 32);
      if (lane > group) carry = Op::combine(carry, of_group);
    }
    const Value total = shuffle(Op::combine(carry, value[kScanGroup - 1]), 31, 32);
    if constexpr (kTotals) {
      if (lane == 0 && count == kScanBlock) totals[block] = total;
      continue;
    }
    const Value offset = before.value();
#pragma unroll
    for (int k = 0; k < kScanGroup; ++k)
      slot[scan_slot<T>(lane * kScanGroup + k)].value = Op::result(Op::combine(offset, Op::combine(carry, value[k])));
    __syncwarp();
#pragma unroll
    for (int k = 0; k < kEach; ++k) {
      const int element = k * 32 + lane;
      if (element < count)
        out[p.out_first + (begin + element) * p.step] = scan_stored<Out>(slot[scan_slot<T>(element)].value, p.is_bool);
    }
    __syncwarp();
    if (count == kScanBlock) before.add(total);
  }
  // All warps of a thread block have the same line.
  if constexpr (kTotals) {
    if (!is_last_block(p.tickets + line, static_cast<u32>(p.chunks.value)) || warp != 0) return;
    const Index whole = p.n / kScanBlock;
    Index next = 0, number = 0;  // the block that a run begins with
    for (Index from = 0; from < whole; from += 32) {
      const Value mine = load_state(totals + smaller(from + lane, whole - 1));
      const int count = static_cast<int>(smaller<Index>(32, whole - from));
      for (int k = 0; k < count; ++k) {
        if (from + k == next) {
          if (lane == 0) befores[number] = before;
          ++number;
          next += p.run_blocks;
        }
        before.add(shuffle(mine, k, 32));
      }
    }
    if (lane == 0 && number < p.runs) befores[number] = before;
  }
}

// ---- Columns: a thread for each line and run, lines innermost ----

template <class Op, class In, class Out, class Index, bool kTotals>
INGOT_FN void scan_columns(const Scan<Index>& p) {
  using T = typename Op::Element;
  using Value = typename Op::Value;
  const int columns = 1 << p.log_columns, team = threadIdx.x >> p.log_columns;
  Index tile = blockIdx.x;
  const Index chunk = split_off(tile, p.chunks), run = chunk * (kBlock >> p.log_columns) + team,
              line = tile * columns + (threadIdx.x & (columns - 1));
  Index outer = line;
  const Index inner = split_off(outer, p.inner);
  const bool exists = line < p.lines && run < p.runs;
  const In* const in = static_cast<const In*>(p.in) + (outer * p.in_line + p.in_first + inner);
  Out* const out = static_cast<Out*>(p.out) + (outer * p.out_line + inner);
  Value* const totals = static_cast<Value*>(p.totals) + line;
  Before<Op>* const befores = static_cast<Before<Op>*>(p.befores) + line;

  Before<Op> before = Before<Op>::none();
  if (!kTotals && exists) {
    if (run > 0) before = befores[run * p.lines];
    if (run == 0 && p.initial >= 0) out[p.initial] = scan_stored<Out>(Op::initial(), p.is_bool);
  }
  const Index first = run * p.run_blocks, last = exists ? smaller(first + p.run_blocks, p.blocks) : first;
  for (Index block = first; block < last; ++block) {
    const Index end = smaller((block + 1) * kScanBlock, p.n);
    const Value offset = before.value();
    Value carry = Op::none();
    for (Index begin = block * kScanBlock; begin < end; begin += kScanGroup) {
      const int count = static_cast<int>(smaller<Index>(kScanGroup, end - begin));
      Value value[kScanGroup];
#pragma unroll
      for (int k = 0; k < kScanGroup; ++k)
        value[k] = Op::lift(k < count ? scan_cast<T>(in[(begin + k) * p.step]) : T(0));
      scan_group<Op>(value);
      if constexpr (!kTotals) {
#pragma unroll
        for (int k = 0; k < kScanGroup; ++k)
          if (k < count)
            out[p.out_first + (begin + k) * p.step] =
                scan_stored<Out>(Op::result(Op::combine(offset, Op::combine(carry, value[k]))), p.is_bool);
      }
      carry = Op::combine(carry, value[kScanGroup - 1]);
    }
    if ((block + 1) * kScanBlock > p.n) break;
    if constexpr (kTotals)
      totals[block * p.lines] = carry;
    else
      before.add(carry);
  }
  if constexpr (kTotals) {
    if (!is_last_block(p.tickets + tile, static_cast<u32>(p.chunks.value)) || team != 0 || line >= p.lines) return;
    for (Index number = 0; number < p.runs; ++number) {
      befores[number * p.lines] = before;
      const Index from = number * p.run_blocks, to = smaller(from + p.run_blocks, p.n / kScanBlock);
      for (Index block = from; block < to; ++block) before.add(load_state(totals + block * p.lines));
    }
  }
}

/// Products of floats: one chain.
template <class T, class In, class Out, class Index>
INGOT_FN void scan_chains(const Scan<Index>& p) {
  const Index line = static_cast<Index>(blockIdx.x) * kBlock + threadIdx.x;
  if (line >= p.lines) return;
  Index outer = line;
  const Index inner = split_off(outer, p.inner);
  const In* const in = static_cast<const In*>(p.in) + (outer * p.in_line + p.in_first + inner);
  Out* const out = static_cast<Out*>(p.out) + (outer * p.out_line + inner);
  if (p.initial >= 0) out[p.initial] = scan_cast<Out>(T(1));
  T product = 1;
  for (Index begin = 0; begin < p.n; begin += kScanGroup) {
    const int count = static_cast<int>(smaller<Index>(kScanGroup, p.n - begin));
    T value[kScanGroup];
#pragma unroll
    for (int k = 0; k < kScanGroup; ++k) value[k] = k < count ? scan_cast<T>(in[(begin + k) * p.step]) : T(1);
#pragma unroll
    for (int k = 0; k < kScanGroup; ++k)
      if (k < count) out[p.out_first + (begin + k) * p.step] = scan_cast<Out>(product = product * value[k]);
  }
}
