#pragma once
// The graph of stacked DRGs: six parents in the same layer and eight in the layer below (docs/protocol/proofs.md §4).
#include <memory>
#include <optional>

#include <strata/base/bytes.hpp>
#include <strata/base/watch.hpp>
#include <strata/proofs/sdr/feistel.hpp>

namespace strata {
class MappedFile;
}

namespace strata::proofs {

inline constexpr std::size_t kBaseDegree = 6;       // DRG
inline constexpr std::size_t kExpansionDegree = 8;  // expander
inline constexpr std::size_t kDegree = kBaseDegree + kExpansionDegree;

/// The two sets of rules. Registered seal proofs 0 to 4 use v1_0.
enum class GraphRules : std::uint8_t {
    v1_0,  // predecessor last, expander indices cut to 32 bits
    v1_1,  // predecessor first
};

using Parents = std::array<std::uint32_t, kDegree>;

class StackedGraph {
  public:
    StackedGraph(std::uint64_t nodes, const Hash256& porep_id, GraphRules rules);

    std::uint64_t nodes() const { return nodes_; }
    /// Returns the parents of `node`: six in the same layer, then eight in the layer below. `node` is below nodes()
    /// (checked).
    Parents parents(std::uint64_t node) const;
    /// Writes the parents of consecutive nodes, starting at `first` (range checked). That is cheaper than a call for
    /// each node.
    void parents(std::uint64_t first, std::span<Parents> out) const;
    /// Returns the first 28 bytes of the hash that seeds the DRG.
    const ByteArray<28>& drg_seed() const { return drg_seed_; }
    const std::array<std::uint64_t, 4>& feistel_keys() const { return feistel_keys_; }
    /// Returns the name that the reference gives to the file of all parents.
    std::string cache_file_name() const;

  private:
    void drg_parents(std::uint64_t node, std::span<std::uint32_t, kBaseDegree> out) const;

    std::uint64_t nodes_;
    GraphRules rules_;
    ByteArray<28> drg_seed_;
    std::array<std::uint64_t, 4> feistel_keys_;
    std::optional<Feistel> expander_;
};

/// A table of all parents with 56 bytes for each node, in memory or in a file with the reference's name and format.
class ParentTable {
  public:
    /// An empty `directory` keeps the table in memory. Otherwise the file there is used, or made if it is missing.
    static Result<ParentTable> load(const StackedGraph& graph, const std::string& directory, const Watch& watch);

    /// Returns the kDegree parents of a node.
    const std::uint32_t* of(std::uint64_t node) const { return table_ + node * kDegree; }
    BytesView bytes() const { return {reinterpret_cast<const std::uint8_t*>(table_), size_}; }

  private:
    std::shared_ptr<const void> owner_;
    const std::uint32_t* table_ = nullptr;
    std::size_t size_ = 0;
};

}  // namespace strata::proofs
