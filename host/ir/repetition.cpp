#include "host/ir/repetition.h"

#include <algorithm>

namespace ingot::ir {
namespace {

class Search {
 public:
  Search(const Region& region, const std::vector<int>& labels, const std::vector<int>& results)
      : code_(region.code), labels_(labels), last_reader_(code_.size(), -1) {
    const int end = static_cast<int>(code_.size());
    for (int i = 0; i < end; ++i)
      for (int k = 0; k < argument_count(code_[i]); ++k) last_reader_[code_[i].args[k]] = i;
    for (const Store& store : region.stores) last_reader_[store.value] = end;
    for (int value : results) last_reader_[value] = end;
  }

  Repetition run() const {
    Repetition best;
    const int end = static_cast<int>(code_.size());
    for (int period = 1; 3 * period <= end; ++period) {
      for (int i = period; i < end;) {
        const int start = i;
        while (i < end && alike(i, period)) ++i;
        Repetition found{start - period, period, (i - start) / period + 1};
        const auto is_better = [&] { return found.times >= 3 && period * found.times > best.period * best.times; };
        for (; is_better() && !holds(found); --found.times) found.first += period;
        if (is_better()) best = found;
        i = std::max(i, start + 1);
      }
    }
    return best;
  }

 private:
  bool alike(int i, int period) const {
    const Instr &a = code_[i - period], &b = code_[i];
    if (a.code != b.code || a.op != b.op || a.dtype != b.dtype || labels_[i - period] != labels_[i]) return false;
    if (a.code != Code::Apply && a.code != Code::Cast) return false;
    for (int k = 0; k < argument_count(a); ++k) {
      if (b.args[k] != a.args[k] && b.args[k] != a.args[k] + period) return false;
      if (code_[a.args[k]].dtype != code_[b.args[k]].dtype) return false;  // what a cast begins with may be of another
    }
    return true;
  }

  bool holds(const Repetition& r) const {
    for (int i = r.first; i < r.end(); ++i) {
      const int group = (i - r.first) / r.period;
      for (int k = 0; group > 0 && k < argument_count(code_[i]); ++k) {
        const bool same = code_[i].args[k] == code_[i - r.period].args[k];
        if (same != (code_[i].args[k] < r.first)) return false;
      }
      if (group < r.times - 1 && last_reader_[i] >= r.first + (group + 2) * r.period) return false;
    }
    return true;
  }

  const std::vector<Instr>& code_;
  const std::vector<int>& labels_;
  std::vector<int> last_reader_;
};

}  // namespace

Repetition find_repetition(const Region& region, const std::vector<int>& labels, const std::vector<int>& results) {
  return Search(region, labels, results).run();
}

}  // namespace ingot::ir
