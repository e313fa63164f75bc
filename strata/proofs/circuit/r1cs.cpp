#include <strata/proofs/circuit/r1cs.hpp>

namespace strata::proofs {

using crypto::Fr;

Fr evaluate(const R1cs& circuit, const RowTerms& row, const Assignment& values) {
    Fr sum;
    for (const auto [variable, coefficient] : row) {
        const Fr& value = values[variable];
        sum += coefficient == kPlus ? value : value * circuit.coefficients[coefficient];
    }
    return sum;
}

std::optional<std::size_t> first_unsatisfied(const R1cs& circuit, const Assignment& values) {
    const auto at = [&](const SparseMatrix& matrix, std::size_t row) {
        return evaluate(circuit, matrix.row(row), values);
    };
    for (std::size_t row = 0; row < circuit.rows; ++row)
        if (at(circuit.a, row) * at(circuit.b, row) != at(circuit.c, row)) return row;
    return std::nullopt;
}

}  // namespace strata::proofs
