#include "host/api/contraction_order.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>

namespace ingot::api {
namespace {

constexpr std::size_t kAllTrees = 10, kWindow = 8;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

// A tree of products. Leaves come first, each product after its factors.
struct Tree {
  struct Node {
    LabelSet labels;
    int left = -1, right = -1;
    double operations = 0;  // of this product alone
  };
  std::vector<Node> nodes;

  bool is_leaf(int i) const { return node(i).left < 0; }
  const Node& node(int i) const { return nodes[static_cast<std::size_t>(i)]; }
  int root() const { return static_cast<int>(nodes.size()) - 1; }
  double operations() const {
    double sum = 0;
    for (const Node& each : nodes) sum += each.operations;
    return sum;
  }
};

double operations_of(const LabelSet& left, const LabelSet& right, const LabelSet& kept,
                     std::span<const double> extents) {
  const LabelSet all = left | right;
  return elements(all, extents) * (all == kept ? 1 : 2);
}

Tree leaves_of(const std::vector<LabelSet>& operands) {
  Tree tree;
  for (const LabelSet& labels : operands) tree.nodes.push_back({labels});
  return tree;
}

// Every subset of the operands is one product, whose cost is that of its best split.
Tree best_tree(const std::vector<LabelSet>& operands, const LabelSet& result, std::span<const double> extents) {
  const std::size_t n = operands.size();
  struct Best {
    LabelSet labels;
    double total = kInfinity, own = 0;
    std::uint32_t left = 0;
  };
  std::vector<LabelSet> all(std::size_t{1} << n);
  for (std::uint32_t set = 1; set < all.size(); ++set)
    all[set] = all[set & (set - 1)] | operands[static_cast<std::size_t>(std::countr_zero(set))];
  const std::uint32_t full = static_cast<std::uint32_t>(all.size()) - 1;
  std::vector<Best> best(all.size());
  for (std::uint32_t set = 1; set <= full; ++set) {
    Best& b = best[set];
    b.labels = all[set] & (result | all[full & ~set]);
    if (std::has_single_bit(set)) {
      b.labels = all[set];
      b.total = 0;
      continue;
    }
    const std::uint32_t lowest = set & (~set + 1);
    for (std::uint32_t left = (set - 1) & set; left != 0; left = (left - 1) & set) {
      if ((left & lowest) == 0) continue;  // its complement has been or will be seen
      const double parts = best[left].total + best[set & ~left].total;
      if (b.left != 0 && parts >= b.total) continue;
      const double own = operations_of(best[left].labels, best[set & ~left].labels, b.labels, extents);
      if (b.left == 0 || parts + own < b.total) {  // both may be infinite
        b.total = parts + own;
        b.own = own;
        b.left = left;
      }
    }
  }
  Tree tree = leaves_of(operands);
  const auto add = [&](const auto& self, std::uint32_t set) -> int {
    if (std::has_single_bit(set)) return std::countr_zero(set);
    const int left = self(self, best[set].left), right = self(self, set & ~best[set].left);
    tree.nodes.push_back({best[set].labels, left, right, best[set].own});
    return tree.root();
  };
  add(add, full);
  return tree;
}

// Multiplies, again and again, the two of what is left for which `score` is lowest.
template <class Score>
Tree greedy_tree(const Network& network, Score&& score) {
  Tree tree = leaves_of(network.operands);
  std::vector<int> left;
  for (int i = 0; i <= tree.root(); ++i) left.push_back(i);
  std::array<int, kMostLabels> uses{};
  const auto count = [&](const LabelSet& labels, int by) {
    for (std::size_t l = 0; l < labels.size(); ++l)
      if (labels[l]) uses[l] += by;
  };
  for (const LabelSet& labels : network.operands) count(labels, 1);
  while (left.size() > 1) {
    LabelSet once, twice;
    for (std::size_t l = 0; l < once.size(); ++l) {
      once[l] = uses[l] == 1;
      twice[l] = uses[l] == 2;
    }
    double lowest = kInfinity;
    std::size_t first = 0, second = 1;
    Tree::Node chosen;
    for (std::size_t i = 0; i < left.size(); ++i)
      for (std::size_t j = i + 1; j < left.size(); ++j) {
        const LabelSet &a = tree.node(left[i]).labels, &b = tree.node(left[j]).labels;
        const LabelSet gone = ((once & (a ^ b)) | (twice & a & b)) & ~network.result, kept = (a | b) & ~gone;
        const double own = operations_of(a, b, kept, network.extents);
        const double s = score(a, b, kept, own);
        if (s < lowest || chosen.left < 0) {
          lowest = s;
          first = i;
          second = j;
          chosen = {kept, left[i], left[j], own};
        }
      }
    count(tree.node(chosen.left).labels, -1);
    count(tree.node(chosen.right).labels, -1);
    count(chosen.labels, 1);
    tree.nodes.push_back(chosen);
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(second));
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(first));
    left.push_back(tree.root());
  }
  return tree;
}

