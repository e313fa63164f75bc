#pragma once
// The fingerprint of a circuit: BLAKE2s-256 over its counts and every row (docs/protocol/proofs.md §12). If the
// fingerprint equals the reference's, mainnet's keys fit the circuit.
#include <memory>
#include <string>

#include <strata/proofs/circuit/constraint_system.hpp>

namespace strata::proofs {

struct RowDigests {
    Hash256 total{};                // counts, then all rows
    std::vector<Hash256> segments;  // one for each block of `segment_rows` rows; the last may be shorter
    std::uint64_t bytes = 0;        // of all rows in the hashed form
};

/// Writes rows in the hashed form and passes them to a hashing thread in blocks.
class RowHasher final : public RowSink {
  public:
    /// Makes no segments if `segment_rows` is 0.
    RowHasher(const Counts& counts, std::uint64_t segment_rows);
    ~RowHasher() override;
    void row(const Coefficients& coefficients, Terms a, Terms b, Terms c) override;
    RowDigests finish();

  private:
    class Pipe;
    void combination(const Coefficients& coefficients, Terms terms);
    std::unique_ptr<Pipe> pipe_;
    Bytes block_;
    std::uint64_t segment_rows_;
    std::uint64_t rows_ = 0;
};

/// Writes rows `first` to `last` (exclusive) as lines `row A[..] B[..] C[..]`.
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
