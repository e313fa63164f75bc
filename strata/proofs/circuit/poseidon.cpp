#include <strata/proofs/circuit/poseidon.hpp>

#include <strata/base/result.hpp>
#include <strata/proofs/circuit/poseidon_rows.hpp>

namespace strata::proofs {

using crypto::Fr;

namespace {

PoseidonRows merkle_rows(unsigned arity) {
    return PoseidonRows(crypto::merkle_poseidon_constants(arity));
}

/// Adds one prepared row, with slots replaced by the variables of this hash.
void copy_row(ShapeSystem& cs, const PoseidonRows& rows, std::span<const CoefficientId> ids,
              std::span<const Variable> variables, const PoseidonRows::Row& row) {
    std::array<std::array<Term, 128>, 3> buffers;  // the longest row has width + partial rounds terms
    const auto copy = [&](PoseidonRows::Range range, std::array<Term, 128>& to) {
        for (auto i = range.begin; i < range.end; ++i) to[i - range.begin] = {variables[rows.slots()[i]], ids[i]};
        return Terms(to.data(), range.end - range.begin);
    };
    cs.enforce_sorted(copy(row.a, buffers[0]), copy(row.b, buffers[1]), copy(row.c, buffers[2]));
}

}  // namespace

const PoseidonRows& merkle_poseidon(unsigned arity) {
    static const PoseidonRows two = merkle_rows(2);
    static const PoseidonRows four = merkle_rows(4);
    static const PoseidonRows eight = merkle_rows(8);
    static const PoseidonRows eleven = merkle_rows(11);
    switch (arity) {
        case 2:
            return two;
        case 4:
            return four;
        case 8:
            return eight;
        default:
            STRATA_CHECK(arity == 11);
            return eleven;
    }
}

const PoseidonRows& update_poseidon() {
    static const PoseidonRows rows(crypto::update_poseidon_constants());
    return rows;
}

template <>
Variable poseidon(ShapeSystem& cs, const PoseidonRows& rows, std::span<const Variable> inputs) {
    STRATA_CHECK(inputs.size() == rows.arity());
    const auto& ids = cs.coefficients().ids_of(rows.coefficients());
    std::vector<Variable> variables{kOne};
    variables.insert(variables.end(), inputs.begin(), inputs.end());
    for (const auto& row : rows.rows()) {
        variables.push_back(cs.alloc([] { return Fr(); }));
        copy_row(cs, rows, ids, variables, row);
    }
    return variables.back();
}

template <>
Variable poseidon(WitnessSystem& cs, const PoseidonRows& rows, std::span<const Variable> inputs) {
    std::vector<Fr> values;
    for (const auto input : inputs) values.push_back(cs.value(input));
    // Every row defines one variable, in the order of the hash's own steps.
    crypto::poseidon_steps(rows.constants(), values, cs.alloc_values(rows.rows().size()));
    return Variable::aux(static_cast<std::uint32_t>(cs.aux() - 1));
}

}  // namespace strata::proofs
