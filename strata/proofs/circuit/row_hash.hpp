#pragma once
// The fingerprint of a circuit: BLAKE2s-256 over its counts and every row (docs/protocol/proofs.md §12). If the
// fingerprint equals the reference's, mainnet's keys fit.
#include <memory>
#include <string>

#include <strata/proofs/circuit/constraint_system.hpp>

namespace strata::proofs {

struct RowDigests {
    Hash256 total{};                // counts, then all rows
    std::vector<Hash256> segments;  // each block of `every` rows alone, the last one shorter
    std::uint64_t bytes = 0;        // of all rows in the hashed form
};

/// Writes rows in the hashed form and passes them to a hashing thread in blocks.
class RowHasher final : public RowSink {
  public:
    /// `every` = 0 makes no segments.
    RowHasher(const Counts& counts, std::uint64_t every);
    ~RowHasher() override;
    void row(const Coefficients& coefficients, Terms a, Terms b, Terms c) override;
    RowDigests finish();

  private:
    class Pipe;
    void combination(const Coefficients& coefficients, Terms terms);
    std::unique_ptr<Pipe> pipe_;
    Bytes block_;
    std::uint64_t every_;
    std::uint64_t rows_ = 0;
};

/// Prints rows `first` to `last` (exclusive) as text: `row A[..] B[..] C[..]`.
class RowPrinter final : public RowSink {
  public:
    RowPrinter(std::uint64_t first, std::uint64_t last) : first_(first), last_(last) {}
    void row(const Coefficients& coefficients, Terms a, Terms b, Terms c) override;
    bool wants_more() const override { return row_ < last_; }
    const std::vector<std::string>& lines() const { return lines_; }

  private:
    std::uint64_t first_, last_, row_ = 0;
    std::vector<std::string> lines_;
};

}  // namespace strata::proofs
