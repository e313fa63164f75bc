#pragma once
// A circuit compiled to three sparse matrices, and values for its variables. It is compiled once for each circuit and
// sector size; key generation and proving read the matrices instead of building the circuit again.
#include <optional>
#include <vector>

#include <strata/crypto/fr.hpp>
#include <strata/proofs/circuit/variable.hpp>

namespace strata::proofs {

/// A circuit consists of a head and of equal parts (challenges or sectors). Each part has the same rows, in which only
/// the part's own variables are shifted. Only the first part is stored.
struct Repetition {
    Counts head;
    Counts part{0, 0, 0};
    std::size_t parts = 0;

    Counts total() const {
        return {head.inputs + parts * part.inputs, head.aux + parts * part.aux, head.rows + parts * part.rows};
    }
    bool operator==(const Repetition&) const = default;
};

/// The terms of one row, sorted by variable, with each variable once and without zero coefficients.
class RowTerms {
  public:
    class Iterator {
      public:
        using value_type = Term;
        using difference_type = std::ptrdiff_t;
        Iterator() = default;
        Term operator*() const { return row_->shifted(*at_); }
        Iterator& operator++() { return ++at_, *this; }
        Iterator operator++(int) { return {row_, at_++}; }
        bool operator==(const Iterator& other) const { return at_ == other.at_; }

      private:
        friend class RowTerms;
        Iterator(const RowTerms* row, const Term* at) : row_(row), at_(at) {}
        const RowTerms* row_ = nullptr;
        const Term* at_ = nullptr;
    };

    /// Makes the row of part `k` from the stored row of the first part.
    RowTerms(Terms stored, const Repetition& repetition, std::size_t k)
        : stored_(stored),
          head_inputs_(static_cast<std::uint32_t>(repetition.head.inputs)),
          head_aux_(static_cast<std::uint32_t>(repetition.head.aux)),
          inputs_shift_(static_cast<std::uint32_t>(k * repetition.part.inputs)),
          aux_shift_(static_cast<std::uint32_t>(k * repetition.part.aux)) {}
    std::size_t size() const { return stored_.size(); }
    bool empty() const { return stored_.empty(); }
    Term operator[](std::size_t i) const { return shifted(stored_[i]); }
    Iterator begin() const { return {this, stored_.data()}; }
    Iterator end() const { return {this, stored_.data() + stored_.size()}; }

  private:
    Term shifted(const Term& term) const {
        const auto index = term.variable.index();
        if (term.variable.is_aux())
            return {Variable::aux(index < head_aux_ ? index : index + aux_shift_), term.coefficient};
        return {Variable::input(index < head_inputs_ ? index : index + inputs_shift_), term.coefficient};
    }
    Terms stored_;
    std::uint32_t head_inputs_, head_aux_, inputs_shift_, aux_shift_;
};

class SparseMatrix {
  public:
    /// Appends a row: first the head's rows, then those of the first part. repeat() then adds the other parts.
    void push_row(Terms row) {
        terms_.insert(terms_.end(), row.begin(), row.end());
        ends_.push_back(static_cast<std::uint32_t>(terms_.size()));  // at most 5e8 terms (32 GiB sector update)
    }
    void repeat(const Repetition& repetition) { repetition_ = repetition; }

    std::size_t rows() const { return repetition_.parts == 0 ? ends_.size() : repetition_.total().rows; }
    RowTerms row(std::size_t i) const {
        std::size_t part = 0;
        if (repetition_.parts != 0 && i >= repetition_.head.rows) {
            part = (i - repetition_.head.rows) / repetition_.part.rows;
            i -= part * repetition_.part.rows;
        }
        const std::size_t begin = i == 0 ? 0 : ends_[i - 1];
        return {Terms(terms_.data() + begin, ends_[i] - begin), repetition_, part};
    }

  private:
    std::vector<Term> terms_;
    std::vector<std::uint32_t> ends_;
    Repetition repetition_;
};

/// Row i says (A_i · w)(B_i · w) = (C_i · w). The rows that Groth16 adds for the inputs (docs/protocol/proofs.md §13)
/// are not included.
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

/// Returns Σ coefficient · value over one row.
crypto::Fr evaluate(const R1cs& circuit, const RowTerms& row, const Assignment& values);

/// Computes the same for all rows of one matrix, in parallel.
std::vector<crypto::Fr> evaluate_rows(const R1cs& circuit, const SparseMatrix& matrix, const Assignment& values);

/// Returns the first row that `values` break, or an empty optional if all rows hold.
std::optional<std::size_t> first_unsatisfied(const R1cs& circuit, const Assignment& values);

}  // namespace strata::proofs
