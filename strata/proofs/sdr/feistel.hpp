#pragma once
// The permutation that yields the expander parents: a Feistel network of three rounds over the next power of four,
// repeated until the index is inside the range (docs/protocol/proofs.md §4). Indices are independent, so eight are
// computed side by side.
#include <strata/base/bytes.hpp>

namespace strata::proofs {

class Feistel {
  public:
    /// Permutes the numbers below `size`, which is at least 2.
    Feistel(std::uint64_t size, const std::array<std::uint64_t, 4>& keys);
    /// Permutes each index in place. All must be below size().
    void permute(std::span<std::uint64_t> indices) const;
    std::uint64_t size() const { return size_; }

  private:
    std::uint64_t size_;
    std::array<std::uint64_t, 4> keys_;  // the three rounds use the first three
    unsigned half_bits_;
};

}  // namespace strata::proofs
