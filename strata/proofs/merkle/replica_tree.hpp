#pragma once
// TreeC and TreeRLast: base trees of arity eight over equal slices of the leaves. In some sizes of sectors, a sub tree
// and a top tree join the roots of the base trees (docs/protocol/proofs.md §3, §7). Each base tree is a file of its
// rows, lower rows first. The lowest rows of TreeRLast are not stored but computed again when they are needed.
#include <filesystem>
#include <functional>

#include <strata/base/mapped_file.hpp>
#include <strata/base/watch.hpp>
#include <strata/proofs/merkle/path.hpp>
#include <strata/proofs/node.hpp>

namespace strata::proofs {

struct ReplicaTreeShape {
    explicit ReplicaTreeShape(unsigned log2_nodes);

    PathShape path;
    std::uint64_t leaves;
    std::uint64_t base_trees;
    unsigned base_levels;

    std::uint64_t base_leaves() const { return leaves / base_trees; }
    /// The number of nodes in row `level` of a base tree. Row 0 holds the leaves.
    std::uint64_t row_nodes(unsigned level) const { return base_leaves() >> (3 * level); }
    /// The number of nodes in all rows from `level` up.
    std::uint64_t nodes_from(unsigned level) const;
    /// The lowest row that a file of TreeRLast holds.
    unsigned first_kept_row() const;
    std::string file_name(std::string_view stem, std::uint64_t base_tree) const;
};

inline constexpr std::string_view kTreeCStem = "sc-02-data-tree-c";
inline constexpr std::string_view kTreeRLastStem = "sc-02-data-tree-r-last";

/// Computes out.size() leaves that begin at leaf `first`. Several threads call it for disjoint ranges.
using LeafSource = std::function<Status(std::uint64_t first, std::span<crypto::Fr> out)>;

/// Writes a tree's files, with row `first_row` and all rows above it, and returns the root.
Result<crypto::Fr> build_replica_tree(const ReplicaTreeShape& shape, const LeafSource& leaves,
                                      const std::filesystem::path& folder, std::string_view stem, unsigned first_row,
                                      const Watch& watch);

class ReplicaTree {
  public:
    /// `leaves` is the replica, for trees whose files do not hold their leaves; it must outlive the tree. Errors:
    /// not_found; malformed if a file has the wrong length or a node is not a field element.
    static Result<ReplicaTree> open(const ReplicaTreeShape& shape, const std::filesystem::path& folder,
                                    std::string_view stem, std::span<const Node> leaves = {});

    const ReplicaTreeShape& shape() const { return shape_; }
    const crypto::Fr& root() const { return root_; }
    Result<crypto::Fr> leaf(std::uint64_t index) const;
    Result<PathValues> path(std::uint64_t index) const;

  private:
    explicit ReplicaTree(ReplicaTreeShape shape) : shape_(std::move(shape)) {}
    std::span<const Node> leaves_of(std::uint64_t base_tree) const;
    Status put_base_siblings(std::uint64_t base_tree, std::uint64_t leaf, std::vector<crypto::Fr>& siblings) const;
    void put_upper_siblings(std::uint64_t base_tree, std::vector<crypto::Fr>& siblings) const;

    ReplicaTreeShape shape_;
    unsigned first_row_ = 0;
    std::vector<MappedFile> files_;
    std::span<const Node> outside_leaves_;
    std::vector<std::vector<crypto::Fr>> upper_;  // roots of the base trees, then of the sub trees
    crypto::Fr root_;
};

}  // namespace strata::proofs
