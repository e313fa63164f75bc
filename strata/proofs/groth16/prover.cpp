#include <strata/proofs/groth16/prover.hpp>

#include <bit>

#include <strata/base/thread_pool.hpp>
#include <strata/crypto/fft.hpp>
#include <strata/crypto/msm.hpp>

namespace strata::proofs {

using crypto::Fr;
using crypto::G1Affine;
using crypto::G2Affine;

namespace {

/// Marks the variables (inputs first) that occur in some row of the matrix. A key has no points for the others, so a
/// prover must leave out exactly the same ones (docs/protocol/proofs.md §13, "density").
std::vector<bool> variables_of(const R1cs& circuit, const SparseMatrix& matrix) {
    std::vector<bool> out(circuit.inputs + circuit.aux);
    for (std::size_t i = 0; i < circuit.rows; ++i)
        for (const Term term : matrix.row(i))
            out[term.variable.index() + (term.variable.is_aux() ? circuit.inputs : 0)] = true;
    return out;
}

std::size_t count(const std::vector<bool>& bits) {
    return static_cast<std::size_t>(std::ranges::count(bits, true));
}

/// Selects the values of the variables that have a point in the key.
std::vector<Fr> selected_values(const Assignment& values, const std::vector<bool>& which) {
    std::vector<Fr> out;
    out.reserve(values.inputs.size() + values.aux.size());
    for (std::size_t i = 0; i < which.size(); ++i)
        if (which[i]) out.push_back(i < values.inputs.size() ? values.inputs[i] : values.aux[i - values.inputs.size()]);
    return out;
}

template <class Point>
Result<Point> sum(const PointList<Point>& list, std::span<const Fr> scalars) {
    STRATA_TRY(const auto points, list.load());
    return crypto::multiply_sum(std::span<const Point>(points), scalars);
}

}  // namespace

Result<std::vector<Fr>> quotient(const R1cs& circuit, const Assignment& values) {
    // A, B and C are known by their values at the m roots of unity, one for each row. Z = x^m - 1 is zero there, so the
    // quotient is taken on a coset instead: values at the roots become coefficients, and these become values at 7·(the
    // roots), where Z has the same value, other than zero, everywhere.
    STRATA_TRY(const auto domain, crypto::FftDomain::of_size(circuit.rows + circuit.inputs));
    const auto on_coset = [&](const SparseMatrix& matrix, bool of_a) {
        auto rows = evaluate_rows(circuit, matrix, values);
        rows.reserve(domain.size());
        // Each input has one more row, which is in A alone (docs/protocol/proofs.md §13).
        if (of_a) rows.insert(rows.end(), values.inputs.begin(), values.inputs.end());
        rows.resize(domain.size());
        domain.to_coefficients(rows);
        domain.to_coset_values(rows);
        return rows;
    };
    auto out = on_coset(circuit.a, /*of_a=*/true);
    {
        const auto b = on_coset(circuit.b, /*of_a=*/false);
        parallel_for(out.size(), 1 << 12, [&](std::size_t begin, std::size_t end) {
            for (auto i = begin; i < end; ++i) out[i] *= b[i];
        });
    }
    const auto c = on_coset(circuit.c, /*of_a=*/false);
    const Fr inverse = domain.vanishing_on_coset().inverse();
    parallel_for(out.size(), 1 << 12, [&](std::size_t begin, std::size_t end) {
        for (auto i = begin; i < end; ++i) out[i] = (out[i] - c[i]) * inverse;
    });
    domain.to_coefficients_from_coset(out);
    crypto::reverse_bits(out);
    out.pop_back();  // the degree is at most m - 2, so the last coefficient is zero
    return out;
}

Groth16Prover::Groth16Prover(ProvingKey key, std::shared_ptr<const R1cs> circuit)
    : key_(std::move(key)),
      circuit_(std::move(circuit)),
      in_a_(variables_of(*circuit_, circuit_->a)),
      in_b_(variables_of(*circuit_, circuit_->b)) {
    std::fill_n(in_a_.begin(), circuit_->inputs, true);  // each input has a row of its own in A
}

Result<Groth16Prover> Groth16Prover::make(ProvingKey key, std::shared_ptr<const R1cs> circuit) {
    Groth16Prover out(std::move(key), std::move(circuit));
    const auto& [file, verifying, h, l, a, b_g1, b_g2] = out.key_;
    const auto& shape = *out.circuit_;
    // The domain has a point for each row and for each input, filled up to a power of two; H has one coefficient fewer.
    struct List {
        const char* name;
        std::size_t got, expected;
    };
    const List lists[] = {{"IC", verifying.ic.size(), shape.inputs},
                          {"H", h.size(), std::bit_ceil(shape.rows + shape.inputs) - 1},
                          {"L", l.size(), shape.aux},
                          {"A", a.size(), count(out.in_a_)},
                          {"B in G1", b_g1.size(), count(out.in_b_)},
                          {"B in G2", b_g2.size(), count(out.in_b_)}};
    for (const auto& [name, got, expected] : lists)
        if (got != expected)
            return fail(Errc::invalid_argument,
                        std::string("the proving key belongs to a different circuit: its list ") + name + " has " +
                            std::to_string(got) + " points, expected " + std::to_string(expected));
    return out;
}

Result<Proof> Groth16Prover::prove(const Assignment& values, const Fr& r, const Fr& s, const Watch& watch) const {
    if (values.inputs.size() != circuit_->inputs || values.aux.size() != circuit_->aux)
        return fail(Errc::invalid_argument,
                    "the values belong to a different circuit: " + std::to_string(values.inputs.size()) +
                        " inputs and " + std::to_string(values.aux.size()) + " further variables, expected " +
                        std::to_string(circuit_->inputs) + " and " + std::to_string(circuit_->aux));
    const auto& key = key_.verifying;
    STRATA_OK(watch.at("polynomials", 0));
    G1Affine from_h;
    {
        STRATA_TRY(const auto h, quotient(*circuit_, values));
        STRATA_OK(watch.at("h", 0.2));
        STRATA_TRY(from_h, sum(key_.h, h));
    }
    STRATA_OK(watch.at("l", 0.6));
    STRATA_TRY(const auto from_l, sum(key_.l, values.aux));
    STRATA_OK(watch.at("a", 0.7));
    STRATA_TRY(const auto from_a, sum(key_.a, selected_values(values, in_a_)));
    STRATA_OK(watch.at("b", 0.8));
    const auto in_b = selected_values(values, in_b_);
    STRATA_TRY(const auto from_b_g1, sum(key_.b_g1, in_b));
    STRATA_TRY(const auto from_b_g2, sum(key_.b_g2, in_b));

    // A = α + Σ a_i·w_i + r·δ; B = β + Σ b_i·w_i + s·δ; C = Σ L_i·w_i + Σ H_i·h_i + s·A + r·B - r·s·δ, where C needs B
    // in G1. r and s make the proof reveal nothing about the witness.
    Proof out;
    out.a = key.alpha_g1 + from_a + key.delta_g1 * r;
    out.b = key.beta_g2 + from_b_g2 + key.delta_g2 * s;
    const auto b_g1 = key.beta_g1 + from_b_g1 + key.delta_g1 * s;
    out.c = from_l + from_h + out.a * s + b_g1 * r + key.delta_g1 * -(r * s);
    return out;
}

}  // namespace strata::proofs
