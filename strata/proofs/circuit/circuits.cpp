#include <strata/proofs/circuit/circuits.hpp>
#include <strata/proofs/circuit/shapes.hpp>

namespace strata::proofs {
namespace {

/// Collects rows as matrices.
class Compiler final : public RowSink {
  public:
    explicit Compiler(R1cs& to) : to_(to) {}
    void row(const Coefficients&, Terms a, Terms b, Terms c) override {
        to_.a.push_row(a);
        to_.b.push_row(b);
        to_.c.push_row(c);
    }

  private:
    R1cs& to_;
};

Counts operator-(const Counts& a, const Counts& b) {
    return {a.inputs - b.inputs, a.aux - b.aux, a.rows - b.rows};
}

std::vector<Term> copy(const RowTerms& row) {
    return {row.begin(), row.end()};
}

}  // namespace

BlankCircuit::BlankCircuit(const PorepShape& shape)
    : run_([shape](ShapeSystem& cs, std::size_t parts) {
          const auto head = porep_head(cs, {});
          for (std::size_t i = 0; i < parts && cs.wants_more(); ++i) porep_challenge(cs, shape, head, {});
      }),
      parts_(shape.challenges),
      parts_alike_(true) {}

BlankCircuit::BlankCircuit(const PostShape& shape)
    : run_([shape](ShapeSystem& cs, std::size_t parts) {
          for (std::size_t i = 0; i < parts && cs.wants_more(); ++i) post_sector(cs, shape, {});
      }),
      parts_(shape.sectors),
      parts_alike_(true) {}

BlankCircuit::BlankCircuit(const UpdateShape& shape)
    : run_([shape](ShapeSystem& cs, std::size_t parts) {
          const auto head = update_head(cs, shape, {});
          for (std::size_t i = 0; i < parts && cs.wants_more(); ++i) update_challenge(cs, shape, head, i, {});
      }),
      parts_(shape.challenges),
      parts_alike_(false) {}  // each challenge has its own bits in the head

void BlankCircuit::rows(RowSink& sink) const {
    ShapeSystem cs(&sink);
    run_(cs, parts_);
}

// Parts have equal counts, so the head alone and the head with one part give the counts of the complete circuit.
Repetition BlankCircuit::repetition() const {
    ShapeSystem head, one;
    run_(head, 0);
    run_(one, 1);
    return {head.counts(), one.counts() - head.counts(), parts_};
}

R1cs BlankCircuit::compile() const {
    R1cs out;
    Compiler compiler(out);
    ShapeSystem cs(&compiler);
    // The matrices of a circuit with equal parts store only the first of them.
    run_(cs, parts_alike_ ? 1 : parts_);
    out.coefficients = cs.coefficients().values();
    const auto repetition = this->repetition();
    if (parts_alike_)
        for (auto* matrix : {&out.a, &out.b, &out.c}) matrix->repeat(repetition);
    const auto counts = repetition.total();
    out.inputs = counts.inputs;
    out.aux = counts.aux;
    out.rows = counts.rows;
    return out;
}

Result<BlankCircuit> blank_circuit(CircuitKind kind, std::uint64_t sector_size) {
    const auto blank = [](auto shape) -> Result<BlankCircuit> {
        if (!shape) return std::move(shape).error();
        return BlankCircuit(std::move(*shape));
    };
    switch (kind) {
        case CircuitKind::porep:
            return blank(porep_shape(sector_size));
        case CircuitKind::winning_post:
            return blank(winning_post_shape(sector_size));
        case CircuitKind::window_post:
            return blank(window_post_shape(sector_size));
        case CircuitKind::sector_update:
            return blank(update_shape(sector_size));
    }
    return fail(Errc::invalid_argument,
                "the circuit kind is " + std::to_string(static_cast<int>(kind)) + ", expected 0 to 3");
}

Fingerprint fingerprint(const BlankCircuit& circuit, std::uint64_t segment_rows) {
    const auto counts = circuit.counts();
    RowHasher hasher(counts, segment_rows);
    circuit.rows(hasher);
    return {counts, hasher.finish()};
}

Fingerprint fingerprint(const R1cs& circuit) {
    const Counts counts{circuit.inputs, circuit.aux, circuit.rows};
    Coefficients coefficients;
    for (const auto& value : circuit.coefficients) coefficients.id_of(value);  // in order, so that ids stay the same
    RowHasher hasher(counts, 0);
    for (std::size_t i = 0; i < circuit.rows; ++i)
        hasher.row(coefficients, copy(circuit.a.row(i)), copy(circuit.b.row(i)), copy(circuit.c.row(i)));
    return {counts, hasher.finish()};
}

}  // namespace strata::proofs
