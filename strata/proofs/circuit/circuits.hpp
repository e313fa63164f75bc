#pragma once
// Blank circuits: their counts, fingerprint and compiled form.
#include <functional>

#include <strata/proofs/circuit/r1cs.hpp>
#include <strata/proofs/circuit/row_hash.hpp>

namespace strata::proofs {

enum class CircuitKind : std::uint8_t;
struct PorepShape;
struct PostShape;
struct UpdateShape;

/// A circuit without values. It consists of a head and of parts (challenges or sectors) with equal counts.
class BlankCircuit {
  public:
    explicit BlankCircuit(const PorepShape& shape);
    explicit BlankCircuit(const PostShape& shape);
    explicit BlankCircuit(const UpdateShape& shape);

    /// Hands the rows to `sink` in order, until RowSink::wants_more is false.
    void rows(RowSink& sink) const;
    Repetition repetition() const;
    Counts counts() const { return repetition().total(); }
    R1cs compile() const;

  private:
    using Run = std::function<void(ShapeSystem&, std::size_t parts)>;
    Run run_;  // describes the head and the first `parts` parts
    std::size_t parts_;
    /// True if the parts differ only in the numbers of their own variables.
    bool parts_alike_;
};

Result<BlankCircuit> blank_circuit(CircuitKind kind, std::uint64_t sector_size);

struct Fingerprint {
    Counts counts;
    RowDigests digests;
};

/// Also makes a digest of each block of `segment_rows` rows, unless that is 0.
Fingerprint fingerprint(const BlankCircuit& circuit, std::uint64_t segment_rows = 0);
/// Computes the same fingerprint from the compiled form, to check the compilation.
Fingerprint fingerprint(const R1cs& circuit);

}  // namespace strata::proofs