// Copies a tree with each of its parts of up to kWindow factors in the best order, from the root down.
class Improved {
 public:
  enum class Open : std::uint8_t { Largest, Costliest };
  Improved(const Tree& from, const Network& network, Open open) : from_(from), network_(network), open_(open) {
    tree_ = leaves_of(network.operands);
    copy(from.root());
  }
  Tree take() { return std::move(tree_); }

 private:
  int copy(int i) {
    if (from_.is_leaf(i)) return i;
    std::vector<int> factors{i};
    while (factors.size() < kWindow) {
      const auto size = [&](int f) {
        const Tree::Node& node = from_.node(f);
        if (node.left < 0) return -1.0;
        return open_ == Open::Largest ? elements(node.labels, network_.extents) : node.operations;
      };
      const auto largest =
          std::max_element(factors.begin(), factors.end(), [&](int a, int b) { return size(a) < size(b); });
      if (from_.is_leaf(*largest)) break;
      const Tree::Node& node = from_.node(*largest);
      *largest = node.left;
      factors.push_back(node.right);
    }
    std::vector<LabelSet> labels;
    std::vector<int> place;
    for (const int f : factors) labels.push_back(from_.node(f).labels);
    const Tree best = best_tree(labels, from_.node(i).labels, network_.extents);
    for (const int f : factors) place.push_back(copy(f));
    for (std::size_t k = factors.size(); k < best.nodes.size(); ++k) {
      Tree::Node node = best.nodes[k];
      node.left = place[static_cast<std::size_t>(node.left)];
      node.right = place[static_cast<std::size_t>(node.right)];
      tree_.nodes.push_back(node);
      place.push_back(tree_.root());
    }
    return place.back();
  }

  const Tree& from_;
  const Network& network_;
  Open open_;
  Tree tree_;
};

Tree good_tree(const Network& network) {
  const auto size = [&](const LabelSet& labels) { return elements(labels, network.extents); };
  // A product that is small counts, and that its factors, which it frees, are large: how much, no one weight knows.
  const auto weighing = [&](double weight) {
    return greedy_tree(network, [&](const LabelSet& a, const LabelSet& b, const LabelSet& kept, double) {
      return (a & b).none() ? kInfinity : size(kept) - weight * (size(a) + size(b));
    });
  };
  const auto cheapest =
      greedy_tree(network, [](const LabelSet&, const LabelSet&, const LabelSet&, double own) { return own; });
  Tree best;
  double lowest = kInfinity;
  for (Tree tree : {weighing(1), weighing(0), weighing(0.5), weighing(2), weighing(8), cheapest}) {
    for (int useless = 0, round = 0; useless < 2; ++round) {
      using enum Improved::Open;
      Tree next = Improved(tree, network, round % 2 == 0 ? Largest : Costliest).take();
      ++useless;
      if (next.operations() >= tree.operations()) continue;
      tree = std::move(next);
      useless = 0;
    }
    if (tree.operations() >= lowest && !best.nodes.empty()) continue;
    lowest = tree.operations();
    best = std::move(tree);
  }
  return best;
}

}  // namespace

double elements(const LabelSet& labels, std::span<const double> extents) {
  double size = 1;
  for (std::size_t l = 0; l < extents.size(); ++l)
    if (labels[l]) size *= extents[l];
  return size;
}

Order best_order(const Network& network) {
  const std::size_t n = network.operands.size();
  const Tree tree = n <= kAllTrees ? best_tree(network.operands, network.result, network.extents) : good_tree(network);
  Order order;
  std::vector<int> left;
  for (std::size_t i = 0; i < n; ++i) left.push_back(static_cast<int>(i));
  for (int i = static_cast<int>(n); i <= tree.root(); ++i) {
    const Tree::Node& node = tree.node(i);
    const auto place = [&](int f) { return static_cast<int>(std::find(left.begin(), left.end(), f) - left.begin()); };
    const int a = place(node.left), b = place(node.right);
    order.steps.push_back({std::min(a, b), std::max(a, b), node.operations});
    order.operations += node.operations;
    order.largest = std::max(order.largest, elements(node.labels, network.extents));
    left.erase(left.begin() + std::max(a, b));
    left.erase(left.begin() + std::min(a, b));
    left.push_back(i);
  }
  return order;
}

}  // namespace ingot::api
