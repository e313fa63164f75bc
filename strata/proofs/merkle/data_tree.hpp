#pragma once
// TreeD: the binary SHA-256 tree over a sector's padded data, kept as one file of all rows, leaves first.
#include <filesystem>

#include <strata/base/mapped_file.hpp>
#include <strata/base/watch.hpp>
#include <strata/proofs/merkle/path.hpp>
#include <strata/proofs/node.hpp>

namespace strata::proofs {

class DataTree {
  public:
    /// `leaves`: a power of two, not less than `data` (checked); the rest are zeros.
    static Result<DataTree> build(const std::filesystem::path& file, std::uint64_t leaves, std::span<const Node> data,
                                  const Watch& watch);
    /// Errors: not_found; malformed for a wrong length.
    static Result<DataTree> open(const std::filesystem::path& file, std::uint64_t nodes);

    std::span<const Node> leaves() const { return nodes_of(file_.bytes()).first(leaves_); }
    /// Row `level`, 0 being the leaves.
    std::span<const Node> row(unsigned level) const;
    Node root() const { return nodes_of(file_.bytes()).back(); }
    /// Errors: malformed if a node on the path is no field element.
    Result<PathValues> path(std::uint64_t leaf) const;

  private:
    MappedFile file_;
    std::uint64_t leaves_ = 0;
};

}  // namespace strata::proofs
