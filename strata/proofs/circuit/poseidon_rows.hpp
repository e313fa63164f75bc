#pragma once
// The rows of one Poseidon hash over numbered slots: 0 is ONE, then the inputs, then one fresh variable for each row.
#include <vector>

#include <strata/crypto/poseidon.hpp>

namespace strata::proofs {

class PoseidonRows {
  public:
    using Slot = std::uint32_t;
    struct Range {
        std::uint32_t begin, end;
    };
    /// Row i says (a)·(b) = (c). The last term of c is slot first_fresh() + i, with coefficient one.
    struct Row {
        Range a, b, c;
    };

    /// `p` must outlive the object.
    explicit PoseidonRows(const crypto::PoseidonConstants& p);
    const crypto::PoseidonConstants& constants() const { return *constants_; }
    unsigned arity() const { return width_ - 1; }
    Slot first_fresh() const { return width_; }
    const std::vector<Row>& rows() const { return rows_; }
    /// The terms of all rows, sorted by slot within a row.
    const std::vector<Slot>& slots() const { return slots_; }
    const std::vector<crypto::Fr>& coefficients() const { return coefficients_; }

  private:
    using Combination = std::vector<std::pair<Slot, crypto::Fr>>;  // sorted by slot
    static Combination scaled_sum(const std::vector<Combination>& elements, const std::vector<crypto::Fr>& by);
    Slot push_row(const Combination& a, const Combination& b, const Combination& c);
    Slot define(const Combination& value);
    Combination s_box(const Combination& input, const crypto::Fr& pre_key, const crypto::Fr& post_key);
    Range append(const Combination& terms);

    const crypto::PoseidonConstants* constants_;
    unsigned width_;
    std::vector<Row> rows_;
    std::vector<Slot> slots_;
    std::vector<crypto::Fr> coefficients_;
};

}  // namespace strata::proofs
