#pragma once
// A circuit compiled to three sparse matrices, and values for its variables. Made once for each circuit and sector
// size; key generation and proving walk it instead of synthesising the circuit again.
#include <cstddef>
#include <optional>
#include <vector>

#include <strata/crypto/fr.hpp>
#include <strata/proofs/circuit/variable.hpp>

namespace strata::proofs {

/// Rows in order; terms of a row sorted by variable, each variable once, no zero coefficient.
class SparseMatrix {
  public:
    std::size_t rows() const { return ends_.size(); }
    std::size_t terms() const { return terms_.size(); }
    Terms row(std::size_t i) const {
        const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
        return {terms_.data() + begin, ends_[i] - begin};
    }
    void push_row(Terms row) {
        terms_.insert(terms_.end(), row.begin(), row.end());
        ends_.push_back(static_cast<std::uint32_t>(terms_.size()));
    }
    void reserve(std::size_t rows, std::size_t terms) {
        ends_.reserve(rows);
        terms_.reserve(terms);
    }

  private:
    std::vector<Term> terms_;
    std::vector<std::uint32_t> ends_;  // the largest circuit has 7e8 terms (32 GiB PoRep)
};

/// Row i says (A_i · w)(B_i · w) = (C_i · w). The rows that Groth16 adds for the inputs (proofs.md §13) are not here.
struct R1cs {
    std::size_t inputs = 1;  // with ONE
    std::size_t aux = 0;
    std::size_t rows = 0;
    std::vector<crypto::Fr> coefficients;  // by CoefficientId
    SparseMatrix a, b, c;
};

struct Assignment {
    std::vector<crypto::Fr> inputs;  // [0] is one
    std::vector<crypto::Fr> aux;
    const crypto::Fr& operator[](Variable v) const { return v.is_aux() ? aux[v.index()] : inputs[v.index()]; }
};

/// Σ coefficient · value over one row.
crypto::Fr evaluate(const R1cs& circuit, Terms row, const Assignment& values);

/// The first row that `values` break, or nothing if all hold.
std::optional<std::size_t> first_unsatisfied(const R1cs& circuit, const Assignment& values);

}  // namespace strata::proofs
