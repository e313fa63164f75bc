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
    /// `leaves` is a power of two and at least the size of `data` (checked). Leaves beyond the data are zeros.
    static Result<DataTree> build(const std::filesystem::path& file, std::uint64_t leaves, std::span<const Node> data,
                                  const Watch& watch);
    /// Errors: not_found; malformed if the file has the wrong length.
    static Result<DataTree> open(const std::filesystem::path& file, std::uint64_t leaves);

    std::span<const Node> leaves() const { return nodes_of(file_.bytes()).first(leaves_); }
    /// Returns row `level`; row 0 holds the leaves.
    std::span<const Node> row(unsigned level) const;
    Node root() const { return nodes_of(file_.bytes()).back(); }
    /// Errors: malformed if a node on the path is not a field element.
    Result<PathValues> path(std::uint64_t leaf) const;

  private:
    MappedFile file_;
    std::uint64_t leaves_ = 0;
};

}  // namespace strata::proofs
