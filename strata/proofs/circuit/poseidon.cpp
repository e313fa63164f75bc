#include <strata/proofs/circuit/poseidon.hpp>

#include <strata/base/result.hpp>
#include <strata/proofs/circuit/poseidon_rows.hpp>

namespace strata::proofs {

using crypto::Fr;

namespace {

PoseidonRows merkle_rows(unsigned arity) {
    return PoseidonRows(poseidon_parameters(arity, Fr::from_u64((std::uint64_t{1} << arity) - 1)));
}

void copy_row(ShapeSystem& cs, const PoseidonRows& rows, std::span<const CoefficientId> ids,
              std::span<const Variable> variables, const PoseidonRows::Row& row) {
    std::array<std::array<Term, 128>, 3> buffers;  // the longest row has width + partial rounds terms
    const auto copy = [&](PoseidonRows::Range range, std::array<Term, 128>& to) {
        for (auto i = range.begin; i < range.end; ++i) to[i - range.begin] = {variables[rows.slots()[i]], ids[i]};
        return Terms(to.data(), range.end - range.begin);
    };
    cs.enforce_sorted(copy(row.a, buffers[0]), copy(row.b, buffers[1]), copy(row.c, buffers[2]));
}

Fr dot(const WitnessSystem& cs, const PoseidonRows& rows, std::span<const Variable> variables,
       PoseidonRows::Range range) {
    Fr sum;
    for (auto i = range.begin; i < range.end; ++i) sum += cs.value(variables[rows.slots()[i]]) * rows.coefficients()[i];
    return sum;
}

/// Value of the variable that a row defines: a·b less the other terms of c.
Fr defined_value(const WitnessSystem& cs, const PoseidonRows& rows, std::span<const Variable> variables,
                 const PoseidonRows::Row& row) {
    const auto others = PoseidonRows::Range{row.c.begin, row.c.end - 1};
    return dot(cs, rows, variables, row.a) * dot(cs, rows, variables, row.b) - dot(cs, rows, variables, others);
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
    static const PoseidonRows rows(poseidon_parameters(2, Fr::from_u64(std::uint64_t{1} << 40)));
    return rows;
}

template <class Cs>
Variable poseidon(Cs& cs, const PoseidonRows& rows, std::span<const Variable> inputs) {
    STRATA_CHECK(inputs.size() == rows.arity());
    thread_local std::vector<Variable> variables;
    variables.assign({kOne});
    variables.insert(variables.end(), inputs.begin(), inputs.end());
    if constexpr (Cs::kHasRows) {
        const auto& ids = cs.coefficients().ids_of(rows.coefficients());
        for (const auto& row : rows.rows()) {
            variables.push_back(cs.alloc([] { return Fr(); }));
            copy_row(cs, rows, ids, variables, row);
        }
    } else {
        for (const auto& row : rows.rows())
            variables.push_back(cs.alloc([&] { return defined_value(cs, rows, variables, row); }));
    }
    return variables.back();
}

template Variable poseidon(ShapeSystem&, const PoseidonRows&, std::span<const Variable>);
template Variable poseidon(WitnessSystem&, const PoseidonRows&, std::span<const Variable>);

}  // namespace strata::proofs
