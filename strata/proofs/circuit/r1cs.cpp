#include <strata/proofs/circuit/r1cs.hpp>

#include <atomic>

#include <strata/base/thread_pool.hpp>

namespace strata::proofs {

using crypto::Fr;

namespace {

constexpr std::size_t kGrain = 1 << 14;

}  // namespace

Fr evaluate(const R1cs& circuit, const RowTerms& row, const Assignment& values) {
    // Coefficients of ±1 and values of 0 and 1 need no multiplication, and most terms have them. The products that
    // remain are summed without reducing each.
    Fr simple;
    crypto::FrSum products;
    bool has_products = false;
    for (const auto [variable, coefficient] : row) {
        const Fr& value = values[variable];
        if (value.is_zero()) continue;  // most variables are bits
        if (coefficient == kPlus) {
            simple += value;
        } else if (coefficient == kMinus) {
            simple -= value;
        } else if (value == Fr::one()) {
            simple += circuit.coefficients[coefficient];
        } else {
            products.add_product(value, circuit.coefficients[coefficient]);
            has_products = true;
        }
    }
    return has_products ? simple + products.value() : simple;
}

std::vector<Fr> evaluate_rows(const R1cs& circuit, const SparseMatrix& matrix, const Assignment& values) {
    std::vector<Fr> out(matrix.rows());
    parallel_for(out.size(), kGrain, [&](std::size_t begin, std::size_t end) {
        for (auto i = begin; i < end; ++i) out[i] = evaluate(circuit, matrix.row(i), values);
    });
    return out;
}

std::optional<std::size_t> first_unsatisfied(const R1cs& circuit, const Assignment& values) {
    const auto holds = [&](std::size_t i) {
        return evaluate(circuit, circuit.a.row(i), values) * evaluate(circuit, circuit.b.row(i), values) ==
               evaluate(circuit, circuit.c.row(i), values);
    };
    std::atomic<std::size_t> first = circuit.rows;
    parallel_for(circuit.rows, kGrain, [&](std::size_t begin, std::size_t end) {
        for (auto i = begin; i < end && i < first.load(std::memory_order_relaxed); ++i) {
            if (holds(i)) continue;
            auto lowest = first.load();
            while (i < lowest && !first.compare_exchange_weak(lowest, i)) continue;  // failure reloads `lowest`
            break;
        }
    });
    if (first == circuit.rows) return std::nullopt;
    return first.load();
}

}  // namespace strata::proofs
